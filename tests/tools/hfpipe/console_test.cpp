#include "tools/hfpipe/console.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/tools/hfpipe/every_event.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;

BOOST_AUTO_TEST_SUITE(console_test)

BOOST_AUTO_TEST_CASE(a_failure_says_what_who_where_and_what_now) {
  const auto why = failure(errc::unauthorized)
                       .blame(side::target)
                       .detail("HTTP Basic: Access denied")
                       .at("info/refs")
                       .at("gitlab.example.com");
  BOOST_TEST(rendered(why, colour::off) ==
             "error: the credentials were refused (target): HTTP Basic: Access denied\n"
             "  where: info/refs < gitlab.example.com\n"
             "  what now: check the token: that it is complete, not expired, and for this host\n");
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_left_out) {
  BOOST_TEST(rendered(failure(errc::redirect_refused).hint("ask"), colour::off) ==
             "error: a redirect that is not followed\n  what now: ask\n");
  BOOST_TEST(rendered(failure(errc::unexpected_status), colour::off) == "error: an unexpected HTTP status\n");
}

BOOST_AUTO_TEST_CASE(a_wait_that_the_server_asks_for_is_said) {
  const auto text = rendered(failure(errc::rate_limited).retry_after(std::chrono::seconds(90)), colour::off);
  BOOST_TEST(text.find("asks to wait 1 m 30 s") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nothing_that_a_failure_carries_moves_the_cursor) {
  const auto why = failure(errc::remote_error).detail("a\x1b[2Jb").at("c\x1b[2Jd").hint("e\x1b[2Jf");
  BOOST_TEST(rendered(why, colour::off).find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(colour_is_used_only_when_wanted) {
  BOOST_TEST(rendered(failure(errc::timed_out), colour::on).find("\x1b[1;31merror:\x1b[0m") == 0u);
  BOOST_TEST(rendered(failure(errc::timed_out), colour::off).find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(verbosity_decides_which_events_are_worth_a_line) {
  const auto lines = [](verbosity wanted) {
    std::vector<std::string> all;
    for (const auto& happened : testing::every_event(failure(errc::timed_out), "words")) {
      if (const auto line = log_line(happened, wanted, colour::off)) all.push_back(*line);
    }
    return all;
  };
  const std::vector<std::string> quiet{"failed bbbbbbbbbbbb (1000 B): nothing arrived in time"};
  const std::string limit = "limit  30.0 MiB/s, 4.5 requests/s";
  const std::vector<std::string> normal{quiet[0], limit, "remote: words", "warning: words"};
  const std::vector<std::string> verbose{"again  aaaaaaaaaaaa (1000 B), attempt 2",
                                         "stored aaaaaaaaaaaa (1000 B)",
                                         quiet[0],
                                         "retry  words in 2.0 s, failure 1: nothing arrived in time",
                                         "slower source: asked for fewer requests, goes on in 12 s",
                                         limit,
                                         "remote: words",
                                         "warning: words"};
  BOOST_TEST(lines(verbosity::quiet) == quiet, boost::test_tools::per_element());
  BOOST_TEST(lines(verbosity::normal) == normal, boost::test_tools::per_element());
  BOOST_TEST(lines(verbosity::verbose) == verbose, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
