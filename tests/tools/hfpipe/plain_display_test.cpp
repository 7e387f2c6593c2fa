#include "tools/hfpipe/plain_display.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/tools/hfpipe/every_event.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;
using namespace std::chrono_literals;
using hfpipe::testing::blob;

namespace plain_display_test {

constexpr time_point start{};

display_outlet outlet_to(std::ostream& out, const time_point& now, bool is_terminal) {
  return {.out = out,
          .is_terminal = is_terminal,
          .window =
              [] {
                return window_size{80, 24};
              },
          .now = [&now] { return now; },
          .timestamp = [] { return std::string("T"); },
          .title = "a -> b"};
}

/// What a display made for these wishes writes during a whole run with one tick half a minute later.
std::string written(progress_style style, verbosity talk, bool is_terminal, bool dumb = false) {
  std::ostringstream out;
  time_point now = start;
  talk_options wanted;
  wanted.progress = style;
  wanted.verbosity = talk;
  wanted.dumb_terminal = dumb;
  const auto shown = make_display(wanted, outlet_to(out, now, is_terminal));
  for (const auto& happened : testing::every_event(failure(errc::timed_out), "words")) shown->on(happened);
  now += 30s;
  shown->tick();
  shown->close(std::nullopt, 0);
  return out.str();
}

/// A plain display with a clock that ticks by the second; progress every ten.
struct stage {
  std::ostringstream out;
  time_point now = start;
  plain_display display;

  explicit stage(talk_options wanted = {})
      : display(every_ten_seconds(wanted), {.out = out,
                                            .is_terminal = false,
                                            .window = nullptr,
                                            .now = [this] { return now; },
                                            .timestamp = nullptr,
                                            .title = ""}) {}

