#include "engine/read_window.hpp"

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "engine/nursery.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace read_window_test {

/// Gives `text` in reads of `step`, each after `pause`; then ends, fails, or is silent.
class dripping_source final : public byte_source {
 public:
  dripping_source(std::string text, std::size_t step, duration pause = {})
      : text_(std::move(text)), step_(step), pause_(pause) {}
  enum class last_act { end, fail, stall } then = last_act::end;
  std::size_t given = 0;
  unsigned reads_after_end = 0;

  task<std::size_t> read_some(std::span<std::byte> room) override {
    BOOST_TEST(!room.empty());
    if (pause_ != duration::zero()) co_await sleep_for(pause_);
    const std::size_t many = std::min({room.size(), step_, text_.size() - given});
    if (many == 0 && then == last_act::fail) throw failed(failure(errc::connection_lost));
    if (many == 0 && then == last_act::stall) co_await sleep_for(1h);
    if (many == 0) ++reads_after_end;
    std::memcpy(room.data(), text_.data() + given, many);
    given += many;
    co_return many;
  }

 private:
  std::string text_;
  std::size_t step_;
  duration pause_;
};

std::string letters(std::size_t count) {
  std::string text(count, ' ');
  for (std::size_t n = 0; n < count; ++n) text[n] = static_cast<char>('a' + n % 23);
  return text;
}

/// A window, its source, and a consumer that takes up to `most_pieces`, each after `pause`.
struct setting {
  byte_budget budget{4_MiB};
  byte_count room;
  window_terms terms;
  std::vector<std::string> pieces;
  std::size_t most_pieces = ~std::size_t{0};
  duration pause{};
  duration waited_for_bytes{}, waited_for_room{};

  explicit setting(byte_count size, window_terms how = {}) : room(size), terms(how) {}

  task<> carry(dripping_source& from) {
    read_window window(leased_buffer(*budget.try_take(room), room), terms);
    auto both = [&](nursery& beside) -> task<> {
      co_await beside.start(window.fill(from));
      while (pieces.size() < most_pieces) {
        const auto piece = co_await window.next();
        if (piece.empty()) co_return;
        pieces.emplace_back(reinterpret_cast<const char*>(piece.data()), piece.size());
        if (pause != duration::zero()) co_await sleep_for(pause);
      }
      throw failed(failure(errc::cancelled));  // enough seen
    };
    co_await nursery::run(1, both);
    waited_for_bytes = window.waited_for_bytes();
    waited_for_room = window.waited_for_room();
  }

  std::optional<failure> broken(dripping_source& from) {
    try {
      run_task(carry(from));
    } catch (const failed& thrown) {
      return thrown.why();
    }
    return std::nullopt;
  }

  std::string all() const {
    std::string text;
    for (const std::string& piece : pieces) text += piece;
    return text;
  }
};

using last_act = dripping_source::last_act;

}  // namespace read_window_test

BOOST_AUTO_TEST_SUITE(read_window_test)

