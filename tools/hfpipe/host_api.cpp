#include "tools/hfpipe/host_api.hpp"

#include <random>
#include <utility>

#include "engine/mirror_check.hpp"
#include "engine/patience.hpp"
#include "transports/git/upload_pack.hpp"
#include "transports/platform/gitea_host.hpp"
#include "transports/platform/gitlab_host.hpp"
#include "transports/platform/hub_host.hpp"

namespace hfpipe::cli {

namespace {

using platform::host_kind;

std::optional<host_kind> named_kind(const host_question& ask) {
  switch (ask.choice.platform) {
    case api_platform::gitlab:
      return host_kind::gitlab;
    case api_platform::gitea:
    case api_platform::forgejo:
      return host_kind::gitea;
    case api_platform::hugging_face:
      return host_kind::hugging_face;
    case api_platform::modelscope:
      return host_kind::modelscope;
    case api_platform::automatic:
      break;
  }
  const http::origin& host = ask.repository.origin();
  return platform::kind_of_name(host, ask.hub ? ask.hub->origin() : host);
}

hosted_repository door_to(net::http_client& client, const host_question& ask, host_kind kind) {
  const http::url base = ask.choice.base ? *ask.choice.base : platform::api_base_of(ask.repository, kind);
  platform::repository_place place = ask.choice.project_path.empty()
                                         ? platform::place_of(ask.repository, base, kind).value()
                                         : platform::place_of_path(ask.choice.project_path, kind).value();
  const secret none;
  const secret& own = ask.who ? ask.who->password : none;
  const secret& token = ask.choice.token.empty() ? own : ask.choice.token;
  platform::api_client api(client, base, platform::api_login(kind, token), {.patience = ask.patience});
  switch (kind) {
    case host_kind::gitlab: {
      const auto made = std::make_shared<platform::gitlab_host>(std::move(api), std::move(place));
      return {kind, made, made};
    }
    case host_kind::gitea: {
      const auto made = std::make_shared<platform::gitea_host>(std::move(api), std::move(place));
      return {kind, made, made};
    }
    case host_kind::hugging_face:
      return {kind, std::make_shared<platform::hub_host>(std::move(api), std::move(place)), nullptr};
    case host_kind::modelscope:
      break;
  }
  return {kind, std::make_shared<platform::modelscope_host>(std::move(api), std::move(place)), nullptr};
}

host_question about_target(const copy_request& request) {
  return {request.target, request.target_login, request.hub, request.api, request.finalize_timeout};
}

/// Who may see the source, as far as anybody may tell: only a host that says "everybody" makes a target public.
task<platform::openness> openness_of_source(net::http_client& client, const copy_request& request, observer& watcher) {
  host_question ask{request.source, request.source_login, request.hub, {}, request.finalize_timeout};
  try {
    const hosted_repository source = co_await find_host(client, std::move(ask));
    const std::optional<platform::repository_facts> facts = co_await source.repository->find();
    if (facts) co_return facts->open;
  } catch (const failed& broken) {
    if (broken.why().code() == errc::cancelled) throw;
  }
  watcher.on(event::warning{"the source does not tell who may see it, so the target shall be private"});
  co_return platform::openness::private_;
}

task<platform::openness> wanted_openness(net::http_client& client, const copy_request& request, observer& watcher) {
  if (*request.creation == visibility::public_) co_return platform::openness::public_;
  if (*request.creation == visibility::private_) co_return platform::openness::private_;
  const platform::openness source = co_await openness_of_source(client, request, watcher);
  co_return source;
}

/// What one try to create the target leaves to the next one.
struct creation_tries {
  std::optional<platform::openness> open;  ///< that it is to have
  bool may_be_ours = false;                ///< it was asked for, and what came of it was not heard
};

task<> create_if_absent(net::http_client& client, const copy_request& request, observer& watcher, host_work& done,
                        creation_tries& tries) {
  const hosted_repository target = co_await find_host(client, about_target(request));
  const std::optional<platform::repository_facts> there = co_await target.repository->find();
  if (there) {
    done.created = tries.may_be_ours;
    if (tries.may_be_ours) done.visibility = to_text(there->open);
    co_return;
  }
  if (!tries.open) tries.open = co_await wanted_openness(client, request, watcher);
  const platform::openness open = *tries.open;
  if (request.transfer.mode == run_mode::dry_run) {
    done.would_create = true;
    done.visibility = to_text(open);
    co_return;
  }
  const bool asked_before = std::exchange(tries.may_be_ours, true);
  const bool is_new = co_await target.repository->create(open);
  done.created = is_new || asked_before;
  if (*done.created) done.visibility = to_text(open);
}

/// `replaced`: the branch whose place a try meant to give to another.
task<> set_if_other(net::http_client& client, const copy_request& request, std::string branch, host_work& done,
                    std::string& replaced) {
  const hosted_repository target = co_await find_host(client, about_target(request));
  const std::optional<platform::repository_facts> facts = co_await target.repository->find();
  std::string before;
  if (facts) before = facts->default_branch;
  if (before != branch) {
    replaced = before;
    co_await target.repository->set_default_branch(branch);
  }
  done.other_default_branch = replaced;
  done.default_branch = branch;
}

}  // namespace

task<hosted_repository> find_host(net::http_client& client, host_question ask) {
  std::optional<host_kind> kind = named_kind(ask);
  if (!kind) kind = co_await platform::ask_kind(client, ask.repository);
  if (!kind) {
    throw failed(failure(errc::bad_option)
                     .at(ask.repository.origin().text())
                     .detail("neither GitLab's API nor Gitea's answers there")
                     .hint("say whose API the host speaks with --platform, and where it is with --api-base"));
  }
  co_return door_to(client, ask, *kind);
}

task<> create_target(net::http_client& client, const copy_request& request, observer& watcher, host_work& done) {
  creation_tries left;
  auto once = [&] { return blaming(side::target, create_if_absent(client, request, watcher, done, left)); };
  patience tries(request.transfer.retries, watcher, done.retries, std::random_device()());
  task<> creating = tries.persist_as_stranger("create the target", once);
  co_await within("create the target", std::move(creating));
}

task<> set_default_branch(net::http_client& client, const copy_request& request, ref_name branch, observer& watcher,
                          host_work& done) {
  constexpr std::string_view heads = "refs/heads/";
  const std::string_view name = branch.text();
  if (!name.starts_with(heads)) co_return;
  const std::string short_name(name.substr(heads.size()));
  std::string replaced;
  auto once = [&] { return blaming(side::target, set_if_other(client, request, short_name, done, replaced)); };
  patience tries(request.transfer.retries, watcher, done.retries, std::random_device()());
  task<> setting = tries.persist("set the default branch", once);
  co_await within("set the default branch", std::move(setting));
}

task<mirror_result> run_mirror(const mirror_request& request, observer& watcher, std::string& platform) {
  net::http_client client(co_await asio::this_coro::executor, request.network);
  host_question ask{request.target, request.target_login, request.hub, request.api, request.finalize_timeout};
  task<hosted_repository> finding = find_host(client, std::move(ask));
  const hosted_repository target = co_await blaming(side::target, std::move(finding));
  platform = to_text(target.kind);
  if (!target.mirror) {
    throw failed(failure(errc::forbidden)
                     .blame(side::target)
                     .detail(platform + " repositories cannot pull by themselves")
                     .hint("run hfpipe copy on a schedule"));
  }
  platform::mirror_source from{request.source, "", {}};
  if (request.source_login) {
    from.user = request.source_login->user;
    from.token = request.source_login->password;
  }
  mirror_options options;
  options.patience = request.finalize_timeout;
  options.retries = request.retries;
  mirror_result result = co_await run_pull_mirror(*target.mirror, std::move(from), options, watcher);
  git::upload_pack source_git(client, request.source, request.source_credential);
  const git::upload_pack_options of_target{.whose = side::target};
  git::upload_pack target_git(client, request.target, request.target_credential, of_target);
  co_await check_update(source_git, target_git, request.retries, watcher, result);
  co_return result;
}

}  // namespace hfpipe::cli
