#include "transports/platform/gitea_host.hpp"

#include <utility>

#include "protocol/http/reply.hpp"
#include "protocol/platform/gitea.hpp"

namespace hfpipe::platform {

namespace {

constexpr std::chrono::milliseconds one_tick{1100};

/// Hosts take and tell a repository's address with and without `.git`.
std::string bare(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  if (url.ends_with(".git")) url.resize(url.size() - 4);
  return url;
}

void check_is_mirror_of(const repository_facts& there, const mirror_source& from) {
  if (!there.pulls) {
    throw failed(failure(errc::forbidden)
                     .detail("the repository is there and is no mirror, and Gitea cannot make one of it")
                     .hint("name a target that does not exist yet, or delete this one on the host first"));
  }
  if (!there.pulled) {
    throw failed(failure(errc::forbidden)
                     .detail("the repository is a mirror whose first pull is not over, or failed")
                     .hint("if nobody else is setting it up now, delete it on the host, and run again"));
  }
  if (!there.pulls_from.empty() && bare(there.pulls_from) != bare(from.url.shown())) {
    throw failed(failure(errc::forbidden)
                     .detail("the repository is a mirror of " + there.pulls_from)
                     .hint("name a target that does not exist yet, or delete this one on the host first"));
  }
}

}  // namespace

task<std::optional<repository_facts>> gitea_host::find() {
  api_call ask = gitea::find_repository(place_);
  const api_answer answer = co_await api_.call(std::move(ask));
  if (answer.status == 404) co_return std::nullopt;
  co_return gitea::read_repository(answer.value()).value();
}

task<bool> gitea_host::create(openness open) {
  const std::optional<repository_facts> there = co_await find();
  if (there) co_return false;
  api_call ask = gitea::whose_token();
  const api_answer user = co_await api_.call(std::move(ask));
  const std::string name = gitea::read_user(user.value()).value();
  ask = gitea::create_repository(place_, name, open);
  const api_answer made = co_await api_.call(std::move(ask));
  if (made.status == 409) co_return false;
  if (made.status == 404 && !http::is_same_name(place_.owner, name)) {
    throw failed(failure(*made.refusal)
                     .at("organisation " + place_.owner)
                     .hint("a repository can be created for the token's own user, who is " + clean_server_text(name) +
                           ", or in an organisation that is there and that this user belongs to"));
  }
  made.value();
  co_return true;
}

task<> gitea_host::set_default_branch(std::string branch) {
  api_call ask = gitea::set_default_branch(place_, branch);
  const api_answer answer = co_await api_.call(std::move(ask));
  answer.value();
}

task<mirror_setup> gitea_host::set_up(mirror_source from) {
  const std::optional<repository_facts> there = co_await find();
  if (there) {
    check_is_mirror_of(*there, from);
    co_return mirror_setup::configured;
  }
  api_call ask = gitea::migrate(place_, from);
  const api_answer made = co_await api_.call(std::move(ask));
  if (made.status == 422) {
    // The host's own words: the source refused it, or its address is not allowed here.
    throw failed(failure(errc::remote_error)
                     .http_status(made.status)
                     .detail(made.refusal->detail())
                     .hint("what it made of the attempt may be left there: delete it before the next one"));
  }
  made.value();
  co_return mirror_setup::pulled;
}

task<mirror_state> gitea_host::state() {
  api_call ask = gitea::find_repository(place_);
  const api_answer answer = co_await api_.call(std::move(ask));
  co_return gitea::read_mirror(answer.value()).value();
}

task<> gitea_host::start_update() {
  // It tells the end of an update in whole seconds: one in the same second as the last would not be seen.
  co_await sleep_for(one_tick);
  api_call ask = gitea::start_update(place_);
  const api_answer answer = co_await api_.call(std::move(ask));
  answer.value();
}

}  // namespace hfpipe::platform