  static talk_options every_ten_seconds(talk_options wanted) {
    wanted.stats = 10s;
    wanted.colour = colour::off;
    return wanted;
  }
  void pass(std::chrono::seconds span) {
    for (; span > 0s; span -= 1s) {
      now += 1s;
      display.tick();
    }
  }
  std::string take() {
    auto text = out.str();
    out.str("");
    return text;
  }
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace plain_display_test

BOOST_AUTO_TEST_SUITE(plain_display_test)

BOOST_AUTO_TEST_CASE(the_line_says_where_the_run_is) {
  progress_board board;
  BOOST_TEST(progress_line(board, start) == "progress listing the refs of both sides");
  board.fold(event::planned{1, 1, 0, 0, 0}, start);
  board.fold(event::step_started{event::step::reading_pack}, start);
  BOOST_TEST(progress_line(board, start) == "progress reading the history");
  board.fold(event::pack_progress{byte_count(2048), 5, 10}, start);
  BOOST_TEST(progress_line(board, start) == "progress pack 2.0KiB objects=5/10");
  board.fold(event::step_started{event::step::copying_blobs}, start);
  board.fold(event::blob_started{blob('a', 8192), 1}, start);
  board.fold(event::blob_progress{blob('a', 8192), byte_count(8 * 256)}, start + 8s);
  BOOST_TEST(progress_line(board, start + 8s) == "progress 2.0KiB 256B/s objects=0");
  board.fold(event::blobs_found{1, byte_count(8192)}, start + 8s);
  BOOST_TEST(progress_line(board, start + 8s) == "progress 25% 2.0/8.0KiB 256B/s eta=24s objects=0/1");
  BOOST_TEST(progress_line(board, start + 28s) == "progress 25% 2.0/8.0KiB 0B/s stalled=20s objects=0/1");
  board.fold(event::blob_stored{blob('a', 8192)}, start + 28s);
  board.fold(event::step_started{event::step::pushing}, start + 28s);
  board.fold(event::push_started{2, std::nullopt}, start + 28s);
  board.fold(event::push_progress{byte_count(1024)}, start + 28s);
  BOOST_TEST(progress_line(board, start + 28s) == "progress push 1.0KiB refs=2");
}

BOOST_AUTO_TEST_CASE(each_new_step_is_a_line_and_progress_comes_every_stats) {
  stage s;
  s.display.on(event::step_started{event::step::listing});
  s.display.on(event::step_started{event::step::listing});
  s.display.on(event::step_started{event::step::asking_to_write});
  BOOST_TEST(s.take() == "step   listing the refs of both sides\nstep   asking the target for write access\n");
  s.pass(9s);
  BOOST_TEST(s.take() == "");
  s.pass(1s);
  BOOST_TEST(s.take() == "progress asking the target for write access\n");
}

BOOST_AUTO_TEST_CASE(retries_are_told_but_a_storm_is_a_line_now_and_then) {
  stage s;
  const event::retrying again{"lfs aaaaaaaaaaaa", 1, 2s, failure(errc::timed_out)};
  s.display.on(again);
  BOOST_TEST(s.take() == "retry  lfs aaaaaaaaaaaa in 2.0 s, failure 1: nothing arrived in time\n");
  for (int i = 0; i < 100; ++i) s.display.on(again);
  BOOST_TEST(s.take() == "");
  s.pass(10s);
  BOOST_TEST(s.take().starts_with(
      "retry  lfs aaaaaaaaaaaa in 2.0 s, failure 1: nothing arrived in time (and 99 more like it)\n"));
}

BOOST_AUTO_TEST_CASE(verbose_tells_each_retry) {
  talk_options wanted;
  wanted.verbosity = verbosity::verbose;
  stage s(wanted);
  for (int i = 0; i < 3; ++i) s.display.on(event::retrying{"x", 1, 2s, failure(errc::timed_out)});
  const auto text = s.take();
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 3);
}

BOOST_AUTO_TEST_CASE(silence_is_told_ever_more_rarely) {
  talk_options wanted;
  wanted.progress = progress_style::none;
  stage s(wanted);
  s.display.on(event::step_started{event::step::reading_pack});
  s.pass(29s);
  BOOST_TEST(s.take() == "");
  s.pass(1s);
  BOOST_TEST(s.take() == "silent nothing moved for 30 s: reading the history\n");
  s.pass(29s);
  BOOST_TEST(s.take() == "");
  s.pass(1s);
  BOOST_TEST(s.take() == "silent nothing moved for 1 m 00 s: reading the history\n");
  s.display.on(event::pack_progress{byte_count(1), 0, 0});
  s.pass(30s);
  BOOST_TEST(s.take() == "silent nothing moved for 30 s: reading the history\n");
}

BOOST_AUTO_TEST_CASE(a_wait_of_our_own_is_no_silence) {
  talk_options wanted;
  wanted.progress = progress_style::none;
  stage s(wanted);
  s.display.on(event::step_started{event::step::listing});
  s.display.on(event::retrying{"listing the source", 1, 120s, failure(errc::rate_limited)});
  s.take();
  s.pass(119s);
  BOOST_TEST(!contains(s.take(), "silent"));
  s.pass(2s);
  BOOST_TEST(contains(s.take(), "silent nothing moved for 2 m 00 s"));
}

BOOST_AUTO_TEST_CASE(auto_is_live_on_a_terminal_that_can_redraw_and_plain_elsewhere) {
  BOOST_TEST(contains(written(progress_style::automatic, verbosity::normal, true), "\x1b["));
  for (const auto& text : {written(progress_style::automatic, verbosity::normal, false),
                           written(progress_style::automatic, verbosity::normal, true, true)}) {
    BOOST_TEST(contains(text, "progress "));
    BOOST_TEST(!contains(text, "\x1b[J"));
  }
}

BOOST_AUTO_TEST_CASE(without_a_terminal_there_is_no_paint) {
  BOOST_TEST(!contains(written(progress_style::plain, verbosity::verbose, false), "\x1b["));
}

BOOST_AUTO_TEST_CASE(quiet_and_none_leave_the_progress_out) {
  BOOST_TEST(!contains(written(progress_style::none, verbosity::normal, true), "progress"));
  BOOST_TEST(contains(written(progress_style::none, verbosity::normal, true), "remote: words"));
  BOOST_TEST(!contains(written(progress_style::none, verbosity::normal, true), "step "));
  for (const auto style : {progress_style::automatic, progress_style::tty, progress_style::plain}) {
    const auto text = written(style, verbosity::quiet, false);
    BOOST_TEST(text == "failed bbbbbbbbbbbb (1000 B): nothing arrived in time\n");
  }
}

BOOST_AUTO_TEST_SUITE_END()
