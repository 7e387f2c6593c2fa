#include "tools/hfpipe/jobs_file.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <utility>

#include "tools/hfpipe/flags.hpp"
#include "tools/hfpipe/spelling.hpp"

namespace hfpipe::cli {

namespace {

using settings_map = std::map<std::string, setting, std::less<>>;

/// An alias repeats a list in a few bytes, so that the file's size does not bound what is made of it.
constexpr std::size_t most_values = 200'000;

/// In the order of the enumerators.
constexpr std::array<std::string_view, 5> credential_names{"source", "source-username", "target", "target-username",
                                                           "api"};

/// Where the file says something.
class reading {
 public:
  explicit reading(std::string file) : file_(std::move(file)) {}

  std::string place(const YAML::Mark& mark) const {
    return file_ + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  }
  [[noreturn]] void refuse(const YAML::Mark& mark, const std::string& why, std::string hint = {}) const {
    auto broken = failure(errc::bad_option).detail(place(mark) + ": " + why);
    if (!hint.empty()) broken = std::move(broken).hint(std::move(hint));
    throw failed(std::move(broken));
  }
  [[noreturn]] void refuse_key(const YAML::Node& key, std::span<const std::string_view> known,
                               const std::string& where) const {
    std::string hint;
    if (const auto meant = nearest(key.Scalar(), known)) hint = "did you mean " + std::string(*meant) + "?";
    if (key.Scalar() == "<<") hint = "merge keys are not read: write it under defaults:";
    refuse(key.Mark(), "unknown key " + in_quotes(key.Scalar()) + " in " + where, std::move(hint));
  }

  /// Calls `use` with each key and value of a map whose keys are words, each there once.
  template <class Use>
  void members(const YAML::Node& map, const std::string& what, const Use& use) const {
    if (!map.IsMap()) refuse(map.Mark(), what + " is not a map of keys and values");
    std::set<std::string> seen;
    for (const auto& member : map) {
      if (!member.first.IsScalar()) refuse(member.first.Mark(), "a key that is no word");
      if (!seen.insert(member.first.Scalar()).second) {
        refuse(member.first.Mark(), in_quotes(member.first.Scalar()) + " is given twice");
      }
      use(member.first, member.second);
    }
  }
  const std::string& word(const YAML::Node& key, const YAML::Node& value) const {
    if (!value.IsScalar() || value.Scalar().empty()) refuse(key.Mark(), key.Scalar() + " needs one value");
    return value.Scalar();
  }

  /// Counts a value that will be kept.
  void keep(const YAML::Node& value) {
    if (++kept_ > most_values) refuse(value.Mark(), "more than " + std::to_string(most_values) + " values");
  }

