#include "transports/platform/hub_host.hpp"

#include <utility>

#include "protocol/platform/hub.hpp"
#include "protocol/platform/modelscope.hpp"

namespace hfpipe::platform {

namespace {

void refuse_other_default(std::string_view branch, std::string_view only, host_kind kind) {
  if (branch == only) return;
  throw failed(
      failure(errc::forbidden)
          .detail("the default branch of a repository on " + std::string(to_text(kind)) + " is always " +
                  std::string(only))
          .hint("map the branch: --refs +refs/heads/" + std::string(branch) + ":refs/heads/" + std::string(only)));
}

}  // namespace

task<std::optional<repository_facts>> hub_host::find() {
  api_call ask = hub::find_repository(place_);
  const api_answer answer = co_await api_.call(std::move(ask));
  // The hub says "not found" with a 401 too, and says so in a header.
  if (answer.refusal && answer.refusal->code() == errc::not_found) co_return std::nullopt;
  co_return hub::read_repository(answer.value()).value();
}

task<bool> hub_host::create(openness open) {
  const std::optional<repository_facts> there = co_await find();
  if (there) co_return false;
  api_call ask = hub::create_repository(place_, open);
  const api_answer made = co_await api_.call(std::move(ask));
  if (!made.refusal) co_return true;
  if (made.refusal->cause() == cause::transient) throw failed(*made.refusal);
  // 409 and, for some tokens, 401 to 403 hide that somebody else was faster.
  const std::optional<repository_facts> after = co_await find();
  if (!after) throw failed(*made.refusal);
  co_return false;
}

task<> hub_host::set_default_branch(std::string branch) {
  refuse_other_default(branch, hub::default_branch, host_kind::hugging_face);
  co_return;
}

task<std::optional<repository_facts>> modelscope_host::find() {
  api_call ask = modelscope::find_repository(place_);
  const api_answer answer = co_await api_.call(std::move(ask));
  if (answer.status == 404) co_return std::nullopt;
  co_return modelscope::read_repository(answer.value()).value();
}

task<bool> modelscope_host::create(openness open) {
  const std::optional<repository_facts> there = co_await find();
  if (there) co_return false;
  api_call ask = modelscope::create_repository(place_, open).value();
  const api_answer made = co_await api_.call(std::move(ask));
  modelscope::read_created(made.value()).value();
  co_return true;
}

task<> modelscope_host::set_default_branch(std::string branch) {
  refuse_other_default(branch, modelscope::default_branch, host_kind::modelscope);
  co_return;
}

}  // namespace hfpipe::platform
