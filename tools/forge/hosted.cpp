#include "tools/forge/hosted.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <thread>

#include "protocol/http/credential.hpp"
#include "protocol/http/url.hpp"
#include "tools/forge/git_command.hpp"

namespace hfpipe::forge {

namespace fs = std::filesystem;

namespace {

/// How long an update waits before it starts; long enough to be seen waiting.
constexpr std::chrono::milliseconds schedule_delay{700};

/// The login as a header for that origin alone: the object store's signed URLs refuse any.
std::vector<std::string> settings_for(const pull_from& from) {
  std::vector<std::string> settings{"GIT_SSL_NO_VERIFY=1"};
  const auto url = http::url::parse(from.url);
  if (!url || from.password.empty()) return settings;
  const auto login = http::credential::basic(url->origin(), from.user, from.password);
  settings.emplace_back("GIT_CONFIG_COUNT=1");
  settings.push_back("GIT_CONFIG_KEY_0=http." + url->origin().text() + "/.extraHeader");
  settings.push_back("GIT_CONFIG_VALUE_0=Authorization: " + std::string(login.authorization().reveal()));
  return settings;
}

}  // namespace

bool hosted_repositories::has(const std::string& name) const {
  return !name.empty() && fs::is_directory(folder(name));
}

bool hosted_repositories::has_owner(const std::string& owner) const {
  return fs::is_directory(root_ / owner);
}

bool hosted_repositories::create(const std::string& name, bool is_public) {
  if (has(name)) return false;
  run_git(children_, {"init", "-q", "--bare", "--initial-branch=main", folder(name).string()});
  set_public(name, is_public);
  return true;
}

bool hosted_repositories::is_public(const std::string& name) const {
  const std::lock_guard lock(guard_);
  const auto found = public_.find(name);
  return found == public_.end() ? all_public_ : found->second;
}

void hosted_repositories::set_public(const std::string& name, bool is_public) {
  const std::lock_guard lock(guard_);
  public_[name] = is_public;
}

std::string hosted_repositories::default_branch(const std::string& name) const {
  std::ifstream head(folder(name) / "HEAD");
  std::string line;
  std::getline(head, line);
  constexpr std::string_view before = "ref: refs/heads/";
  return line.starts_with(before) ? line.substr(before.size()) : std::string();
}

bool hosted_repositories::set_default_branch(const std::string& name, const std::string& branch) {
  const std::string at = folder(name).string();
  const std::string ref = "refs/heads/" + branch;
  return run_git(children_, {"-C", at, "show-ref", "--verify", "--quiet", ref}).ok &&
         run_git(children_, {"-C", at, "symbolic-ref", "HEAD", ref}).ok;
}

std::int64_t hosted_repositories::number_of(const std::string& name) {
  const std::lock_guard lock(guard_);
  return numbers_.emplace(name, static_cast<std::int64_t>(numbers_.size()) + 11).first->second;
}

std::optional<std::string> hosted_repositories::name_of(std::int64_t number) const {
  const std::lock_guard lock(guard_);
  for (const auto& [name, known] : numbers_) {
    if (known == number) return name;
  }
  return std::nullopt;
}

void hosted_repositories::set_mirror(const std::string& name, pull_from from) {
  const std::lock_guard lock(guard_);
  mirrors_[name] = std::move(from);
}

std::optional<pull_from> hosted_repositories::mirror_of(const std::string& name) const {
  const std::lock_guard lock(guard_);
  const auto found = mirrors_.find(name);
  return found == mirrors_.end() ? std::nullopt : std::optional(found->second);
}

pull_status hosted_repositories::status(const std::string& name) const {
  const std::lock_guard lock(guard_);
  const auto found = states_.find(name);
  return found == states_.end() ? pull_status() : found->second;
}

std::string hosted_repositories::pull_now(const std::string& name) {
  const std::optional<pull_from> from = mirror_of(name);
  if (!from) return "not a mirror";
  const std::string at = folder(name).string();
  const std::vector<std::string> settings = settings_for(*from);
  {
    const std::lock_guard lock(guard_);
    states_[name].state = "started";
    states_[name].started = next_time();
  }
  const command_result fetched =
      run_git(children_,
              {"-C", at, "fetch", "-q", "--force", from->url, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"},
              settings);
  if (fetched.ok) run_git(children_, {"-C", at, "lfs", "fetch", "--all", from->url}, settings);
  const std::lock_guard lock(guard_);
  pull_status& state = states_[name];
  state.ended = next_time();
  if (fetched.ok) state.succeeded = state.ended;
  state.state = fetched.ok ? "finished" : "failed";
  state.error = fetched.ok ? std::string() : "2:" + fetched.said;
  return state.error;
}

void hosted_repositories::pull_later(const std::string& name) {
  {
    const std::lock_guard lock(guard_);
    states_[name].state = "scheduled";
  }
  std::thread([this, name] {
    std::this_thread::sleep_for(schedule_delay);
    pull_now(name);
  }).detach();
}

/// A second later than any time before: the clocks of such hosts have whole seconds, and two updates are never in one.
std::string hosted_repositories::next_time() {
  const std::time_t now = std::time(nullptr);
  last_time_ = std::max<std::int64_t>(last_time_ + 1, now);
  const auto shown = static_cast<std::time_t>(last_time_);
  std::tm parts{};
  ::gmtime_r(&shown, &parts);
  std::array<char, 40> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

}  // namespace hfpipe::forge
