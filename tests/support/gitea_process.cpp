#include "tests/support/gitea_process.hpp"

#include <unistd.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/support/free_port.hpp"

namespace hfpipe::testing {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

// It makes its database first.
constexpr std::chrono::seconds gitea_start_limit{120};
constexpr std::chrono::seconds gitea_life_limit{1800};

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

gitea_process::gitea_process() : port_(free_port()), url_("http://127.0.0.1:" + std::to_string(port_)) {
  configure();
  admin({"migrate"});
  admin({"admin", "user", "create", "--admin", "--username", std::string(user), "--password", "not-a-secret-1",
         "--email", "tester@example.org", "--must-change-password=false"});
  token_ = admin({"admin", "user", "generate-access-token", "--username", std::string(user), "--token-name", "hfpipe",
                  "--scopes", "all", "--raw"});
  while (token_.ends_with('\n')) token_.pop_back();
  token_ = token_.substr(token_.rfind('\n') + 1);  // its log comes before
  start();
}

void gitea_process::configure() const {
  const std::string here = folder_.path().string();
  const std::string templates = variable("GITEA_STATIC_ROOT");
  std::ofstream ini(folder_.path() / "app.ini");
  ini << "RUN_MODE = prod\nWORK_PATH = " << here << "\nI_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true\n"
      << "[server]\nHTTP_ADDR = 127.0.0.1\nHTTP_PORT = " << port_ << "\nROOT_URL = " << url_ << "/\n"
      << "DISABLE_SSH = true\nOFFLINE_MODE = true\nLFS_START_SERVER = true\n"
      << "LFS_JWT_SECRET = bm90LWEtc2VjcmV0LW5vdC1hLXNlY3JldC1ub3QtYS0\n";
  if (!templates.empty()) ini << "STATIC_ROOT_PATH = " << templates << "\n";
  ini << "[database]\nDB_TYPE = sqlite3\nPATH = " << here << "/gitea.db\n"
      << "[security]\nINSTALL_LOCK = true\nSECRET_KEY = not-a-secret\nPASSWORD_HASH_ALGO = pbkdf2_v2\n"
      << "[repository]\nROOT = " << here << "/repositories\nENABLE_PUSH_CREATE_USER = true\n"
      << "[migrations]\nALLOW_LOCALNETWORKS = true\n"
      << "[webhook]\nALLOWED_HOST_LIST = loopback\n"
      << "[log]\nMODE = file\nLEVEL = None\nROOT_PATH = " << here << "/log\n";
}

child_command gitea_process::command(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), variable("GITEA_BIN"));
  arguments.insert(arguments.end(), {"--config", (folder_.path() / "app.ini").string()});
  // It writes into Git's global settings.
  const std::string here = folder_.path().string();
  std::map<std::string, std::string> environment{{"HOME", here},
                                                 {"GITEA_WORK_DIR", here},
                                                 {"GIT_CONFIG_GLOBAL", here + "/gitconfig"},
                                                 {"GIT_CONFIG_NOSYSTEM", "1"}};
  return {.arguments = std::move(arguments), .environment = std::move(environment), .limit = gitea_life_limit};
}

std::string gitea_process::admin(std::vector<std::string> arguments) const {
  const child_result done = run_child(command(std::move(arguments)));
  if (done.exit_code != 0) throw std::runtime_error("gitea refuses: " + done.out + done.err);
  return done.out;
}

void gitea_process::start() {
  child_.emplace(command({"web"}));
  const auto end = std::chrono::steady_clock::now() + gitea_start_limit;
  while (!child_->has_ended() && std::chrono::steady_clock::now() < end) {
    if (api("GET", "/version").status == 200) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  const child_result ended = child_->has_ended() ? child_->wait() : child_result();
  throw std::runtime_error("gitea did not start: " + ended.out + ended.err);
}

std::string gitea_process::url_of(std::string_view repository) const {
  return url_ + "/" + std::string(user) + "/" + std::string(repository) + ".git";
}

std::string gitea_process::url_with_token(std::string_view repository) const {
  return "http://" + std::string(user) + ":" + token_ + "@" + url_of(repository).substr(sizeof("http://") - 1);
}

gitea_process::reply gitea_process::api(std::string_view method, std::string_view path, const std::string& body) const {
  // The token goes by a file: arguments are for everybody to read.
  std::vector<std::string> arguments{"curl",
                                     "-sS",
                                     "--max-time",
                                     "60",
                                     "-X",
                                     std::string(method),
                                     "-K",
                                     "-",
                                     "-w",
                                     "\n%{http_code}",
                                     url_ + "/api/v1" + std::string(path)};
  if (!body.empty()) arguments.insert(arguments.end(), {"-H", "Content-Type: application/json", "-d", body});
  const child_result done = run_child({.arguments = std::move(arguments),
                                       .environment = {{"no_proxy", "127.0.0.1"}},
                                       .input = "header = \"Authorization: token " + token_ + "\"\n"});
  if (done.exit_code != 0) return {};
  const std::size_t cut = done.out.rfind('\n');
  boost::system::error_code not_json;
  return {std::stoi(done.out.substr(cut + 1)), json::parse(done.out.substr(0, cut), not_json)};
}

void gitea_process::make_repository(std::string_view name) const {
  const reply made = api("POST", "/user/repos", R"({"name":")" + std::string(name) + R"(","private":true})");
  if (made.status != 201) throw std::runtime_error("gitea makes no repository: " + json::serialize(made.body));
}

git_repository gitea_process::repository(std::string_view name) const {
  return git_repository::at(folder_.path() / "repositories" / std::string(user) / (std::string(name) + ".git"));
}

boost::test_tools::assertion_result gitea_is_at_hand(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result at_hand(true);
  const std::string program = variable("GITEA_BIN");
  if (!program.empty() && ::access(program.c_str(), X_OK) == 0) return at_hand;
  at_hand = false;
  at_hand.message() << "GITEA_BIN names no program; tests/interop/build_gitea.sh makes one";
  return at_hand;
}

}  // namespace hfpipe::testing
