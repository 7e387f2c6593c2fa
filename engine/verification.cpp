// The other question: is the target a true copy? Lists and reads, by ports that cannot write.
//
//   1. what is where           list both sides
//   2. what should be where    engine/ref_plan.cpp decides, as for a copy
//   3. which objects           engine/pack_scan.cpp reads all history that the source's refs reach
//   4. does the target know    its batch API is asked, and the source about what the target lacks
//   5. are they what they say  engine/blob_check.cpp reads them back, where that is asked for

#include "engine/verification.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <span>

#include "engine/blob_check.hpp"
#include "engine/blob_plan.hpp"
#include "engine/nursery.hpp"
#include "engine/pack_scan.hpp"
#include "engine/patience.hpp"

namespace hfpipe {

namespace {

/// As for a copy: a source that moves three times while it is read is not going to stop.
constexpr unsigned most_listings = 3;

/// A server's words, for each of a million objects, would be memory without a ceiling.
constexpr std::size_t kept_detail = 120;

using entries = std::vector<lfs::batch_entry>;
using objects = std::span<const lfs_object>;

class verification {
 public:
  verification(verification_ends ends, const verification_options& options, observer& watcher)
      : ends_(ends),
        options_(options),
        watcher_(watcher),
        budget_(options.buffer_memory),
        tries_(options.retries, watcher, result_.retries, std::random_device()()) {}

  task<> run() {
    std::vector<lfs_object> found = co_await compare_refs_and_scan();
    const blob_plan plan = plan_blobs(std::move(found));
    result_.objects = plan.objects();
    result_.bytes = plan.bytes;
    watcher_.on(event::blobs_found{plan.objects(), plan.bytes});
    watcher_.on(event::step_started{event::step::asking_for_blobs});
    const relay_widths widths = plan_widths(options_.transfers, budget_.total());
    co_await verify_lane(plan.large, widths.large, widths.large_buffer);
    co_await verify_lane(plan.small, widths.small, widths.small_buffer);
    warn_of_absent();
  }

  verification_result take_result() {
    result_.peak_buffer = budget_.peak();
    return std::move(result_);
  }
  void fail(failure why) { result_.error = std::move(why); }

 private:
  /// Steps 1 to 3, again when the source moves a ref in between.
  task<std::vector<lfs_object>> compare_refs_and_scan() {
    for (unsigned rounds = 1;; ++rounds) {
      const bool can_filter = co_await compare_refs();
      try {
        co_return co_await scan(can_filter);
      } catch (const failed& broken) {
        if (broken.why().code() != errc::ref_vanished || rounds == most_listings) throw;
      }
      ++result_.retries;
      watcher_.on(event::warning{"the source moved a ref while it was being read: comparing again"});
    }
  }

  /// Steps 1 and 2. Whether the source can filter.
  task<bool> compare_refs() {
    watcher_.on(event::step_started{event::step::listing});
    source_listing source;
    source_listing target;
    const auto ask_both = [&](nursery& children) -> task<> {
      co_await children.start(list(ends_.source_git, side::source, source));
      co_await children.start(list(ends_.target_git, side::target, target));
    };
    co_await nursery::run(2, ask_both);
    watcher_.on(event::listed{source.listing.refs.size(), target.listing.refs.size()});
    format_ = source.listing.format;
    if (source.listing.refs.empty())
      watcher_.on(event::warning{"the source is empty: there is nothing to compare with"});
    const bool same_format = target.listing.refs.empty() || target.listing.format == format_;
    if (!same_format) throw failed(failure(errc::object_format_mismatch).blame(side::target));
    // Whether the host would take a delete is not asked here: what is there and should not be is a difference.
    const target_listing shown{.listing = std::move(target.listing), .can_delete = true};
    result_.refs = plan_refs(source.listing, shown, options_.refs, options_.host).value();
    const auto different = std::count_if(result_.refs.begin(), result_.refs.end(), differs);
    watcher_.on(event::compared{result_.refs.size(), static_cast<std::size_t>(different)});
    co_return source.can_filter;
  }