BOOST_AUTO_TEST_CASE(all_bytes_pass_in_order_whatever_the_room_and_the_reads_are) {
  for (const std::size_t room : {1U, 2U, 3U, 4U, 7U, 16U, 100U}) {
    for (std::size_t step = 1; step <= 9; ++step) {
      for (const std::size_t size : {0U, 1U, 2U, 15U, 16U, 17U, 99U}) {
        setting about{byte_count(room)};
        dripping_source from(letters(size), step);
        run_task(about.carry(from));
        BOOST_TEST_CONTEXT("room " << room << ", reads of " << step << ", size " << size)
        BOOST_TEST(about.all() == letters(size));
        BOOST_TEST(from.reads_after_end == 1u);
        BOOST_TEST(about.budget.in_use().value() == 0u);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(pieces_of_a_large_room_are_halves_of_it) {
  for (const std::size_t step : {1400U, 16'384U, 100'000U, 1'000'000U}) {
    setting about{1_MiB};
    const std::string text = letters(5'300'000);
    dripping_source from(text, step);
    run_task(about.carry(from));
    BOOST_TEST((about.all() == text));
    BOOST_TEST_CONTEXT("reads of " << step) {
      for (std::size_t n = 0; n + 2 < about.pieces.size(); ++n) BOOST_TEST(about.pieces[n].size() == 524'288u);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_slower_side_is_the_one_that_is_waited_for) {
  setting about{64_KiB};
  dripping_source slow(letters(320'000), 32'768, 10ms);
  run_task(about.carry(slow));
  BOOST_TEST((about.waited_for_bytes > 5 * about.waited_for_room));

  setting other{64_KiB};
  other.pause = 10ms;
  dripping_source fast(letters(320'000), 32'768);
  run_task(other.carry(fast));
  BOOST_TEST((other.waited_for_room > 5 * other.waited_for_bytes));
}

BOOST_AUTO_TEST_CASE(a_room_larger_than_its_object_lends_it_in_one_piece) {
  setting about{12_KiB};
  dripping_source from(letters(9000), 1000);
  run_task(about.carry(from));
  BOOST_TEST(about.pieces.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_source_is_read_while_the_consumer_is_busy) {
  setting about{1_MiB};
  about.most_pieces = 1;
  about.pause = 20ms;
  dripping_source from(letters(3'000'000), 10'000, 1us);
  about.broken(from);
  BOOST_TEST(from.given == (1_MiB).value());
}

BOOST_AUTO_TEST_CASE(what_is_lent_stays_until_the_next_call) {
  byte_budget budget(8_B);
  read_window window(leased_buffer(*budget.try_take(8_B), 8_B), {.reserve = 0_B, .hold = 1ms});
  dripping_source from(letters(24), 3, 1ms);
  std::string seen;
  auto both = [&](nursery& beside) -> task<> {
    co_await beside.start(window.fill(from));
    for (;;) {
      const auto piece = co_await window.next();
      if (piece.empty()) co_return;
      const std::string before(reinterpret_cast<const char*>(piece.data()), piece.size());
      co_await sleep_for(10ms);
      BOOST_TEST(before == std::string(reinterpret_cast<const char*>(piece.data()), piece.size()));
      seen += before;
    }
  };
  auto work = [&]() -> task<> { co_await nursery::run(1, both); };
  run_task(work());
  BOOST_TEST(seen == letters(24));
}

BOOST_AUTO_TEST_CASE(bytes_of_a_slow_source_are_not_held_back) {
  setting about{1_MiB, {.reserve = 2_B, .hold = 15ms}};
  dripping_source from("abcdefghij", 1, 10ms);
  run_task(about.carry(from));
  BOOST_TEST(about.pieces.size() >= 3u);
  BOOST_TEST(about.pieces.size() <= 8u);
  BOOST_TEST(about.all() == "abcdefghij");
}

BOOST_AUTO_TEST_CASE(the_reserve_goes_byte_by_byte_in_silence_and_then_nothing) {
  setting about{1_MiB, {.reserve = 4_B, .hold = 5ms, .silence = 20ms}};
  about.most_pieces = 5;
  dripping_source from("abcdefghij", 10);
  from.then = last_act::stall;
  const auto began = std::chrono::steady_clock::now();
  about.broken(from);
  const std::vector<std::string> expected{"abcdef", "g", "h", "i", "j"};
  BOOST_TEST(about.pieces == expected, boost::test_tools::per_element());
  BOOST_TEST((std::chrono::steady_clock::now() - began >= 80ms));
}

BOOST_AUTO_TEST_CASE(the_reserve_is_at_most_a_quarter_of_the_room) {
  setting about{8_B, {.reserve = 4096_B, .hold = 5ms, .silence = 1h}};
  about.most_pieces = 1;
  dripping_source from("abcdefgh", 8);
  from.then = last_act::stall;
  about.broken(from);
  BOOST_TEST(about.all() == "abcdef");
}

BOOST_AUTO_TEST_CASE(the_reserve_fills_up_again_when_bytes_come) {
  setting about{1_MiB, {.reserve = 4_B, .hold = 10ms, .silence = 25ms}};
  dripping_source from("abcdefghijkl", 6, 60ms);
  run_task(about.carry(from));
  BOOST_TEST(about.all() == "abcdefghijkl");
  BOOST_TEST(about.pieces.front() == "ab");
  BOOST_TEST(about.pieces[1] == "c");
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_source_is_blamed_on_it) {
  for (const std::size_t size : {0U, 6U, 5000U}) {
    setting about{100_B};
    dripping_source from(letters(size), 3);
    from.then = last_act::fail;
    const auto why = about.broken(from);
    BOOST_REQUIRE(why);
    BOOST_CHECK(why->code() == errc::connection_lost);
    BOOST_CHECK(why->blamed() == side::source);
  }
}

BOOST_AUTO_TEST_CASE(a_cancelled_consumer_ends_the_reading_too) {
  for (const last_act then : {last_act::end, last_act::stall}) {
    setting about{100_B};
    about.pause = 1h;
    dripping_source from(letters(1000), 7);
    from.then = then;
    asio::io_context loop(1);
    const auto why = run_cancelled(loop, about.carry(from), [&] { return !about.pieces.empty(); });
    BOOST_REQUIRE(why);
    BOOST_CHECK(why->code() == errc::cancelled);
    BOOST_TEST(about.budget.in_use().value() == 0u);
  }
}

// ---- several readers

namespace {

/// A window of blocks of four letters whose parts are put by hand.
struct by_hand {
  byte_budget budget{1_MiB};
  read_window window{leased_buffer(*budget.try_take(64_KiB), 64_KiB), {.reserve = 0_B, .hold = 1h}};
  const std::size_t block = window.block_size().as_size();
  const std::string text = letters(10 * block);

  std::size_t put(std::size_t at, std::size_t count) {
    std::size_t done = 0;
    while (done < count) {
      const std::span<std::byte> room = window.room_at(byte_count(at + done));
      const std::size_t many = std::min(room.size(), count - done);
      if (many == 0) break;
      std::memcpy(room.data(), text.data() + at + done, many);
      window.take_in(byte_count(at + done), many);
      done += many;
    }
    return done;
  }
  std::string next() {
    const auto piece = run_task(window.next());
    return {reinterpret_cast<const char*>(piece.data()), piece.size()};
  }
  void widen(unsigned blocks) {
    for (unsigned n = 0; n < blocks; ++n)
      window.widen(leased_buffer(*budget.try_take(window.block_size()), window.block_size()));
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(bytes_that_come_early_wait_for_those_before_them) {
  by_hand of;
  BOOST_TEST(of.put(of.block, of.block) == of.block);
  BOOST_TEST(of.window.arrived().value() == 0u);
  BOOST_TEST(of.put(100, of.block - 100) == of.block - 100);
  BOOST_TEST(of.window.arrived().value() == 0u);
  BOOST_TEST(of.put(0, 100) == 100u);
  BOOST_TEST(of.window.arrived().value() == 2 * of.block);
  BOOST_TEST((of.next() == of.text.substr(0, of.block)));
  BOOST_TEST((of.next() == of.text.substr(of.block, of.block)));
}

BOOST_AUTO_TEST_CASE(nothing_is_put_behind_the_limit) {
  by_hand of;
  BOOST_TEST(of.window.limit().value() == 2 * of.block);
  BOOST_TEST(of.put(2 * of.block, 1) == 0u);
  of.widen(3);
  BOOST_TEST(of.window.limit().value() == 5 * of.block);
  BOOST_TEST(of.put(4 * of.block, of.block) == of.block);
  BOOST_TEST(of.put(5 * of.block, 1) == 0u);
}

BOOST_AUTO_TEST_CASE(blocks_that_were_added_are_given_back_when_they_are_passed) {
  by_hand of;
  of.widen(3);
  const auto full = of.budget.in_use();
  BOOST_TEST(of.put(0, 5 * of.block) == 5 * of.block);
  of.window.narrow(3);
  BOOST_TEST(of.window.limit().value() == 2 * of.block);
  BOOST_TEST(of.budget.in_use().value() == full.value());
  for (unsigned n = 0; n < 5; ++n) BOOST_TEST((of.next() == of.text.substr(n * of.block, of.block)));
  BOOST_TEST(of.put(5 * of.block, 3) == 3u);
  of.window.end();
  BOOST_TEST((of.next() == of.text.substr(5 * of.block, 3)));
  BOOST_TEST(of.budget.in_use().value() == (64_KiB).value());
}

BOOST_AUTO_TEST_CASE(blocks_that_were_never_used_are_given_back_at_once) {
  by_hand of;
  of.widen(16);
  BOOST_TEST(of.put(0, 1) == 1u);
  of.window.narrow(16);
  BOOST_TEST(of.budget.in_use().value() == (64_KiB).value());
}

BOOST_AUTO_TEST_CASE(a_narrower_window_keeps_blocks_for_the_gaps_that_it_still_spans) {
  by_hand of;
  of.widen(4);
  BOOST_TEST(of.put(4 * of.block, 2 * of.block) == 2 * of.block);
  of.window.narrow(4);  // of two blocks, whose own bytes have not come, while two behind the limit have
  BOOST_TEST(of.put(0, 2 * of.block) == 2 * of.block);
  BOOST_TEST((of.next() == of.text.substr(0, of.block)));
  BOOST_TEST((of.next() == of.text.substr(of.block, of.block)));
  const auto rest = [&]() -> task<> {
    const auto piece = co_await of.window.next();
    BOOST_TEST(piece.size() == of.block);
  };
  asio::io_context loop(1);
  spawned_task waiting(loop, rest());
  loop.run_for(1ms);
  BOOST_TEST(of.put(2 * of.block, 2 * of.block) == 2 * of.block);
  loop.run_for(10ms);
  BOOST_TEST(waiting.done());
  for (const unsigned n : {3U, 4U, 5U}) BOOST_TEST((of.next() == of.text.substr(n * of.block, of.block)));
}

BOOST_AUTO_TEST_CASE(the_lease_lives_as_long_as_the_window) {
  byte_budget budget(100_B);
  {
    const read_window window(leased_buffer(*budget.try_take(90_B), 10_B));
    BOOST_TEST(budget.in_use().value() == 90u);
  }
  BOOST_TEST(budget.in_use().value() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
