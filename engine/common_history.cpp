#include "engine/common_history.hpp"

#include <array>
#include <optional>
#include <set>

#include "engine/leased_buffer.hpp"
#include "protocol/git/fetch_dialogue.hpp"

namespace hfpipe {

namespace {

/// git's own steps grow like this; beyond the last, a full pack costs less than more questions.
constexpr std::array<unsigned, 4> depths{16, 128, 1024, 8192};

/// One search. Lives in find_common_history's frame.
struct history_search {
  git_source& source;
  git_source& target;
  const std::vector<git_oid>& wants;
  const intake_terms& terms;
  leased_buffer& room;
  std::set<git_oid> asked = {};
  std::vector<git_oid> found = {};
};

/// The newest commits of `tip`'s history that the source was not asked about.
task<std::vector<git_oid>> newest_of(history_search& s, git_oid tip, unsigned depth) {
  fetch_request request;
  request.wants.push_back(tip);
  request.filter = commits_only;
  request.depth = depth;
  const auto arriving = co_await s.target.fetch(std::move(request));
  const git::walker_limits limits{s.terms.limits.walker, s.terms.limits.chain};
  const git::commit_quota quota{git::haves_limit};
  git::pack_walker walker(s.terms.format, limits, quota);
  std::vector<git_oid> fresh;
  for (;;) {
    const std::size_t arrived = co_await arriving->read_some(s.room.bytes());
    if (arrived == 0) break;
    walker.feed(s.room.bytes().first(arrived)).value();
    for (const git_oid& id : walker.take_commits()) {
      if (s.asked.insert(id).second) fresh.push_back(id);
    }
  }
  walker.finish().value();
  co_return fresh;
}

/// Follows one tip back until the source knows a commit.
task<> follow(history_search& s, git_oid tip) {
  for (const unsigned depth : depths) {
    std::vector<git_oid> fresh = co_await newest_of(s, tip, depth);
    if (fresh.empty()) co_return;  // the history begins here
    std::vector<git_oid> wants = s.wants;
    const auto known = co_await s.source.common(std::move(wants), std::move(fresh));
    if (!known) co_return;
    s.found.insert(s.found.end(), known->begin(), known->end());
    if (!known->empty()) co_return;
  }
}

task<> search(history_search& s, const std::vector<git_oid>& tips) {
  std::vector<git_oid> wants = s.wants, asked = tips;
  const auto known = co_await s.source.common(std::move(wants), std::move(asked));
  if (!known) co_return;
  const std::set<git_oid> has(known->begin(), known->end());
  std::vector<git_oid> lost;
  for (const git_oid& tip : tips) {
    if (!has.contains(tip) && lost.size() < most_lines) lost.push_back(tip);
  }
  if (lost.empty()) co_return;
  const source_listing shown = co_await s.target.list();
  if (!shown.can_filter || !shown.can_deepen) co_return;
  for (const git_oid& tip : lost) {
    if (!s.asked.contains(tip)) co_await follow(s, tip);
  }
}

}  // namespace

task<std::vector<git_oid>> find_common_history(git_source& source, git_source& target, history_question question,
                                               const intake_terms& terms, byte_budget& budget, observer& watcher) {
  if (question.tips.empty() || question.wants.empty()) co_return std::vector<git_oid>();
  const lease walker_room = co_await budget.take(terms.limits.walker);
  const lease ids_room = co_await budget.take(history_room);
  lease reading = co_await budget.take(pack_read_room);
  leased_buffer room(std::move(reading), pack_read_room);
  history_search s{source, target, question.wants, terms, room};
  try {
    co_await search(s, question.tips);
  } catch (const failed& broken) {
    if (broken.why().code() == errc::cancelled) throw;
    watcher.on(
        event::warning{"what both sides' histories have in common was not found out, so that more is sent than " +
                       std::string("need be: ") + broken.why().what()});
  }
  co_return std::move(s.found);
}

std::vector<git_oid> unlisted_tips(const std::vector<ref_row>& rows, const git::ref_listing& source) {
  std::set<git_oid> listed;
  for (const ref_entry& entry : source.refs) listed.insert(entry.id);
  std::set<git_oid> tips;
  for (const ref_row& row : rows) {
    const bool moves = is_to_move(row) && row.action == ref_action::update;
    if (moves && !listed.contains(*row.old_id)) tips.insert(*row.old_id);
  }
  return {tips.begin(), tips.end()};
}

}  // namespace hfpipe
