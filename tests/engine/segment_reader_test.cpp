#include "engine/segment_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace segment_reader_test {

constexpr std::size_t object_size = 1'000'003;

/// One object over any number of connections, which take turns.
class ranged_host final : public blob_source {
 public:
  struct asked {
    std::uint64_t from, until;
  };

  std::string bytes = some_bytes(object_size, 7);
  std::vector<asked> opened;
  std::size_t open_now = 0, most_open = 0, located = 0;
  std::size_t step = 3000;                        ///< bytes of a read
  duration pause{};                               ///< before each read
  bool has_ranges = true;                         ///< false: only the whole object can be had
  std::map<std::size_t, std::uint64_t> cuts;      ///< the so manieth connection breaks after so many bytes
  std::map<std::size_t, failure> refusals;        ///< the so manieth connection is not to be had
  std::optional<std::size_t> link_dies;           ///< from the so manieth connection on, until it is asked for anew
  std::map<std::size_t, duration> pauses;         ///< instead of `pause`
  std::optional<std::uint64_t> stuck_at;          ///< whoever would give this byte breaks off, after a while
  std::map<std::size_t, duration> opening_takes;  ///< of the so manieth connection
  std::uint64_t ends_at = object_size;            ///< what lies behind is not there

  lfs::batch_entry link() const {
    lfs::action get{http::url::parse("https://blobs.example/x").value(), {}, {}, {}};
    return {blob_of(bytes), std::move(get), {}, {}, {}};
  }
  task<std::vector<lfs::batch_entry>> locate(std::vector<lfs_object>) override {
    ++located;
    co_return std::vector<lfs::batch_entry>(1, link());
  }
  task<std::unique_ptr<byte_source>> open(const lfs::batch_entry&, byte_count from, connection_use,
                                          std::optional<byte_count> until) override;
};

class ranged_bytes final : public byte_source {
 public:
  ranged_bytes(ranged_host& host, std::size_t number, std::uint64_t at, std::uint64_t until)
      : host_(host), number_(number), at_(at), until_(until) {
    host_.most_open = std::max(host_.most_open, ++host_.open_now);
  }
  ~ranged_bytes() override { --host_.open_now; }
  task<std::size_t> read_some(std::span<std::byte> room) override {
    const duration pause = host_.pauses.contains(number_) ? host_.pauses.at(number_) : host_.pause;
    co_await sleep_for(pause);
    if (host_.stuck_at && at_ <= *host_.stuck_at && *host_.stuck_at < at_ + host_.step) {
      co_await sleep_for(10ms);
      throw failed(failure(errc::connection_lost));
    }
    std::uint64_t many =
        std::min<std::uint64_t>({room.size(), host_.step, std::max(std::min(until_, host_.ends_at), at_) - at_});
    if (host_.cuts.contains(number_)) {
      many = std::min(many, host_.cuts[number_]);
      if (many == 0) throw failed(failure(errc::connection_lost));
      host_.cuts[number_] -= many;
    }
    std::memcpy(room.data(), host_.bytes.data() + at_, many);
    at_ += many;
    co_return many;
  }

 private:
  ranged_host& host_;
  std::size_t number_;
  std::uint64_t at_, until_;
};

task<std::unique_ptr<byte_source>> ranged_host::open(const lfs::batch_entry&, byte_count from, connection_use,
                                                     std::optional<byte_count> until) {
  const std::size_t number = opened.size();
  opened.push_back({from.value(), until->value()});
  const duration takes = opening_takes.contains(number) ? opening_takes.at(number) : pause;
  co_await sleep_for(takes);
  if (refusals.contains(number)) throw failed(refusals.at(number));
  if (link_dies && number >= *link_dies && located == 0) throw failed(failure(errc::forbidden));
  const bool whole = from == byte_count() && until->value() == bytes.size();
  if (!has_ranges && !whole) throw failed(failure(errc::bad_range_reply));
  co_return std::make_unique<ranged_bytes>(*this, number, from.value(), until->value());
}

