#include "transports/platform/gitlab_host.hpp"

#include <utility>

#include "protocol/platform/gitlab.hpp"

namespace hfpipe::platform {

namespace {

failure no_mirroring(const failure& seen) {
  return failure(errc::forbidden)
      .detail("this GitLab does not let the project pull by itself (" + seen.what() + ")")
      .hint(
          "pull mirroring is part of GitLab Premium and Ultimate, and the token needs the scope api and the role "
          "Maintainer; without it, run hfpipe copy on a schedule");
}

bool means_no_mirroring(const api_answer& answer) {
  return answer.status == 404 || answer.status == 403;
}

}  // namespace

task<std::optional<repository_facts>> gitlab_host::find() {
  api_call ask = gitlab::find_project(place_);
  const api_answer answer = co_await api_.call(std::move(ask));
  if (answer.status == 404) co_return std::nullopt;
  co_return gitlab::read_project(answer.value()).value();
}

task<bool> gitlab_host::create(openness open) {
  const std::optional<repository_facts> there = co_await find();
  if (there) co_return false;
  api_call ask = gitlab::find_namespace(place_);
  const api_answer group = co_await api_.call(std::move(ask));
  if (group.status == 404) {
    throw failed(failure(*group.refusal)
                     .at("group " + place_.owner)
                     .hint("a project can only be created in a group that exists: create the group first"));
  }
  const std::int64_t number = gitlab::read_namespace(group.value()).value();
  ask = gitlab::create_project(place_, number, open);
  const api_answer made = co_await api_.call(std::move(ask));
  if (!made.refusal) co_return true;
  if (made.refusal->cause() == cause::transient) throw failed(*made.refusal);
  // Somebody else may have been faster; GitLab says that as a 400 with a sentence.
  const std::optional<repository_facts> after = co_await find();
  if (!after) throw failed(*made.refusal);
  co_return false;
}

task<> gitlab_host::set_default_branch(std::string branch) {
  api_call ask = gitlab::set_default_branch(place_, branch);
  const api_answer answer = co_await api_.call(std::move(ask));
  answer.value();
}

task<mirror_setup> gitlab_host::set_up(mirror_source from) {
  const std::optional<repository_facts> there = co_await find();
  if (!there) {
    throw failed(
        failure(errc::not_found).at("project " + place_.path()).hint("create the project on the target first"));
  }
  api_call ask = gitlab::configure_mirror(place_, from);
  const api_answer newer = co_await api_.call(std::move(ask));
  if (newer.status != 404) {
    if (means_no_mirroring(newer)) throw failed(no_mirroring(*newer.refusal));
    newer.value();
    co_return mirror_setup::configured;
  }
  ask = gitlab::configure_mirror_by_project(place_, from);
  const api_answer older = co_await api_.call(std::move(ask));
  const bool took_it = !older.refusal && gitlab::read_is_mirror(older.body).value();
  if (!took_it && older.status != 401 && older.status < 500) throw failed(no_mirroring(*newer.refusal));
  older.value();
  co_return mirror_setup::configured;
}

task<mirror_state> gitlab_host::state() {
  api_call ask = gitlab::mirror_details(place_);
  const api_answer answer = co_await api_.call(std::move(ask));
  co_return gitlab::read_mirror(answer.value()).value();
}

task<> gitlab_host::start_update() {
  api_call ask = gitlab::start_update(place_);
  const api_answer answer = co_await api_.call(std::move(ask));
  if (means_no_mirroring(answer)) throw failed(no_mirroring(*answer.refusal));
  answer.value();
}

}  // namespace hfpipe::platform