 private:
  std::string file_;
  std::size_t kept_ = 0;
};

std::vector<std::string_view> flag_keys() {
  std::vector<std::string_view> keys;
  for (const auto& f : all_flags()) {
    if (f.told.job) keys.push_back(f.name);
  }
  return keys;
}

const flag* flag_called(std::string_view key) {
  const auto flags = all_flags();
  const auto found = std::find_if(flags.begin(), flags.end(), [&](const flag& f) { return f.name == key; });
  return found == flags.end() ? nullptr : &*found;
}

std::optional<bool> truth_of(const std::string& text) {
  if (text == "true" || text == "True" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "False" || text == "no" || text == "off") return false;
  return std::nullopt;
}

setting setting_of(reading& in, const flag& f, const YAML::Node& key, const YAML::Node& value) {
  in.keep(value);
  setting made{in.place(value.Mark()) + ": " + key.Scalar(), {}};
  if (f.takes == kind::toggle) {
    const auto on = value.IsScalar() ? truth_of(value.Scalar()) : std::nullopt;
    if (!on) in.refuse(value.Mark(), key.Scalar() + " is neither true nor false");
    if (*on) made.values.emplace_back("true");
    return made;
  }
  if (f.takes == kind::list && value.IsSequence()) {
    for (const auto& each : value) {
      if (!each.IsScalar()) in.refuse(each.Mark(), key.Scalar() + " is not a list of words");
      in.keep(each);
      made.values.push_back(each.Scalar());
    }
    if (made.values.empty()) in.refuse(value.Mark(), key.Scalar() + " is an empty list");
    return made;
  }
  made.values.push_back(in.word(key, value));
  return made;
}

/// Reads one key that is a flag; false: it is none that may stand here.
bool read_flag(reading& in, const YAML::Node& key, const YAML::Node& value, settings_map& into) {
  const flag* f = flag_called(key.Scalar());
  if (f == nullptr) return false;
  if (!f->told.job) {
    const std::string name = "--" + std::string(f->name);
    const bool of_the_run = f->told.sync;
    in.refuse(key.Mark(), in_quotes(key.Scalar()) + (of_the_run ? " is of the whole run" : " is not of a copy"),
              of_the_run ? "give it as " + name + " or " + variable_of(f->name) : "leave it out");
  }
  into.insert_or_assign(std::string(f->name), setting_of(in, *f, key, value));
  return true;
}

bool is_variable_name(const std::string& text) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return std::isdigit(static_cast<unsigned char>(text.front())) == 0 && std::all_of(text.begin(), text.end(), fits);
}

void read_credential(const reading& in, const YAML::Node& at, std::map<credential_role, named_variable>& into) {
  in.members(at, "credential", [&](const YAML::Node& key, const YAML::Node& value) {
    const auto known = std::find(credential_names.begin(), credential_names.end(), key.Scalar());
    if (known == credential_names.end()) in.refuse_key(key, credential_names, "credential");
    const std::string& variable = in.word(key, value);
    // What looks like no name may be the token itself.
    const bool looks_like_a_token = variable.find_first_of("abcdefghijklmnopqrstuvwxyz") != variable.npos;
    if (looks_like_a_token || !is_variable_name(variable)) {
      in.refuse(value.Mark(), "credential." + key.Scalar() + " is not the name of a variable",
                "write the name in capitals, GITLAB_TOKEN, and put the token into that variable");
    }
    const auto role = static_cast<credential_role>(known - credential_names.begin());
    into.insert_or_assign(role, named_variable{in.place(value.Mark()) + ": credential." + key.Scalar(), variable});
  });
}

/// What a job says, or the defaults: these have no ends and no name.
listed_job read_job(reading& in, const YAML::Node& at, bool is_defaults) {
  listed_job job;
  job.place = in.place(at.Mark());
  const std::string what = is_defaults ? "defaults" : "a job";
  in.members(at, what, [&](const YAML::Node& key, const YAML::Node& value) {
    const std::string& word = key.Scalar();
    const bool is_own = word == "source" || word == "target" || word == "name";
    if (is_defaults && is_own) in.refuse(key.Mark(), in_quotes(word) + " belongs to a job, not to the defaults");
    if (word == "name") {
      job.name = in.word(key, value);
    } else if (word == "credential") {
      read_credential(in, value, job.credentials);
    } else if (!read_flag(in, key, value, job.settings)) {
      auto known = flag_keys();
      known.insert(known.end(), {"name", "credential"});
      in.refuse_key(key, known, what);
    }
  });
  for (const char* end : {"source", "target"}) {
    if (!is_defaults && !job.settings.contains(end)) in.refuse(at.Mark(), "this job has no " + std::string(end));
  }
  return job;
}

/// Only what the job did not say: an element that is there stays.
void add_defaults(listed_job& job, const listed_job& defaults) {
  job.settings.insert(defaults.settings.begin(), defaults.settings.end());
  job.credentials.insert(defaults.credentials.begin(), defaults.credentials.end());
}

/// What stands before an `@` may be a password.
std::string name_of(const listed_job& job) {
  if (!job.name.empty()) return job.name;
  const std::string& source = job.settings.find("source")->second.values.front();
  const bool is_plain = source.find("://") == source.npos || source.find('@') == source.npos;
  return is_plain ? source : source.substr(source.rfind('@') + 1);
}

std::vector<listed_job> jobs_of(reading& in, const YAML::Node& list, const listed_job& defaults) {
  if (!list.IsSequence() || list.size() == 0) in.refuse(list.Mark(), "jobs is not a list of jobs");
  if (list.size() > most_jobs) in.refuse(list.Mark(), "more than " + std::to_string(most_jobs) + " jobs");
  std::vector<listed_job> jobs;
  std::map<std::string, std::string> places;
  for (const auto& each : list) {
    listed_job job = read_job(in, each, false);
    const bool has_name = !job.name.empty();
    add_defaults(job, defaults);
    job.name = name_of(job);
    const auto [first, is_new] = places.emplace(job.name, job.place);
    if (!is_new && has_name) in.refuse(each.Mark(), "the job at " + first->second + " has the same name");
    if (!is_new) in.refuse(each.Mark(), "the job at " + first->second + " has the same source", "give both a name:");
    jobs.push_back(std::move(job));
  }
  return jobs;
}

}  // namespace

outcome<std::vector<listed_job>> read_jobs(std::string_view text, const std::string& file) {
  reading in(file);
  try {
    const YAML::Node document = YAML::Load(std::string(text));
    if (!document.IsMap()) {
      return failure(errc::bad_option).detail(file + ": no jobs in it").hint("it begins with jobs: (see docs/sync.md)");
    }
    std::optional<YAML::Node> list;
    listed_job defaults;
    in.members(document, "the file", [&](const YAML::Node& key, const YAML::Node& value) {
      if (key.Scalar() == "jobs") {
        list.emplace(value);
      } else if (key.Scalar() == "defaults") {
        defaults = read_job(in, value, true);
      } else {
        constexpr std::array<std::string_view, 2> known{"defaults", "jobs"};
        in.refuse_key(key, known, "the file");
      }
    });
    if (!list) in.refuse(document.Mark(), "no jobs: in it");
    return jobs_of(in, *list, defaults);
  } catch (const failed& wrong) {
    return wrong.why();
  } catch (const YAML::Exception& broken) {
    const std::string at = broken.mark.is_null() ? file : in.place(broken.mark);
    return failure(errc::bad_option).detail(at + ": not YAML: " + broken.msg);
  }
}

}  // namespace hfpipe::cli
