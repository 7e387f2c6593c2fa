#include "tools/hfpipe/live_display.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace hfpipe;
using namespace hfpipe::cli;

namespace live_display_test {

constexpr time_point start{};
const std::string title = "owner/name  ->  gitlab.example.com/g/n";

struct stage {
  std::ostringstream screen;
  time_point now = start;
  window_size window;
  live_display display;

  explicit stage(talk_options wanted = {})
      : display(wanted, {.out = screen,
                         .is_terminal = true,
                         .window = [this] { return window; },
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

}  // namespace live_display_test

BOOST_AUTO_TEST_SUITE(live_display_test)

BOOST_AUTO_TEST_CASE(each_frame_replaces_the_one_before) {
  stage s(colourless());
  s.display.tick();
  BOOST_TEST(s.take() == title + "\n  listing the refs of both sides, 0 s\n");
  s.display.tick();
  BOOST_TEST(s.take() == "\x1b[2A\r\x1b[J" + title + "\n  listing the refs of both sides, 0 s\n");
}

BOOST_AUTO_TEST_CASE(log_lines_scroll_above_the_block) {
  stage s(colourless());
  s.display.tick();
  s.take();
  s.display.on(event::warning{"watch out"});
  BOOST_TEST(s.take() == "\x1b[2A\r\x1b[Jwarning: watch out\n" + title + "\n  listing the refs of both sides, 0 s\n");
}

BOOST_AUTO_TEST_CASE(the_end_leaves_the_error_and_no_block) {
  stage s(colourless());
  s.display.tick();
  s.take();
  s.display.close(failure(errc::unexpected_status), 1);
  BOOST_TEST(s.take() == "\x1b[2A\r\x1b[Jerror: an unexpected HTTP status\n");
}

BOOST_AUTO_TEST_CASE(a_window_that_became_narrower_has_broken_the_lines_that_are_erased) {
  stage s(colourless());
  s.display.tick();
  s.take();
  s.window.columns = 30;
  s.display.tick();
  BOOST_TEST(s.take() ==
             "\x1b[4A\r\x1b[J" + title.substr(0, 28) + "\xe2\x80\xa6\n  listing the refs of both s\xe2\x80\xa6\n");
  s.window = {80, 4};
  s.display.tick();
  BOOST_TEST(s.take() == "\x1b[2A\r\x1b[J  listing the refs of both sides, 0 s\n");
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
