#include "tools/hfpipe/remote_notes.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/event_recorder.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;

BOOST_AUTO_TEST_SUITE(remote_notes_test)

BOOST_AUTO_TEST_CASE(what_the_target_said_is_kept_and_all_is_passed_on) {
  testing::event_recorder next;
  remote_notes notes(next);
  notes.on(event::target_said{"GitLab: hello"});
  notes.on(event::warning{"careful"});
  BOOST_TEST(notes.lines() == std::vector<std::string>{"GitLab: hello"}, boost::test_tools::per_element());
  BOOST_TEST(next.events.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_target_that_repeats_itself_is_quoted_to_a_limit) {
  testing::event_recorder next;
  remote_notes notes(next);
  for (std::size_t n = 0; n < most_remote_lines + 5; ++n) notes.on(event::target_said{"again"});
  BOOST_TEST(notes.lines().size() == most_remote_lines);
}

BOOST_AUTO_TEST_SUITE_END()