struct fixture {
  ranged_host host;
  event_recorder seen;
  byte_budget budget{1_MiB};
  stream_shares shares{8, 8};
  resume_terms resume{.waits = {.retries = 3, .first_wait = 10us, .longest_wait = 20us}};
  stream_terms streams{&shares, 64_KiB, 1_KiB, {.judging = 1ms, .rest = 1ms}, 1ms, 1h, 0_B};
  byte_count room = 64_KiB;
  duration consumer_pause{};
  std::string got;

  fixture() { host.pause = 20us; }

  task<> read() {
    read_window window(leased_buffer(*budget.try_take(room), room));
    blob_link link(host, host.link(), moment::now());
    segment_reader body(link, resume, streams, budget, window, seen);
    co_await body.open(connection_use::any);
    auto both = [&](nursery& beside) -> task<> {
      co_await beside.start(body.fill());
      for (;;) {
        const auto piece = co_await window.next();
        if (piece.empty()) co_return;
        got.append(reinterpret_cast<const char*>(piece.data()), piece.size());
        if (consumer_pause != duration::zero()) co_await sleep_for(consumer_pause);
      }
    };
    co_await nursery::run(1, both);
  }

  std::optional<failure> broken() {
    got.clear();
    try {
      run_task(read());
    } catch (const failed& thrown) {
      return thrown.why();
    }
    return std::nullopt;
  }
  void check_whole() {
    const auto why = broken();
    BOOST_TEST(!why.has_value(), (why ? why->what() : std::string()));
    BOOST_TEST((got == host.bytes));
    BOOST_TEST(budget.in_use().value() == 0u);
    BOOST_TEST(host.open_now == 0u);
  }
};

}  // namespace segment_reader_test

BOOST_FIXTURE_TEST_SUITE(segment_reader_test, fixture)

BOOST_AUTO_TEST_CASE(a_segment_is_half_of_what_the_window_has_for_each_in_whole_blocks) {
  struct row {
    byte_count reach;
    unsigned streams;
    byte_count block, segment;
  };
  for (const row& r : {row{9_MiB, 2, 512_KiB, 2_MiB}, row{57_MiB, 8, 512_KiB, 3_MiB + 512_KiB},
                       row{1_MiB, 1, 512_KiB, 512_KiB}, row{1_MiB, 8, 512_KiB, 512_KiB}, row{1_MiB, 0, 1_KiB, 512_KiB}})
    BOOST_TEST(segment_size(r.reach, r.streams, r.block).value() == r.segment.value());
}

