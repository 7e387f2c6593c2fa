#include "engine/mirror_verdict.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace hfpipe;
using state = platform::mirror_state;
using activity = platform::mirror_state::activity;

namespace mirror_verdict_test {

struct row {
  const char* says;
  state before;
  state now;
  mirror_verdict verdict;
};

const state never{};
const state well_at_2{activity::finished, "1", "2", ""};
const state running_since_3{activity::running, "3", "2", ""};

}  // namespace mirror_verdict_test

BOOST_AUTO_TEST_SUITE(mirror_verdict_test)

BOOST_AUTO_TEST_CASE(only_an_update_that_began_and_ended_after_the_request_is_an_answer) {
  using enum mirror_verdict;
  const std::vector<row> table{
      {"nothing yet", never, never, waiting},
      {"scheduled", never, {activity::scheduled, "", "", ""}, waiting},
      {"the first one runs", never, {activity::running, "3", "", ""}, running},
      {"the first one ended", never, {activity::finished, "3", "4", ""}, updated},
      {"the first one failed", never, {activity::failed, "3", "4", "no"}, failed},
      {"the old end", well_at_2, well_at_2, waiting},
      {"the old failure", {activity::failed, "1", "2", "no"}, {activity::failed, "1", "2", "no"}, waiting},
      {"scheduled again, with the old end", well_at_2, {activity::scheduled, "1", "2", ""}, waiting},
      {"begun, though called finished", well_at_2, {activity::finished, "3", "2", ""}, waiting},
      {"runs", well_at_2, running_since_3, running},
      {"a new end", well_at_2, {activity::finished, "3", "4", ""}, updated},
      {"a new failure", well_at_2, {activity::failed, "3", "4", ""}, failed},
      {"a new end with an error", well_at_2, {activity::finished, "3", "4", "diverged"}, failed},
      {"the end of what ran when it was asked for", running_since_3, {activity::finished, "3", "4", ""}, waiting},
      {"the end of the next one", running_since_3, {activity::finished, "5", "6", ""}, updated},
      {"no beginnings told, a new end", {activity::finished, "", "2", ""}, {activity::finished, "", "4", ""}, updated},
      {"no beginnings told, the old end",
       {activity::finished, "", "2", ""},
       {activity::finished, "", "2", ""},
       waiting},
      {"idle with another end", well_at_2, {activity::idle, "3", "4", ""}, waiting},
  };
  for (const row& each : table) {
    BOOST_TEST_CONTEXT(each.says) {
      BOOST_CHECK(judge(each.before, each.now) == each.verdict);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
