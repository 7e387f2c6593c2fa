#include "engine/mirror_check.hpp"

#include <random>
#include <string>
#include <utility>

#include "engine/patience.hpp"

namespace hfpipe {

namespace {

/// Nothing is different: the target has every branch and tag as the source has it.
struct difference {
  std::size_t compared = 0;
  std::size_t different = 0;
  std::string first;
};

difference compare(const git::ref_listing& source, const git::ref_listing& target) {
  difference found;
  for (const ref_entry& ref : source.refs) {
    if (!ref.name.starts_with("refs/heads/") && !ref.name.starts_with("refs/tags/")) continue;
    ++found.compared;
    const git_oid* const there = find_ref(target.refs, ref.name);
    if (there && *there == ref.id) continue;
    if (found.different++ == 0) found.first = ref.name.text();
  }
  return found;
}

failure not_updated(const difference& found) {
  return failure(errc::ref_mismatch)
      .blame(side::target)
      .detail("the host calls its update done, but " + std::to_string(found.different) + " of " +
              std::to_string(found.compared) + " branches and tags are not as the source has them, the first is " +
              found.first)
      .hint(
          "its page of the mirror or its log says why: what it was given may have expired, or a branch diverged; run "
          "again if the source has just moved");
}

task<git::ref_listing> list_refs(git_source& from, patience& tries, std::string_view what) {
  const auto ask = [&]() -> task<source_listing> { return from.list(); };
  source_listing listed = co_await tries.persist(std::string(what), ask);
  co_return std::move(listed.listing);
}

}  // namespace

task<> check_update(git_source& source, git_source& target, const retry_policy& retries, observer& watcher,
                    mirror_result& result) {
  if (result.stage != mirror_stage::updated) co_return;
  patience tries(retries, watcher, result.retries, std::random_device()());
  try {
    const git::ref_listing wanted = co_await list_refs(source, tries, "listing the source");
    const git::ref_listing there = co_await list_refs(target, tries, "listing the target");
    const difference found = compare(wanted, there);
    if (found.different == 0) co_return;
    result.stage = mirror_stage::updating;
    result.error = not_updated(found);
  } catch (const failed& broken) {
    if (broken.why().code() == errc::cancelled) throw;
    watcher.on(event::warning{"the host calls its update done; its refs could not be compared with the source's: " +
                              broken.why().what()});
  }
}

}  // namespace hfpipe
