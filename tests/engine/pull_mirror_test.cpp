#include "engine/pull_mirror.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <vector>

#include "tests/support/event_recorder.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using state = platform::mirror_state;
using activity = platform::mirror_state::activity;

namespace pull_mirror_test {

/// Answers with one state after the other, the last one for ever; the call number `fail_at` fails.
class scripted_mirror final : public mirror_host {
 public:
  mirror_setup setup = mirror_setup::configured;
  std::vector<platform::mirror_state> states{{activity::finished, "1", "2", ""}};
  std::size_t fail_at = 0;
  errc fails_with = errc::forbidden;
  std::size_t looks = 0;
  bool started = false;

  task<mirror_setup> set_up(platform::mirror_source) override {
    count();
    co_return setup;
  }
  task<platform::mirror_state> state_now() {
    count();
    const platform::mirror_state now = states.at(std::min(looks++, states.size() - 1));
    co_return now;
  }
  task<platform::mirror_state> state() override { return state_now(); }
  task<> start_update() override {
    count();
    started = true;
    co_return;
  }

 private:
  void count() {
    if (++calls_ == fail_at) throw failed(failure(fails_with));
  }
  std::size_t calls_ = 0;
};

const std::vector<state> a_good_update{{activity::finished, "1", "2", ""},
                                       {activity::scheduled, "1", "2", ""},
                                       {activity::running, "3", "2", ""},
                                       {activity::finished, "3", "4", ""}};

struct setting {
  scripted_mirror host;
  event_recorder watcher;
  mirror_options options{
      .patience = std::chrono::milliseconds(200),
      .first_look = std::chrono::milliseconds(1),
      .longest_look = std::chrono::milliseconds(2),
      .retries = {
          .retries = 2, .first_wait = std::chrono::milliseconds(1), .longest_wait = std::chrono::milliseconds(1)}};

  mirror_result run() {
    platform::mirror_source from{http::url::parse("https://hub.example/a/b").value(), "", {}};
    return run_task(run_pull_mirror(host, std::move(from), options, watcher));
  }
};

}  // namespace pull_mirror_test

BOOST_FIXTURE_TEST_SUITE(pull_mirror_test, setting)

BOOST_AUTO_TEST_CASE(an_update_is_followed_to_its_end) {
  host.states = a_good_update;
  const mirror_result result = run();

  BOOST_TEST(!result.error.has_value());
  BOOST_CHECK(result.stage == mirror_stage::updated);
  BOOST_TEST(host.started);
  BOOST_TEST(host.looks == a_good_update.size());
}

BOOST_AUTO_TEST_CASE(a_repository_that_was_created_was_pulled_with_it) {
  host.setup = mirror_setup::pulled;
  const mirror_result result = run();

  BOOST_TEST(!result.error.has_value());
  BOOST_TEST(result.created);
  BOOST_TEST(!host.started);
}

BOOST_AUTO_TEST_CASE(a_failed_update_fails_in_the_host_s_words) {
  host.states = {state{}, {activity::failed, "3", "4", "2:fatal: no access"}};
  const mirror_result result = run();

  BOOST_REQUIRE(result.error.has_value());
  BOOST_CHECK(result.error->code() == errc::remote_error);
  BOOST_TEST(result.error->detail() == "2:fatal: no access");
  BOOST_CHECK(result.error->blamed() == side::target);
  BOOST_CHECK(result.stage == mirror_stage::updating);
}

BOOST_AUTO_TEST_CASE(an_update_that_does_not_end_is_left_alone_after_a_while) {
  options.patience = std::chrono::milliseconds(10);
  const mirror_result result = run();

  BOOST_REQUIRE(result.error.has_value());
  BOOST_CHECK(result.error->code() == errc::timed_out);
  BOOST_CHECK(result.stage == mirror_stage::updating);
}

BOOST_AUTO_TEST_CASE(a_refusal_at_any_call_ends_it_with_that) {
  std::size_t calls = 0;
  for (std::size_t at = 1; at <= 6; ++at) {
    setting each;
    each.host.states = a_good_update;
    each.host.fail_at = at;
    const mirror_result result = each.run();
    BOOST_TEST_CONTEXT(at) {
      BOOST_REQUIRE(result.error.has_value());
      BOOST_CHECK(result.error->code() == errc::forbidden);
      BOOST_TEST((result.stage == mirror_stage::not_set_up) == (at == 1));
    }
    ++calls;
  }
  BOOST_TEST(calls == 6u);
}

BOOST_AUTO_TEST_CASE(what_passes_is_asked_again_once_the_mirror_is_set_up) {
  for (std::size_t at = 2; at <= 6; ++at) {
    setting each;
    each.host.states = a_good_update;
    each.host.fail_at = at;
    each.host.fails_with = errc::server_failed;
    const mirror_result result = each.run();
    BOOST_TEST_CONTEXT(at) {
      BOOST_TEST(!result.error.has_value());
      BOOST_TEST(result.retries == 1u);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
