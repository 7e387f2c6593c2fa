#include "tests/support/hfpipe_run.hpp"

#include <array>
#include <boost/json.hpp>
#include <cstdlib>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace hfpipe::testing {

namespace json = boost::json;

namespace {

// What a user's own shell may hold that hfpipe obeys.
constexpr std::array<std::string_view, 18> foreign_settings{"HF_ENDPOINT",
                                                            "HF_HOME",
                                                            "HF_TOKEN_PATH",
                                                            "HUGGING_FACE_HUB_TOKEN",
                                                            "GIT_LFS_SKIP_SMUDGE",
                                                            "XDG_CACHE_HOME",
                                                            "HTTP_PROXY",
                                                            "HTTPS_PROXY",
                                                            "NO_PROXY",
                                                            "http_proxy",
                                                            "https_proxy",
                                                            "no_proxy",
                                                            "ALL_PROXY",
                                                            "all_proxy",
                                                            "SSL_CERT_FILE",
                                                            "SSL_CERT_DIR",
                                                            "NO_COLOR",
                                                            "TERM"};

json::object document_in(const std::string& out) {
  boost::system::error_code not_json;
  const json::value parsed = json::parse(out, not_json);
  return !not_json && parsed.is_object() ? parsed.get_object() : json::object();
}

}  // namespace

std::string hfpipe_run::error(std::string_view member) const {
  const json::value* error = document.if_contains("error");
  return error != nullptr && error->is_object() ? text_in(error->get_object(), member) : std::string();
}

std::int64_t hfpipe_run::number(std::string_view path) const {
  const json::object* at = &document;
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
    const json::value* inner = at->if_contains(path.substr(0, dot));
    if (inner == nullptr || !inner->is_object()) return -1;
    at = &inner->get_object();
    path.remove_prefix(dot + 1);
  }
  const json::value* found = at->if_contains(path);
  return found != nullptr && found->is_number() ? found->to_number<std::int64_t>() : -1;
}

std::map<std::string, std::string> hfpipe_run::refs(std::string_view member) const {
  std::map<std::string, std::string> found;
  const json::value* rows = document.if_contains("refs");
  if (rows == nullptr || !rows->is_array()) return found;
  for (const json::value& row : rows->get_array()) {
    found[text_in(row.as_object(), "ref")] = text_in(row.as_object(), member);
  }
  return found;
}

std::string hfpipe_run::said() const {
  return "exit " + std::to_string(process.exit_code) + (process.timed_out ? " (killed: too slow)" : "") + "\n" +
         process.out + process.err;
}

child_command copy_command(const std::string& from, const std::string& to, std::vector<std::string> flags,
                           const std::filesystem::path& home) {
  child_command made{.arguments = {HFPIPE_PROGRAM, "copy", from, to, "--format", "json"},
                     .environment = {{"HOME", home.string()}},
                     .folder = home,
                     .limit = std::chrono::seconds(120)};
  for (const std::string_view setting : foreign_settings) made.environment.emplace(setting, "");
  made.arguments.insert(made.arguments.end(), flags.begin(), flags.end());
  // tests/valgrind.sh
  if (const char* const under = std::getenv("HFPIPE_TEST_UNDER")) {
    std::istringstream words(under);
    const std::vector<std::string> before{std::istream_iterator<std::string>(words), {}};
    made.arguments.insert(made.arguments.begin(), before.begin(), before.end());
    made.limit *= 20;
  }
  return made;
}

hfpipe_run checked_run(child_result ended, const std::vector<std::string>& secrets, const std::filesystem::path& home) {
  const std::string said = ended.out + ended.err;
  std::vector<std::string> canaries = secrets;
  canaries.push_back("Basic ");
  for (const std::string& canary : canaries) {
    if (!canary.empty() && said.find(canary) != std::string::npos) {
      throw std::runtime_error("hfpipe told a secret (" + canary + "): " + said);
    }
  }
  if (!std::filesystem::is_empty(home)) throw std::runtime_error("hfpipe left a file where it ran");
  hfpipe_run run{.process = std::move(ended), .document = {}};
  run.document = document_in(run.process.out);
  return run;
}

std::string text_in(const json::object& at, std::string_view member) {
  const json::value* found = at.if_contains(member);
  return found != nullptr && found->is_string() ? json::value_to<std::string>(*found) : std::string();
}

}  // namespace hfpipe::testing
