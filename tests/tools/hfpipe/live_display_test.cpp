#include "tools/hfpipe/live_display.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/tools/hfpipe/every_event.hpp"
#include "tools/hfpipe/utf8_text.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;
using namespace std::chrono_literals;
using hfpipe::testing::blob;

namespace {

constexpr time_point start{};
constexpr std::uint64_t gib = 1U << 30;
const std::string title = "owner/name  ->  gitlab.example.com/g/n";

using lines = std::vector<std::string>;

struct stage {
  std::ostringstream screen;
  time_point now = start;
  std::size_t width = 80;
  live_display display;

  explicit stage(talk_options wanted = {})
      : display(wanted, {.out = screen,
                         .is_terminal = true,
                         .window =
                             [this] {
                               return window_size{width, 24};
                             },
                         .now = [this] { return now; },
                         .timestamp = nullptr,
                         .title = title}) {}

  std::string take() {
    auto text = screen.str();
    screen.str("");
    return text;
  }
};

talk_options colourless() {
  talk_options wanted;
  wanted.colour = colour::off;
  return wanted;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(live_display_test)

BOOST_AUTO_TEST_CASE(a_frame_grows_with_the_run) {
  progress_board board;
  BOOST_TEST(frame_of(board, title, 79, start) == (lines{title, "  refs    asking both sides"}),
             boost::test_tools::per_element());

  board.fold(event::listed{3, 0}, start);
  board.fold(event::planned{3, 0, 0, 0, 0}, start);
  board.fold(event::pack_progress{byte_count(2048), 5, 10}, start);
  BOOST_TEST(frame_of(board, title, 79, start) ==
                 (lines{title + "      3 refs", "  pack    2.0 KiB received   5/10 Git objects read",
                        "  refs    waiting for the pack"}),
             boost::test_tools::per_element());

  board.fold(event::blobs_found{4, byte_count(8 * gib)}, start);
  board.fold(event::blobs_present{1, byte_count(2 * gib)}, start);
  board.fold(event::blob_started{blob('a', 4 * gib), 1}, start);
  board.fold(event::blob_started{blob('b', 2 * gib), 2}, start);
  board.fold(event::blob_progress{blob('a', 4 * gib), byte_count(gib)}, start + 12s);
  board.fold(event::blob_finalising{blob('b', 2 * gib)}, start + 4s);
  BOOST_TEST(frame_of(board, title, 99, start + 16s) ==
                 (lines{title + "      3 refs", "  pack    2.0 KiB received   5/10 Git objects read",
                        "  objects 0/3   3.0 / 6.0 GiB   50%   64.0 MiB/s   ETA 0:48   there already 1 (2.0 GiB)",
                        "  * aaaaaaaaaaaa  25%  1.0 / 4.0 GiB   64.0 MiB/s",
                        "  * bbbbbbbbbbbb  100%  waiting for the target (12 s)   attempt 2",
                        "  refs    waiting for the objects"}),
             boost::test_tools::per_element());

  board.fold(event::blob_stored{blob('b', 2 * gib)}, start + 17s);
  board.fold(event::blob_stored{blob('a', 4 * gib)}, start + 17s);
  board.fold(event::push_started{3, byte_count(4096)}, start + 17s);
  board.fold(event::push_progress{byte_count(1024)}, start + 17s);
  BOOST_TEST(frame_of(board, title, 79, start + 17s) ==
                 (lines{title + "      3 refs", "  pack    2.0 KiB received   5/10 Git objects read",
                        "  objects 2/3   6.0 / 6.0 GiB   100%   there already 1 (2.0 GiB)",
                        "  refs    pushing 3 refs   1.0 / 4.0 KiB"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_line_is_wider_than_the_terminal) {
  progress_board board;
  for (const auto& happened : testing::every_event(failure(errc::timed_out), std::string(500, 'x'))) {
    board.fold(happened, start);
    for (const std::size_t width : {19u, 40u, 79u}) {
      for (const auto& line : frame_of(board, std::string(300, 't'), width, start))
        BOOST_TEST(columns_of(line) <= width);
    }
  }
}

BOOST_AUTO_TEST_CASE(only_the_largest_objects_have_lines) {
  progress_board board;
  for (const char digit : std::string_view("0123456789ab")) {
    board.fold(event::blob_started{blob(digit, digit == 'b' ? 9999 : 10), 1}, start);
  }
  const auto frame = frame_of(board, title, 79, start);
  BOOST_TEST(frame.size() == 2 + most_blob_lines + 2);
  BOOST_TEST(frame[2].find("* bbbbbbbbbbbb") != std::string::npos);
  BOOST_TEST(frame[2 + most_blob_lines] == "    and 4 smaller ones");
}

BOOST_AUTO_TEST_CASE(each_frame_replaces_the_one_before) {
  stage s(colourless());
  s.display.tick();
  BOOST_TEST(s.take() == title + "\n  refs    asking both sides\n");
  s.display.tick();
  BOOST_TEST(s.take() == "\x1b[2A\r\x1b[J" + title + "\n  refs    asking both sides\n");
}

BOOST_AUTO_TEST_CASE(log_lines_scroll_above_the_block) {
  stage s(colourless());
  s.display.tick();
  s.take();
  s.display.on(event::warning{"watch out"});
  BOOST_TEST(s.take() == "\x1b[2A\r\x1b[Jwarning: watch out\n" + title + "\n  refs    asking both sides\n");
}

BOOST_AUTO_TEST_CASE(the_end_leaves_the_error_and_no_block) {
  stage s(colourless());
  s.display.tick();
  s.take();
  s.display.close(failure(errc::unexpected_status), 1);
  BOOST_TEST(s.take() == "\x1b[2A\r\x1b[Jerror: an unexpected HTTP status\n");
}

BOOST_AUTO_TEST_CASE(colour_off_means_no_paint) {
  stage painted, plain(colourless());
  for (auto* s : {&painted, &plain}) {
    s->display.warn("watch out");
    s->display.tick();
  }
  BOOST_TEST(painted.take().find("\x1b[1m") != std::string::npos);
  const auto text = plain.take();
  BOOST_TEST(text.find("\x1b[1m") == std::string::npos);
  BOOST_TEST(text.find("\x1b[0m") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