BOOST_AUTO_TEST_CASE(an_object_below_the_limit_is_read_over_one_stream) {
  streams.from_size = byte_count(object_size + 1);
  shares.note_paid(4);
  check_whole();
  BOOST_TEST(host.opened.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_starving_target_gets_more_streams_and_every_byte_once) {
  host.pause = 1ms;
  shares.note_paid(1);
  check_whole();
  BOOST_TEST(host.most_open > 1u);
  std::uint64_t asked_for = 0;
  for (std::size_t n = 1; n < host.opened.size(); ++n) asked_for += host.opened[n].until - host.opened[n].from;
  BOOST_TEST(asked_for < host.bytes.size());
}

BOOST_AUTO_TEST_CASE(a_source_that_nothing_is_known_of_gets_a_second_connection_at_once) {
  streams.tick = 1h;  // no other decision is made
  check_whole();
  BOOST_TEST(host.most_open == 2u);
  BOOST_REQUIRE(host.opened.size() >= 2u);
  BOOST_TEST(host.opened[0].until == object_size);  // the first one would go on alone
  // The first one shall not be there before the second one answers: a window further, and a block.
  BOOST_TEST(host.opened[1].from >= (room + streams.room + 32_KiB).value());
}

BOOST_AUTO_TEST_CASE(a_second_connection_that_comes_too_late_is_tried_again_with_the_rate_that_was_seen) {
  host.pause = 1ms;
  streams.pace.rest = 1h;  // a trial that failed would not be made again
  host.opening_takes.emplace(1, 100ms);
  check_whole();
  BOOST_TEST(host.most_open > 2u);
}

BOOST_AUTO_TEST_CASE(a_first_object_leaves_the_connections_of_those_that_begin_with_it) {
  stream_shares crowded(8, 8, 8);
  streams.shares = &crowded;
  streams.tick = 1h;
  check_whole();
  BOOST_TEST(host.opened.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_object_that_was_too_short_to_tell_leaves_the_next_one_its_trial) {
  streams.tick = 1h;
  check_whole();
  BOOST_TEST(shares.is_new());
}

BOOST_AUTO_TEST_CASE(a_thread_that_is_full_tries_no_stream) {
  shares.note_paid(1);
  host.pause = 1ms;
  streams.busy_time = [] { return std::chrono::steady_clock::now().time_since_epoch(); };
  check_whole();
  BOOST_TEST(host.most_open == 1u);
}

BOOST_AUTO_TEST_CASE(where_one_stream_was_enough_the_next_object_begins_with_one) {
  shares.note_paid(1);
  streams.tick = 1h;
  check_whole();
  BOOST_TEST(host.opened.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_paid_for_the_object_before_is_begun_with) {
  shares.note_paid(4);
  streams.tick = 1h;  // no other decision is made
  check_whole();
  BOOST_TEST(host.most_open == 4u);
  std::uint64_t asked_for = 0;
  for (const auto& each : host.opened) asked_for += each.until - each.from;
  BOOST_TEST(asked_for == host.bytes.size());
}

BOOST_AUTO_TEST_CASE(bytes_are_in_order_whatever_the_room_and_the_reads_are) {
  shares.note_paid(5);
  for (const byte_count size : {40_KiB, 64_KiB, 100_KiB}) {
    for (const std::size_t step : {700U, 8192U, 50'000U}) {
      for (const byte_count more : {1_KiB, 30_KiB, 120_KiB}) {
        room = size;
        host.step = step;
        host.pause = {};
        streams.room = more;
        BOOST_TEST_CONTEXT("room " << size.value() << ", reads of " << step << ", " << more.value() << " more")
        check_whole();
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(memory_beyond_the_budget_is_never_taken) {
  budget.~byte_budget();
  new (&budget) byte_budget(200_KiB);
  shares.note_paid(8);
  check_whole();
  BOOST_TEST(budget.peak().value() <= (200_KiB).value());
  BOOST_TEST(host.most_open >= 2u);
  BOOST_TEST(host.most_open <= 3u);
}

BOOST_AUTO_TEST_CASE(streams_give_their_memory_back_when_somebody_waits_for_it) {
  shares.note_paid(8);
  bool served = false;
  const byte_count most_of_it = 900_KiB;
  auto waiting = [&]() -> task<> {
    while (host.most_open < 8) co_await sleep_for(100us);
    const lease got_it = co_await budget.take(most_of_it);
    served = true;
  };
  auto both = [&](nursery& beside) -> task<> {
    co_await beside.start(waiting());
    co_await read();
  };
  auto work = [&]() -> task<> { co_await nursery::run(1, both); };
  run_task(work());
  BOOST_TEST(served);
  BOOST_TEST((got == host.bytes));
}

BOOST_AUTO_TEST_CASE(a_host_without_ranges_is_read_over_one_stream_to_the_end) {
  host.pause = 1ms;
  host.has_ranges = false;
  check_whole();
  BOOST_TEST(!shares.ranges_work());
  BOOST_TEST(host.opened.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_host_that_has_lost_its_ranges_is_asked_for_the_whole) {
  host.has_ranges = false;
  shares.note_paid(4);
  check_whole();
  BOOST_TEST(host.opened.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_second_connection_that_is_refused_leaves_the_first_alone) {
  for (const errc code : {errc::cannot_connect, errc::rate_limited, errc::forbidden}) {
    fixture fresh;
    fresh.host.pause = 1ms;
    for (std::size_t n = 1; n < 100; ++n) fresh.host.refusals.emplace(n, failure(code));
    fresh.check_whole();
    BOOST_TEST(fresh.shares.ranges_work());
    BOOST_TEST(fresh.host.most_open == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_cut_anywhere_is_read_on) {
  shares.note_paid(4);
  streams.tick = 1h;
  for (std::size_t which = 0; which < 4; ++which) {
    for (const std::uint64_t after : {1U, 3000U, 20'000U}) {
      host.opened.clear();
      host.cuts = {{which, after}};
      BOOST_TEST_CONTEXT("stream " << which << " after " << after) check_whole();
    }
  }
  BOOST_TEST(seen.count<event::retrying>() == 12u);
}

BOOST_AUTO_TEST_CASE(a_stream_that_gives_up_ends_the_object_and_is_the_sources_fault) {
  shares.note_paid(4);
  for (std::size_t n = 5; n < 100; ++n) host.refusals.emplace(n, failure(errc::connection_lost));
  const auto why = broken();
  BOOST_REQUIRE(why);
  BOOST_CHECK(why->code() == errc::connection_lost);
  BOOST_CHECK(why->blamed() == side::source);
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(a_dead_link_is_asked_for_once_and_used_by_all) {
  shares.note_paid(4);
  streams.tick = 1h;
  host.link_dies = 4;
  check_whole();
  BOOST_TEST(host.located == 1u);
}

BOOST_AUTO_TEST_CASE(a_host_that_asks_for_fewer_gets_fewer) {
  shares.note_paid(8);
  host.refusals.emplace(9, failure(errc::rate_limited));
  host.refusals.emplace(10, failure(errc::rate_limited));
  streams.pace.rest = 1h;
  check_whole();
  BOOST_TEST(shares.first() <= 4u);
}

BOOST_AUTO_TEST_CASE(a_connection_far_slower_than_the_others_is_replaced) {
  shares.note_paid(4);
  streams.slowness = 30ms;
  streams.tick = 10ms;
  host.pause = 200us;
  host.pauses[1] = 1h;
  check_whole();
}

BOOST_AUTO_TEST_CASE(a_range_that_no_connection_brings_ends_as_any_silent_source_does) {
  shares.note_paid(4);
  streams.slowness = 5ms;
  streams.tick = 2ms;
  resume.patience = 50ms;
  host.pause = 100us;
  host.stuck_at = 300'000;
  const auto why = broken();
  BOOST_REQUIRE(why);
  BOOST_CHECK(why->code() == errc::connection_lost);
  BOOST_CHECK(why->blamed() == side::source);
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_CASE(a_second_connection_that_never_answers_does_not_hold_the_end_back) {
  host.pause = 1ms;
  for (std::size_t n = 1; n < 100; ++n) host.opening_takes.emplace(n, 1h);
  check_whole();
}

BOOST_AUTO_TEST_CASE(an_object_that_is_shorter_than_named_is_told_as_that) {
  for (const std::uint64_t end : {0U, 1U, 700'000U, 1'000'002U}) {
    host.ends_at = end;
    shares.note_paid(4);
    const auto why = broken();
    BOOST_REQUIRE(why);
    BOOST_TEST_CONTEXT("it ends at " << end) {
      BOOST_CHECK(why->code() == errc::size_mismatch);
      BOOST_CHECK(why->blamed() == side::source);
    }
  }
}

BOOST_AUTO_TEST_CASE(cancelled_it_leaves_no_connection_and_no_memory) {
  shares.note_paid(6);
  host.pause = 1ms;
  for (const std::size_t enough : {0U, 100'000U, 500'000U}) {
    asio::io_context loop(1);
    got.clear();
    const auto why = run_cancelled(loop, read(), [&] { return got.size() >= enough && host.open_now >= 3; });
    BOOST_REQUIRE(why);
    BOOST_CHECK(why->code() == errc::cancelled);
    BOOST_TEST(host.open_now == 0u);
    BOOST_TEST(budget.in_use().value() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_slow_target_holds_the_streams_back) {
  shares.note_paid(8);
  streams.tick = 1h;
  consumer_pause = 2ms;
  host.pause = {};
  check_whole();
  BOOST_TEST(budget.peak().value() <= (1_MiB).value());
}

BOOST_AUTO_TEST_SUITE_END()
