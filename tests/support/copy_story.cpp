#include "tests/support/copy_story.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <set>
#include <sstream>
#include <stdexcept>

namespace hfpipe::testing {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

// The filters that `git lfs install` would write into a user's settings.
const std::vector<std::string> lfs_filters{"-c", "filter.lfs.process=git-lfs filter-process",
                                           "-c", "filter.lfs.smudge=git-lfs smudge -- %f",
                                           "-c", "filter.lfs.required=true"};

log_lines lines_after(const forge_process& forge, std::size_t mark) {
  log_lines log = forge.log();
  log.erase(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(std::min(mark, log.size())));
  return log;
}

// The ids of all LFS objects in all history, as git-lfs finds them.
std::set<std::string> named_objects(const git_repository& repository) {
  std::istringstream lines(repository.git({"lfs", "ls-files", "--all", "--long"}));
  std::set<std::string> oids;
  for (std::string line; std::getline(lines, line);) oids.insert(line.substr(0, line.find(' ')));
  return oids;
}

std::string wrong_objects(const git_repository& repository, const std::set<std::string>& oids) {
  if (oids.empty()) return {};
  std::string sums;
  for (const std::string& oid : oids) {
    sums += oid + "  " + repository.object_file(lfs_oid::from_hex(oid).value()).string() + "\n";
  }
  const child_result checked =
      run_child({.arguments = {"sha256sum", "--check", "--quiet", "--strict"}, .input = std::move(sums)});
  return checked.exit_code == 0 ? std::string() : "sha256sum: " + checked.out + checked.err;
}

}  // namespace

copy_story::copy_story(story_setup setup)
    : setup_(std::move(setup)),
      source_(setup_.source),
      target_(setup_.target),
      original_(source_.make_repository(name, setup_.format)),
      copied_(target_.make_repository(name, setup_.format)) {}

std::vector<lfs_object> copy_story::commit_objects(const std::string& branch, const std::string& label, unsigned count,
                                                   std::size_t size) {
  std::vector<lfs_object> objects;
  git_repository::file_map files{{".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n"}};
  const std::string bytes = noise(size, 1);
  for (unsigned n = 0; n < count; ++n) {
    const std::string number = std::to_string(n);
    const std::string start = label + " " + number + "\n";
    objects.push_back(original_.put_object(start + bytes.substr(std::min(start.size(), size))));
    files[label + "-" + number + ".bin"] = pointer_of(objects.back());
  }
  original_.commit(branch, files, "adds " + label);
  return objects;
}

lfs_object copy_story::commit_generated(const std::string& branch, byte_count size, std::uint64_t seed) {
  const lfs_object made = source_.add_generated(name, size, seed);
  original_.commit(branch, {{".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n"},
                            {"generated-" + std::to_string(seed) + ".bin", pointer_of(made)}});
  return made;
}

child_command copy_story::command(std::vector<std::string> flags) const {
  return command(source_.url_of(name), target_.url_of(name), std::move(flags));
}

child_command copy_story::command(const std::string& from, const std::string& to,
                                  std::vector<std::string> flags) const {
  child_command made = copy_command(from, to, std::move(flags), home_.path());
  made.environment["HF_TOKEN"] = source_.token();
  made.environment["TARGET_TOKEN"] = target_.token();
  if (setup_.source.tls || setup_.target.tls) {
    made.arguments.insert(made.arguments.end(), {"--ca-cert", forge_process::ca_file().string()});
  }
  return made;
}

copy_run copy_story::run(child_command command) const {
  const log_marks marks = mark();
  return finish(run_child(std::move(command)), marks);
}

copy_run copy_story::finish(child_result ended, log_marks marks) const {
  return {checked_run(std::move(ended), {source_.token(), target_.token(), "signature="}, home_.path()),
          lines_after(source_, marks.source), lines_after(target_, marks.target)};
}

std::string copy_story::difference() const {
  if (original_.refs() != copied_.refs()) return "the refs differ";
  if (!copied_.is_sound()) return "git fsck complains";
  const std::set<std::string> named = named_objects(original_);
  if (named != named_objects(copied_)) return "git-lfs finds other objects";
  return wrong_objects(copied_, named);
}

std::string copy_story::clone_difference() const {
  const temporary_folder here;
  const auto git = [&](std::vector<std::string> arguments, const fs::path& folder) {
    arguments.insert(arguments.begin(), lfs_filters.begin(), lfs_filters.end());
    arguments.insert(arguments.begin(), "git");
    const child_result done =
        run_child({.arguments = std::move(arguments), .environment = target_.git_environment(), .folder = folder});
    return done.exit_code == 0 ? std::string() : done.out + done.err;
  };
  const fs::path clone = here.path() / "clone";
  for (const auto& [arguments, folder] : std::vector<std::pair<std::vector<std::string>, fs::path>>{
           {{"clone", "-q", target_.url_with_token(name), "clone"}, here.path()},
           {{"lfs", "fetch", "--all"}, clone},
           {{"lfs", "fsck"}, clone},
           {{"diff", "--quiet", "HEAD"}, clone}}) {
    if (const std::string complaint = git(arguments, folder); !complaint.empty()) {
      return "git " + arguments.front() + ": " + complaint;
    }
  }
  return {};
}

log_lines events_of(const log_lines& log, std::string_view event) {
  log_lines found;
  std::ranges::copy_if(log, std::back_inserter(found),
                       [&](const json::object& line) { return text_in(line, "event") == event; });
  return found;
}

std::size_t git_requests(const log_lines& log, std::string_view service, std::string_view command) {
  return static_cast<std::size_t>(std::ranges::count_if(events_of(log, "git"), [&](const json::object& line) {
    return text_in(line, "service") == service && text_in(line, "phase") == "rpc" &&
           (command.empty() || text_in(line, "command") == command);
  }));
}

std::size_t ref_pushes(const log_lines& target_log) {
  return events_of(target_log, "push_begin").size();
}

std::size_t stored_uploads(const log_lines& target_log) {
  const log_lines uploads = events_of(target_log, "upload");
  return static_cast<std::size_t>(
      std::ranges::count_if(uploads, [](const json::object& line) { return line.at("stored").as_bool(); }));
}

bool blobs_came_first(const log_lines& target_log) {
  std::int64_t last_stored = -1;
  for (const json::object& line : events_of(target_log, "upload")) {
    if (line.at("stored").as_bool()) last_stored = std::max(last_stored, line.at("n").as_int64());
  }
  const log_lines pushes = events_of(target_log, "push_begin");
  return last_stored >= 0 && !pushes.empty() && last_stored < pushes.front().at("n").as_int64();
}

}  // namespace hfpipe::testing
