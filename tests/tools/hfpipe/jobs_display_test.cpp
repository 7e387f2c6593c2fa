#include "tools/hfpipe/jobs_display.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace hfpipe;
using namespace hfpipe::cli;

namespace jobs_display_test {

struct stage {
  std::ostringstream screen;
  jobs_display display;

  explicit stage(progress_style style, bool is_terminal = false)
      : display({.progress = style, .colour = colour::off},
                {.out = screen,
                 .is_terminal = is_terminal,
                 .window = [] { return window_size{}; },
                 .now = [] { return time_point{}; },
                 .timestamp = [] { return "now"; },
                 .title = "jobs.yaml"},
                3) {}

  std::string take() {
    auto text = screen.str();
    screen.str("");
    return text;
  }
};

const failure broken = failure(errc::not_found).blame(side::source);

}  // namespace jobs_display_test

BOOST_AUTO_TEST_SUITE(jobs_display_test)

BOOST_AUTO_TEST_CASE(plain_lines_begin_with_the_job) {
  stage s(progress_style::plain);
  display& one = s.display.begin("one");
  display& two = s.display.begin("two");
  one.on(event::warning{"watch out"});
  two.on(event::step_started{event::step::pushing});
  BOOST_TEST(s.take() == "one: warning: watch out\ntwo: step   pushing\n");
  s.display.end(two, broken, 3);
  BOOST_TEST(s.take().starts_with("two: error: "));
  s.display.end(one, std::nullopt, 0);
  s.display.note("stopping");
  BOOST_TEST(s.take() == "stopping\n");
}

BOOST_AUTO_TEST_CASE(json_lines_name_the_job_and_the_last_line_none) {
  stage s(progress_style::json);
  display& one = s.display.begin("one");
  one.on(event::warning{"watch out"});
  BOOST_TEST(boost::json::parse(s.take()).at("job").as_string() == "one");
  s.display.end(one, std::nullopt, 0);
  const auto done = boost::json::parse(s.take());
  BOOST_TEST(done.at("job").as_string() == "one");
  BOOST_TEST(done.at("event").as_string() == "done");
  s.display.close(std::nullopt, 6);
  const auto last = boost::json::parse(s.take()).as_object();
  BOOST_TEST(!last.contains("job"));
  BOOST_TEST(last.at("exit_code").as_int64() == 6);
}

BOOST_AUTO_TEST_CASE(a_terminal_has_one_block_for_all) {
  stage s(progress_style::automatic, true);
  display& one = s.display.begin("one");
  s.display.begin("two");
  s.display.tick();
  BOOST_TEST(s.take() ==
             "jobs.yaml      0/3 jobs\n"
             "  one  listing the refs of both sides, 0 s\n"
             "  two  listing the refs of both sides, 0 s\n");
  one.on(event::warning{"watch out"});
  BOOST_TEST(s.take().starts_with("\x1b[3A\r\x1b[Jone: warning: watch out\njobs.yaml"));
  s.display.end(one, std::nullopt, 0);
  s.take();
  s.display.tick();
  const auto frame = s.take();
  BOOST_TEST(frame.find("1/3 jobs") != std::string::npos, frame);
  BOOST_TEST(frame.find("  one") == std::string::npos, frame);
  s.display.close(std::nullopt, 0);
  BOOST_TEST(s.take() == "\x1b[2A\r\x1b[J");
}

BOOST_AUTO_TEST_CASE(quiet_tells_failures_alone) {
  std::ostringstream screen;
  jobs_display shown(
      {.verbosity = verbosity::quiet, .colour = colour::off},
      {.out = screen, .window = nullptr, .now = [] { return time_point{}; }, .timestamp = nullptr, .title = "t"}, 2);
  display& one = shown.begin("one");
  one.on(event::step_started{event::step::pushing});
  BOOST_TEST(screen.str() == "");
  shown.end(one, broken, 3);
  BOOST_TEST(screen.str().starts_with("one: error: "));
}

BOOST_AUTO_TEST_SUITE_END()
