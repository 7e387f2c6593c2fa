#include "engine/posting_observer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>
#include <future>
#include <optional>
#include <thread>

#include "engine/loop_thread.hpp"
#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace posting_observer_test {

const lfs_object blob = blob_of("a blob");
const lfs_object another = blob_of("another blob");

event::blob_progress progress(std::uint64_t sent, const lfs_object& of = blob) {
  return {of, byte_count(sent)};
}

struct fixture {
  asio::io_context home{1};
  event_recorder seen;
  std::optional<posting_observer> posting{std::in_place, home.get_executor(), seen, duration(0)};

  /// How many errands the loop ran.
  std::size_t turn() {
    home.restart();
    return home.poll();
  }
  std::vector<std::uint64_t> amounts() const {
    std::vector<std::uint64_t> all;
    for (const auto& each : seen.all<event::blob_progress>()) all.push_back(each.sent.value());
    return all;
  }
};

}  // namespace posting_observer_test

BOOST_FIXTURE_TEST_SUITE(posting_observer_test, fixture)

BOOST_AUTO_TEST_CASE(nothing_is_told_where_it_happens) {
  posting->on(event::blob_started{blob, 1});
  BOOST_TEST(seen.events.empty());
  turn();
  BOOST_TEST(seen.events.size() == 1u);
}

BOOST_AUTO_TEST_CASE(events_keep_their_order) {
  posting->on(event::blob_started{blob, 1});
  posting->on(progress(10));
  posting->on(event::blob_finalising{blob});
  turn();
  BOOST_REQUIRE(seen.events.size() == 3u);
  BOOST_TEST(std::holds_alternative<event::blob_started>(seen.events[0]));
  BOOST_TEST(std::holds_alternative<event::blob_progress>(seen.events[1]));
  BOOST_TEST(std::holds_alternative<event::blob_finalising>(seen.events[2]));
}

BOOST_AUTO_TEST_CASE(of_progress_only_the_last_waits) {
  for (std::uint64_t n = 0; n < 100'000; ++n) posting->on(progress(n));
  turn();
  const std::vector<std::uint64_t> expected{99'999};
  BOOST_TEST(amounts() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(progress_is_not_lost_behind_something_else) {
  posting->on(progress(1));
  posting->on(event::blob_finalising{blob});
  posting->on(progress(2));
  posting->on(progress(3, another));
  turn();
  const std::vector<std::uint64_t> expected{1, 2, 3};
  BOOST_TEST(amounts() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_errand_serves_all_that_waits) {
  for (std::uint64_t n = 0; n < 10; ++n) posting->on(event::blob_started{blob, 1});
  BOOST_TEST(turn() == 1u);
  BOOST_TEST(seen.events.size() == 10u);
  posting->on(event::blob_started{blob, 2});
  BOOST_TEST(turn() == 1u);
  BOOST_TEST(seen.events.size() == 11u);
}

BOOST_AUTO_TEST_CASE(what_still_waits_at_the_end_is_told_then_and_not_again) {
  posting->on(event::blob_started{blob, 1});
  posting.reset();
  BOOST_TEST(seen.events.size() == 1u);
  turn();
  BOOST_TEST(seen.events.size() == 1u);
}

BOOST_AUTO_TEST_CASE(progress_is_taken_once_in_a_while_only) {
  posting.emplace(home.get_executor(), seen, std::chrono::hours(1));
  posting->on(progress(1));
  turn();
  posting->on(progress(2));
  posting->on(event::blob_finalising{blob});
  turn();
  const std::vector<std::uint64_t> expected{1};
  BOOST_TEST(amounts() == expected, boost::test_tools::per_element());
  BOOST_TEST(seen.count<event::blob_finalising>() == 1u);
}

BOOST_AUTO_TEST_CASE(a_loop_that_dies_first_does_no_harm) {
  auto brief = std::make_unique<asio::io_context>(1);
  posting.emplace(brief->get_executor(), seen);
  posting->on(event::blob_started{blob, 1});
  brief.reset();
  BOOST_TEST(seen.events.empty());
  posting.reset();
  BOOST_TEST(seen.events.size() == 1u);
}

BOOST_AUTO_TEST_CASE(from_another_thread_all_arrives_in_order_on_this_one) {
  constexpr unsigned many = 20'000;
  loop_thread other;
  std::promise<void> done;
  asio::post(other.executor(), [&] {
    for (unsigned n = 1; n <= many; ++n) {
      posting->on(event::blob_started{blob, n});
      posting->on(progress(n));
    }
    done.set_value();
  });
  auto end = done.get_future();
  while (end.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    turn();
  }
  posting.reset();

  const auto started = seen.all<event::blob_started>();
  BOOST_REQUIRE(started.size() == many);
  for (unsigned n = 0; n < many; ++n) BOOST_REQUIRE(started[n].attempt == n + 1);
  BOOST_TEST(amounts().size() == many);
}

BOOST_AUTO_TEST_SUITE_END()