  task<> list(git_source& from, side whose, source_listing& into) {
    const auto ask = [&]() -> task<source_listing> { return from.list(); };
    const std::string frame = "the " + std::string(to_text(whose)) + "'s refs";
    const std::string what = "listing the " + std::string(to_text(whose));
    into = co_await blaming(whose, within(frame, tries_.persist_as_stranger(what, ask)));
  }

  /// Step 3.
  task<std::vector<lfs_object>> scan(bool can_filter) {
    std::set<git_oid> wanted;
    for (const ref_row& row : result_.refs) {
      if (row.new_id && row.action != ref_action::skip) wanted.insert(*row.new_id);
    }
    if (wanted.empty()) co_return std::vector<lfs_object>();
    watcher_.on(event::step_started{event::step::reading_history});
    fetch_request request;
    request.wants.assign(wanted.begin(), wanted.end());
    const intake_terms terms{format_, can_filter, options_.allow_unscanned, intake_limits_for(options_.buffer_memory)};
    const auto fetch = [&]() -> task<pack_scan> {
      ++result_.pack.fetches;
      return scan_pack(ends_.source_git, request, terms, budget_, watcher_);
    };
    pack_scan scanned = co_await blaming(side::source, within("history", tries_.persist("reading the history", fetch)));
    result_.pack.bytes = scanned.summary.bytes;
    result_.pack.objects = scanned.summary.objects;
    co_return std::move(scanned.found);
  }

  /// Steps 4 and 5, a batch at a time: an answer is a hundred times larger than what it says here, and its links die
  /// young.
  task<> verify_lane(const std::vector<lfs_object>& lane, unsigned width, byte_count largest_buffer) {
    const bool reads = options_.depth == verify_depth::bytes;
    const std::size_t step = reads ? std::min<std::size_t>(width, lfs::batch_size) : lfs::batch_size;
    const auto feed = [&](nursery& readers) -> task<> {
      for (std::size_t from = 0; from < lane.size(); from += step) {
        const objects some = objects(lane).subspan(from, std::min(step, lane.size() - from));
        entries held = co_await ask_target(some);
        if (!reads) continue;
        for (lfs::batch_entry& entry : held) co_await readers.start(prove(std::move(entry), largest_buffer));
      }
    };
    co_await nursery::run(width, feed);
  }

  /// What the target has of `some`; what it lacks becomes a difference, unless the source lacks it too.
  task<entries> ask_target(objects some) {
    entries answers = co_await locate(ends_.target_blobs, side::target, some);
    std::vector<lfs_object> lacking;
    for (const lfs::batch_entry& entry : answers) {
      if (!entry.download) lacking.push_back(entry.object);
    }
    std::erase_if(answers, [](const lfs::batch_entry& entry) { return !entry.download; });
    result_.present += answers.size();
    for (const lfs::batch_entry& entry : answers) present_bytes_ += entry.object.size;
    if (options_.depth == verify_depth::presence) {
      watcher_.on(event::blobs_present{static_cast<std::size_t>(result_.present), present_bytes_});
    }
    if (lacking.empty()) co_return answers;
    const entries at_source = co_await locate(ends_.source_blobs, side::source, lacking);
    for (const lfs::batch_entry& entry : at_source) {
      if (is_absent(entry)) {
        result_.absent_everywhere.push_back(entry.object);
      } else {
        result_.differing.push_back({entry.object, failure(errc::object_missing).blame(side::target)});
      }
    }
    co_return answers;
  }

  /// An object that is in trouble for now is asked about again with the others: what may pass is no difference.
  task<entries> locate(blob_source& from, side whose, objects some) {
    const auto ask = [&]() -> task<entries> { return ask_once(from, some); };
    const std::string what = "asking the " + std::string(to_text(whose));
    co_return co_await blaming(whose, within("LFS objects", tries_.persist(what, ask)));
  }

  static task<entries> ask_once(blob_source& from, objects some) {
    std::vector<lfs_object> wanted(some.begin(), some.end());
    entries answers = co_await from.locate(std::move(wanted));
    for (const lfs::batch_entry& entry : answers) {
      if (!entry.error) continue;
      const int code = entry.error->code;
      if (code != 429 && code < 500) continue;
      const errc kind = code == 429 ? errc::rate_limited : errc::server_failed;
      failure why = failure(kind).at("lfs " + entry.object.oid.short_hex()).detail(entry.error->message);
      throw failed(std::move(why));
    }
    co_return answers;
  }

