#include "engine/blob_inquiry.hpp"

#include <algorithm>

#include "protocol/http/reply.hpp"

namespace hfpipe {

namespace {

/// As lfs::code_at_target().
errc code_at_source(int status) {
  if (status == lfs::no_answer) return errc::bad_batch_reply;
  if (status == 404 || status == 410) return errc::object_missing;
  if (status == 401) return errc::unauthorized;
  if (status == 403) return errc::forbidden;
  if (status == 429) return errc::rate_limited;
  return status >= 500 ? errc::server_failed : errc::unexpected_status;
}

failure refused(errc code, side who, const lfs::object_error& error) {
  failure why = failure(code).detail(error.message).blame(who);
  if (error.code == lfs::no_answer) return why;
  return std::move(why).http_status(error.code);
}

/// Who makes a credential for a link may let it die without a word.
bool may_have_died(const std::optional<lfs::action>& link) {
  if (!link || link->expires_in || link->expires_at) return false;
  return std::ranges::any_of(
      link->header, [](const http::header_field& each) { return http::is_same_name(each.name, "Authorization"); });
}

void check_count(std::size_t asked, std::size_t answered) {
  if (asked != answered) throw failed(failure(errc::bad_batch_reply).detail("not one entry for each object"));
}

}  // namespace

task<std::vector<lfs::batch_entry>> blob_inquiry::ask_target(std::vector<lfs_object> objects) {
  auto ask = [&]() -> task<std::vector<lfs::batch_entry>> {
    co_await retry_.turn(side::target);
    co_return co_await blaming(side::target, ends_.target.missing(objects));
  };
  auto answer = co_await retry_.persist("lfs batch at the target", ask);
  check_count(objects.size(), answer.size());
  co_return answer;
}

task<std::vector<lfs::batch_entry>> blob_inquiry::ask_source(std::vector<lfs_object> objects) {
  auto ask = [&]() -> task<std::vector<lfs::batch_entry>> {
    co_await retry_.turn(side::source);
    co_return co_await blaming(side::source, ends_.source.locate(objects));
  };
  auto answer = co_await retry_.persist("lfs batch at the source", ask);
  check_count(objects.size(), answer.size());
  co_return answer;
}

task<dated_route> blob_inquiry::ask_again(lfs_object object) {
  const std::vector<lfs_object> one(1, object);
  // The lifetimes count from the first question: too early is safe.
  const moment received = moment::now();
  auto at_target = co_await ask_target(one);
  auto at_source = co_await ask_source(one);
  blob_route route{std::move(at_source.front()), std::move(at_target.front())};
  dated_route dated{std::move(route), received};
  co_return dated;
}

bool is_present(const lfs::batch_entry& at_target) {
  return !at_target.upload && !at_target.error;
}

bool is_expired(const dated_route& dated, const moment& now) {
  const auto& [from, to] = dated.route;
  return (from.download && is_expired(*from.download, dated.received, now)) ||
         (to.upload && is_expired(*to.upload, dated.received, now)) ||
         (to.verify && is_expired(*to.verify, dated.received, now));
}

bool may_mend(const dated_route& dated, const failure& why, bool asked_anew, const moment& now) {
  const auto& [from, to] = dated.route;
  const auto is_over = [&](const std::optional<lfs::action>& link) {
    return link && is_expired(*link, dated.received, now);
  };
  if (why.blamed() == side::target) {
    const bool is_dead = is_over(to.upload) || is_over(to.verify) || (!asked_anew && may_have_died(to.upload));
    return is_refused_link(why) && is_dead;
  }
  if (why.blamed() != side::source || !from.download) return false;
  const bool looks_dead = is_refused_link(why) || why.code() == errc::not_found;
  return looks_dead && (!asked_anew || is_over(from.download));
}

std::optional<failure> refusal_of(const blob_route& route) {
  if (route.to.error) return refused(lfs::code_at_target(route.to.error->code), side::target, *route.to.error);
  if (route.from.error) return refused(code_at_source(route.from.error->code), side::source, *route.from.error);
  if (!route.from.download) return failure(errc::bad_batch_reply).detail("no download action").blame(side::source);
  return std::nullopt;
}

}  // namespace hfpipe
