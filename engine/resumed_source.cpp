#include "engine/resumed_source.hpp"

#include <algorithm>
#include <utility>

namespace hfpipe {

namespace {

/// Spreads the waits of objects whose streams one event broke. Oids are as good as random.
std::uint32_t seed_of(const lfs_oid& oid) {
  std::uint32_t seed = 0;
  for (const std::byte byte : oid.raw().first(4)) seed = seed << 8 | std::to_integer<std::uint32_t>(byte);
  return seed;
}

bool looks_like_a_dead_link(const failure& why) {
  return is_refused_link(why) || why.code() == errc::not_found;
}

}  // namespace

resumed_source::resumed_source(blob_link& link, resume_terms terms, observer& watcher)
    : resumed_source(link, terms, watcher, {byte_count(), link.object().size}) {}

resumed_source::resumed_source(blob_link& link, resume_terms terms, observer& watcher, byte_range range)
    : link_(link),
      terms_(terms),
      watcher_(watcher),
      random_(seed_of(link.object().oid) + static_cast<std::uint32_t>(range.from.value() >> 12)),
      at_(range.from),
      until_(range.until) {}

task<> resumed_source::open(connection_use use) {
  opened_by_ = link_.version();
  stream_ = co_await link_.open(at_, use, until_);
}

void resumed_source::stop_at(byte_count until) {
  until_ = std::min(until_, until);
}

task<std::size_t> resumed_source::read_some(std::span<std::byte> room) {
  silent_since_ = clock::now();
  for (;;) {
    // What breaks behind the last byte breaks nothing; a stream that would go on is of no more use.
    if (at_ >= until_ && (!stream_ || until_ != link_.object().size)) co_return 0;
    std::optional<failure> broken;
    try {
      if (!stream_) co_await open_rest();
      const std::size_t got = co_await stream_->read_some(room);
      arrived(got);
      // An end where bytes are due and none came is the source's word on the object's size: the guard judges it.
      if (got != 0 || at_ >= until_ || !stream_gave_) co_return got;
    } catch (const failed& thrown) {
      if (thrown.why().code() == errc::cancelled) throw;
      broken = thrown.why();
    }
    stream_.reset();  // here and not in the handler: nothing of it is left while we wait
    if (broken && at_ < until_) co_await recover(std::move(*broken));
  }
}

void resumed_source::arrived(std::size_t count) {
  if (count == 0) return;
  at_ += byte_count(count);
  stream_gave_ = true;
  asked_anew_ = false;
  failures_ = 0;
  broken_.reset();
}

task<> resumed_source::open_rest() {
  stream_gave_ = false;
  co_await wait_for_turn();
  if (link_is_dead_) {
    co_await link_.renew(opened_by_);
  } else if (link_.is_old()) {
    co_await link_.renew(link_.version());
  }
  link_is_dead_ = false;
  co_await open(connection_use::any);
}

/// What one of us was told, all obey: whatever made this stream end, the next one is not asked for before.
task<> resumed_source::wait_for_turn() {
  for (;;) {
    const duration wait = held_back();
    if (wait == duration::zero()) co_return;
    if (is_too_long(wait)) throw failed(failure(errc::rate_limited));  // recover() gives up, too
    co_await sleep_for(wait);
  }
}

duration resumed_source::held_back() const {
  return terms_.held_back == nullptr ? duration::zero() : terms_.held_back->wait_for(side::source, clock::now());
}

bool resumed_source::is_too_long(duration wait) const {
  return clock::now() + wait > silent_since_ + terms_.patience;
}

/// Returns when the next stream may be opened.
task<> resumed_source::recover(failure why) {
  why.add_blame(side::source);
  if (at_ == byte_count()) throw failed(std::move(why));
  if (why.code() == errc::bad_range_reply && broken_) throw failed(std::move(*broken_));

  ++failures_;
  if (looks_like_a_dead_link(why) && !asked_anew_ && failures_ <= terms_.waits.retries) {
    asked_anew_ = true;
    link_is_dead_ = true;
    tell(duration::zero(), why);
    co_return;
  }
  if (why.cause() != cause::transient) throw failed(std::move(why));
  const double jitter = std::uniform_real_distribution<double>()(random_);
  const std::optional<duration> wait = next_wait(terms_.waits, failures_, why, jitter);
  if (!wait || is_too_long(std::max(*wait, held_back()))) throw failed(std::move(why));
  tell(*wait, why);
  broken_ = std::move(why);
  co_await sleep_for(*wait);
}

void resumed_source::tell(duration wait, const failure& why) {
  watcher_.on(event::retrying{"lfs " + link_.object().oid.short_hex(), failures_, wait, why});
}

}  // namespace hfpipe