  /// Whether the host says that it does not have it. Any other error may be about rights.
  static bool is_absent(const lfs::batch_entry& entry) {
    return entry.error && (entry.error->code == 404 || entry.error->code == 410);
  }

  /// Step 5, for one object.
  task<> prove(lfs::batch_entry entry, byte_count largest_buffer) {
    const lfs_object blob = entry.object;
    const std::string name = "lfs " + blob.oid.short_hex();
    relay_terms terms{largest_buffer};
    terms.pace = options_.pace;
    for (;; ++terms.attempt) {
      std::optional<failure> broken = co_await try_once(entry, terms);
      if (!broken) co_return note_proven(blob);
      broken->add_frame(name);
      // A dead link looks like a refusal or like a missing object: once, a fresh one is asked for.
      const bool dead_link = broken->code() == errc::forbidden || broken->code() == errc::not_found;
      bool again = false;
      if (dead_link && terms.attempt == 1) {
        again = tries_.at_once(name, terms.attempt, *broken);
      } else {
        again = co_await tries_.wait(name, terms.attempt, *broken);
      }
      if (!again && broken->cause() == cause::transient) throw failed(std::move(*broken));
      if (!again) co_return note_differing(blob, std::move(*broken));
      const objects alone(&blob, 1);
      entries fresh = co_await locate(ends_.target_blobs, side::target, alone);
      entry = std::move(fresh.front());
    }
  }

  task<std::optional<failure>> try_once(const lfs::batch_entry& entry, relay_terms terms) {
    std::optional<failure> broken;
    if (!entry.download) {
      broken = failure(errc::object_missing).blame(side::target);
      co_return broken;
    }
    try {
      co_await check_blob(ends_.target_blobs, entry, terms, budget_, watcher_);
    } catch (const failed& thrown) {
      if (thrown.why().code() == errc::cancelled) throw;
      broken = thrown.why();
    }
    co_return broken;
  }

  void note_proven(const lfs_object& blob) {
    ++result_.proven;
    watcher_.on(event::blob_proven{blob});
  }

  void note_differing(const lfs_object& blob, failure why) {
    watcher_.on(event::blob_failed{blob, why});
    failure kept = failure(why.code()).detail(why.detail().substr(0, kept_detail)).blame(why.blamed());
    result_.differing.push_back({blob, std::move(kept)});
  }

  void warn_of_absent() {
    const auto& absent = result_.absent_everywhere;
    if (absent.empty()) return;
    const std::string names = absent.size() == 1 ? "1 LFS pointer names an object"
                                                 : std::to_string(absent.size()) + " LFS pointers name objects";
    watcher_.on(
        event::warning{names + " that neither the source nor the target has, first " + absent.front().oid.short_hex()});
  }

  verification_ends ends_;
  const verification_options& options_;
  observer& watcher_;
  byte_budget budget_;
  verification_result result_;
  patience tries_;
  object_format format_ = object_format::sha1;
  byte_count present_bytes_;
};

}  // namespace

bool differs(const ref_row& row) {
  // The user's own rules reject what would have to be forced; what the host is certain to refuse is only skipped.
  if (row.action == ref_action::skip) return row.status == ref_status::rejected;
  return row.action != ref_action::up_to_date;
}

bool is_true_copy(const verification_result& result) {
  return !result.error && result.differing.empty() && std::none_of(result.refs.begin(), result.refs.end(), differs);
}

task<verification_result> run_verification(verification_ends ends, verification_options options, observer& watcher) {
  verification whole(ends, options, watcher);
  // A nursery of one, as for a transfer: what cancels this task ends the steps in our words.
  const auto steps = [&](nursery&) -> task<> { return whole.run(); };
  try {
    co_await nursery::run(1, steps);
  } catch (const failed& broken) {
    whole.fail(broken.why());
  }
  co_return whole.take_result();
}

}  // namespace hfpipe
