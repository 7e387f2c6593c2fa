#include "tools/hfpipe/plain_display.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/tools/hfpipe/every_event.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;
using namespace std::chrono_literals;
using hfpipe::testing::blob;

namespace {

constexpr time_point start{};

display_outlet outlet_to(std::ostream& out, bool is_terminal = false) {
  return {.out = out,
          .is_terminal = is_terminal,
          .window =
              [] {
                return window_size{80, 24};
              },
          .now = [] { return start; },
          .timestamp = [] { return std::string("T"); },
          .title = "a -> b"};
}

/// What a display made for these wishes writes during a whole run with one tick.
std::string written(progress_style style, verbosity talk, bool is_terminal, bool dumb = false) {
  std::ostringstream out;
  talk_options wanted;
  wanted.progress = style;
  wanted.verbosity = talk;
  wanted.dumb_terminal = dumb;
  const auto shown = make_display(wanted, outlet_to(out, is_terminal));
  for (const auto& happened : testing::every_event(failure(errc::timed_out), "words")) shown->on(happened);
  shown->tick();
  shown->close(std::nullopt, 0);
  return out.str();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plain_display_test)

BOOST_AUTO_TEST_CASE(the_line_says_where_the_run_is) {
  progress_board board;
  BOOST_TEST(progress_line(board, start) == "progress listing");
  board.fold(event::listed{}, start);
  board.fold(event::planned{1, 1, 0, 0, 0}, start);
  board.fold(event::pack_progress{byte_count(2048), 5, 10}, start);
  BOOST_TEST(progress_line(board, start) == "progress pack 2.0KiB objects=5/10");
  board.fold(event::blob_started{blob('a', 8192), 1}, start);
  board.fold(event::blob_progress{blob('a', 8192), byte_count(2048)}, start + 2s);
  BOOST_TEST(progress_line(board, start + 2s) == "progress 2.0KiB 1.0KiB/s");
  board.fold(event::blobs_found{1, byte_count(8192)}, start + 2s);
  BOOST_TEST(progress_line(board, start + 2s) == "progress 25% 2.0/8.0KiB 1.0KiB/s eta=6s");
  board.fold(event::push_started{2, std::nullopt}, start);
  board.fold(event::push_progress{byte_count(1024)}, start);
  BOOST_TEST(progress_line(board, start) == "progress push 1.0KiB refs=2");
}

BOOST_AUTO_TEST_CASE(auto_is_live_on_a_terminal_that_can_redraw_and_plain_elsewhere) {
  BOOST_TEST(contains(written(progress_style::automatic, verbosity::normal, true), "\x1b["));
  for (const auto& text : {written(progress_style::automatic, verbosity::normal, false),
                           written(progress_style::automatic, verbosity::normal, true, true)}) {
    BOOST_TEST(contains(text, "progress push"));
    BOOST_TEST(!contains(text, "\x1b[J"));
  }
}

BOOST_AUTO_TEST_CASE(without_a_terminal_there_is_no_paint) {
  BOOST_TEST(!contains(written(progress_style::plain, verbosity::verbose, false), "\x1b["));
}

BOOST_AUTO_TEST_CASE(quiet_and_none_leave_the_progress_out) {
  BOOST_TEST(!contains(written(progress_style::none, verbosity::normal, true), "progress"));
  BOOST_TEST(contains(written(progress_style::none, verbosity::normal, true), "remote: words"));
  for (const auto style : {progress_style::automatic, progress_style::tty, progress_style::plain}) {
    const auto text = written(style, verbosity::quiet, false);
    BOOST_TEST(text == "failed bbbbbbbbbbbb (1000 B): nothing arrived in time\n");
  }
}

BOOST_AUTO_TEST_SUITE_END()
