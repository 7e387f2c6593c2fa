#include "engine/segment_stream.hpp"

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

namespace segment_stream_test {

/// One object. Each connection falls silent where it is told to.
class falling_silent final : public blob_source {
 public:
  std::string bytes = some_bytes(100'000, 5);
  std::map<std::size_t, std::uint64_t> silent_at;  ///< the so manieth connection, and the byte it does not give
  std::uint64_t ends_at = 100'000;                 ///< what lies behind is not there
  duration silence = 1h;                           ///< then it breaks
  std::vector<std::uint64_t> opened;               ///< where each connection begins
  std::vector<std::uint64_t> asked_until;          ///< and ends
  std::size_t open_now = 0;

  lfs::batch_entry link() const {
    lfs::action get{http::url::parse("https://blobs.example/x").value(), {}, {}, {}};
    return {blob_of(bytes), std::move(get), {}, {}, {}};
  }
  task<std::vector<lfs::batch_entry>> locate(std::vector<lfs_object>) override {
    co_return std::vector<lfs::batch_entry>(1, link());
  }
  task<std::unique_ptr<byte_source>> open(const lfs::batch_entry&, byte_count from, connection_use,
                                          std::optional<byte_count> until) override;
};

class given_bytes final : public byte_source {
 public:
  given_bytes(falling_silent& host, std::uint64_t at, std::uint64_t until, std::uint64_t silent)
      : host_(host), at_(at), until_(until), silent_(silent) {
    ++host_.open_now;
  }
  ~given_bytes() override { --host_.open_now; }
  task<std::size_t> read_some(std::span<std::byte> room) override {
    if (at_ == silent_) {
      co_await sleep_for(host_.silence);
      throw failed(failure(errc::connection_lost));
    }
    const std::uint64_t until = std::min({until_, host_.ends_at, silent_});
    const std::uint64_t many = std::min<std::uint64_t>({room.size(), 1000, std::max(until, at_) - at_});
    std::memcpy(room.data(), host_.bytes.data() + at_, many);
    at_ += many;
    co_return many;
  }

 private:
  falling_silent& host_;
  std::uint64_t at_, until_, silent_;
};

task<std::unique_ptr<byte_source>> falling_silent::open(const lfs::batch_entry&, byte_count from, connection_use,
                                                        std::optional<byte_count> until) {
  const std::size_t number = opened.size();
  opened.push_back(from.value());
  asked_until.push_back(until->value());
  const std::uint64_t silent = silent_at.contains(number) ? silent_at.at(number) : ~std::uint64_t{0};
  co_return std::make_unique<given_bytes>(*this, from.value(), until->value(), silent);
}

/// Where it is within 1 %: a speed is made from the clock, which runs a little meanwhile.
bool is_about(std::optional<double> speed, double expected) {
  return speed && *speed > 0.99 * expected - 1e-9 && *speed < 1.01 * expected + 1e-9;
}

struct fixture {
  falling_silent host;
  event_recorder seen;
  byte_budget budget{1_MiB};
  resume_terms resume{.waits = {.retries = 3, .first_wait = 10us, .longest_wait = 20us}};
  byte_count room{256U << 10};
  std::optional<read_window> window;
  std::optional<blob_link> link;
  std::optional<segment_stream> stream;
  asio::io_context loop{1};

