#include "engine/fast_forward.hpp"

#include "engine/leased_buffer.hpp"

namespace hfpipe {

namespace {

enum class ancestry { proven, refuted, unknown };

/// A source that answers nothing to such a question does not have `old`, or nothing that it knows of it is whole.
bool is_silence(const failure& why) {
  return why.code() == errc::empty_reply || why.code() == errc::remote_error;
}

task<ancestry> ask(git_source& from, const ref_row& row, const intake_terms& terms, byte_budget& budget) {
  const auto walker_room = co_await budget.take(terms.limits.walker);
  leased_buffer room(co_await budget.take(pack_read_room), pack_read_room);
  fetch_request request;
  request.wants.push_back(*row.new_id);
  request.haves.push_back(*row.old_id);  // only this one: others can hide the commit that links the two
  if (terms.can_filter) request.filter = commits_only;

  std::unique_ptr<byte_source> arriving;
  try {
    arriving = co_await from.fetch(std::move(request));
  } catch (const failed& refused) {
    if (!is_silence(refused.why())) throw;
  }
  if (!arriving) co_return ancestry::refuted;

  const git::walker_limits limits{terms.limits.walker, terms.limits.chain};
  git::pack_walker walker(terms.format, limits, *row.old_id);
  for (;;) {
    const std::size_t arrived = co_await arriving->read_some(room.bytes());
    if (arrived == 0) break;
    walker.feed(room.bytes().first(arrived)).value();
    if (walker.met_child()) co_return ancestry::proven;
  }
  const git::pack_summary summary = walker.finish().value();
  co_return summary.unresolved == 0 ? ancestry::refuted : ancestry::unknown;
}

void reject(ref_row& row, ancestry found) {
  row.action = ref_action::skip;
  row.status = ref_status::rejected;
  row.reason = found == ancestry::refuted
                   ? "not a fast-forward: the target has commits there that the source's ref does not have"
                   : "whether it is a fast-forward cannot be told within --max-buffer-memory";
}

}  // namespace

task<> refuse_rewinds(git_source& from, std::vector<ref_row>& rows, const intake_terms& terms, byte_budget& budget,
                      patience& tries) {
  for (ref_row& row : rows) {
    if (!is_to_move(row) || row.action != ref_action::update || row.divergence == on_divergence::overwrite) continue;
    const auto question = [&]() -> task<ancestry> { return ask(from, row, terms, budget); };
    const ancestry found = co_await tries.persist("asking for the way from old to new", question);
    if (found != ancestry::proven) reject(row, found);
  }
}

}  // namespace hfpipe