  /// A stream that is to read `from` to before `until`.
  segment_stream& made(std::uint64_t from, std::uint64_t until) {
    stream.reset();
    window.reset();
    window.emplace(leased_buffer(*budget.try_take(room), room));
    link.emplace(host, host.link(), moment::now());
    stream.emplace(stream_ends{*link, resume, seen, *window});
    stream->assign({byte_count(from), byte_count(until)});
    return *stream;
  }
  /// What can be done without waiting.
  void run_on() {
    loop.restart();
    while (loop.poll() != 0) {
    }
  }
  /// The window's bytes from `from` on.
  bool has(std::uint64_t from, std::uint64_t until) {
    const std::span<std::byte> there = window->room_at(byte_count(from));
    return there.size() >= until - from && std::memcmp(there.data(), host.bytes.data() + from, until - from) == 0;
  }
};

}  // namespace segment_stream_test

BOOST_FIXTURE_TEST_SUITE(segment_stream_test, fixture)

BOOST_AUTO_TEST_CASE(one_range_after_the_other_is_read_each_over_a_connection_of_its_own) {
  segment_stream& one = made(0, 10'500);
  run_task(loop, one.read());
  BOOST_TEST(one.at().value() == 10'500u);
  one.assign({byte_count(30'000), byte_count(40'000)});
  run_task(loop, one.read());
  BOOST_TEST(one.came().value() == 20'500u);
  BOOST_TEST((host.opened == std::vector<std::uint64_t>{0, 30'000}));
  BOOST_TEST(has(0, 10'500));
  BOOST_TEST(has(30'000, 40'000));
  BOOST_TEST(host.open_now == 0u);
}

BOOST_AUTO_TEST_CASE(a_range_without_bytes_opens_nothing) {
  segment_stream& one = made(500, 500);
  run_task(loop, one.read());
  BOOST_TEST(host.opened.empty());
}

BOOST_AUTO_TEST_CASE(what_was_opened_before_is_read_and_not_opened_again) {
  segment_stream& one = made(2000, 5000);
  run_task(loop, one.open());
  BOOST_TEST(!one.is_reading());
  run_task(loop, one.read());
  BOOST_TEST(has(2000, 5000));
  BOOST_TEST(host.opened.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_source_that_ends_early_is_told) {
  host.ends_at = 4000;
  segment_stream& one = made(0, 10'000);
  std::optional<failure> why;
  try {
    run_task(loop, one.read());
  } catch (const failed& thrown) {
    why = thrown.why();
  }
  BOOST_REQUIRE(why);
  BOOST_CHECK(why->code() == errc::size_mismatch);
  BOOST_CHECK(why->blamed() == side::source);
  BOOST_TEST(host.open_now == 0u);
}

BOOST_AUTO_TEST_CASE(a_range_can_be_ended_earlier_while_it_is_read) {
  room = 64_KiB;  // blocks of 32 KiB: what is read now ends within the first
  host.silent_at = {{0, 5000}};
  host.silence = 20ms;
  segment_stream& one = made(0, 100'000);
  spawned_task reading(loop, one.read());
  run_on();
  BOOST_TEST(one.at().value() == 5000u);
  one.stop_at(byte_count(40'000));
  BOOST_TEST(one.until().value() == 40'000u);
  loop.restart();
  loop.run();  // the connection breaks, and is read on
  BOOST_TEST(reading.done());
  BOOST_TEST(!reading.broken());
  BOOST_TEST((host.asked_until == std::vector<std::uint64_t>{100'000, 40'000}));
  BOOST_TEST(one.came().value() == 40'000u);
  BOOST_TEST(has(0, 32'768));
  BOOST_TEST(has(32'768, 40'000));
}

BOOST_AUTO_TEST_CASE(another_connection_reads_on_where_a_slow_one_is_but_once_only_from_one_place) {
  host.silent_at = {{0, 3000}, {1, 3000}, {2, 8000}};
  segment_stream& one = made(0, 10'000);
  spawned_task reading(loop, one.read());
  run_on();
  one.replace_connection();
  run_on();
  BOOST_TEST((host.opened == std::vector<std::uint64_t>{0, 3000}));
  BOOST_TEST(host.open_now == 1u);  // the slow one is gone
  one.replace_connection();         // the second one brought nothing either
  run_on();
  BOOST_TEST(host.opened.size() == 2u);
  BOOST_TEST(!reading.done());
  reading.cancel();
  run_on();
  BOOST_TEST(reading.done());
  BOOST_TEST(host.open_now == 0u);

  one.assign({byte_count(3000), byte_count(10'000)});
  spawned_task again(loop, one.read());
  run_on();
  BOOST_TEST(one.at().value() == 8000u);
  one.replace_connection();  // from another place
  run_on();
  BOOST_TEST(again.done());
  BOOST_TEST(!again.broken());
  BOOST_TEST((host.opened == std::vector<std::uint64_t>{0, 3000, 3000, 8000}));
  BOOST_TEST(has(0, 10'000));
  BOOST_TEST(seen.count<event::retrying>() == 0u);  // nothing of it is a failure
}

BOOST_AUTO_TEST_CASE(nothing_is_known_of_a_speed_before_bytes_were_waited_for) {
  const segment_stream::time_point now = std::chrono::steady_clock::now();
  BOOST_TEST(!made(0, 1000).take_speed(now));
}

BOOST_AUTO_TEST_CASE(a_speed_falls_with_the_silence_and_forgets_what_came_long_ago) {
  host.silent_at = {{0, 4000}};
  segment_stream& one = made(0, 10'000);
  spawned_task reading(loop, one.read());
  run_on();
  const segment_stream::time_point then = std::chrono::steady_clock::now();
  BOOST_TEST(is_about(one.take_speed(then + 1000s), 4000.0 / 1000));
  // 2000 B in 500 s are left of that, and nothing came in 1000 s more.
  BOOST_TEST(is_about(one.take_speed(then + 2000s), 2000.0 / 1500));
  BOOST_TEST(is_about(one.take_speed(then + 3000s), 1000.0 / 1750));
  reading.cancel();
  run_on();
}

BOOST_AUTO_TEST_CASE(time_in_which_it_waits_for_room_does_not_make_it_slow) {
  room = byte_count(8000);
  segment_stream& one = made(0, 10'000);
  spawned_task reading(loop, one.read());
  run_on();
  BOOST_TEST(one.at().value() == 8000u);
  BOOST_TEST(one.is_reading());
  const std::optional<double> speed = one.take_speed(std::chrono::steady_clock::now() + 1000s);
  BOOST_TEST(speed.value_or(0) > 8.0 * 10);  // 8 B/s if they counted
  reading.cancel();
  run_on();
  BOOST_TEST(!one.is_reading());
  BOOST_TEST(host.open_now == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
