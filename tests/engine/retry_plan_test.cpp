#include "engine/retry_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace std::chrono_literals;

namespace retry_plan_test {

constexpr retry_policy policy{.retries = 8, .first_wait = 1s, .longest_wait = 30s, .longest_asked = 5min};

std::optional<std::int64_t> wait_ms(unsigned failures, const failure& why, double jitter = 0) {
  const auto wait = next_wait(policy, failures, why, jitter);
  if (!wait) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(*wait).count();
}

}  // namespace retry_plan_test

BOOST_AUTO_TEST_SUITE(retry_plan_test)

BOOST_AUTO_TEST_CASE(the_wait_doubles_up_to_the_longest_and_jitter_spreads_its_upper_half) {
  struct row {
    unsigned failures;
    std::int64_t least, most;
  };
  for (const row& r : {row{1, 500, 1000}, row{2, 1000, 2000}, row{3, 2000, 4000}, row{5, 8000, 16000},
                       row{6, 15000, 30000}, row{8, 15000, 30000}}) {
    BOOST_TEST_CONTEXT(r.failures << " failures") {
      BOOST_TEST(wait_ms(r.failures, failure(errc::connection_lost), 0).value() == r.least);
      BOOST_TEST(wait_ms(r.failures, failure(errc::connection_lost), 0.5).value() == (r.least + r.most) / 2);
      BOOST_TEST(wait_ms(r.failures, failure(errc::connection_lost), 0.999999).value() <= r.most);
    }
  }
}

BOOST_AUTO_TEST_CASE(retries_end) {
  BOOST_TEST(wait_ms(8, failure(errc::timed_out)).has_value());
  BOOST_TEST(!wait_ms(9, failure(errc::timed_out)));
}

BOOST_AUTO_TEST_CASE(a_host_that_never_answered_and_cannot_be_reached_is_soon_given_up) {
  const retry_policy stranger{.first_contact = true};
  for (const errc unreachable : {errc::cannot_resolve, errc::cannot_connect}) {
    BOOST_TEST(next_wait(stranger, retries_at_first_contact, failure(unreachable), 0).has_value());
    BOOST_TEST(!next_wait(stranger, retries_at_first_contact + 1, failure(unreachable), 0));
    BOOST_TEST(wait_ms(retries_at_first_contact + 1, failure(unreachable)).has_value());
  }
  BOOST_TEST(next_wait(stranger, 8, failure(errc::server_failed), 0).has_value());
  const retry_policy once{.retries = 0, .first_contact = true};
  BOOST_TEST(!next_wait(once, 1, failure(errc::cannot_resolve), 0));
}

BOOST_AUTO_TEST_CASE(no_retries_means_none) {
  const retry_policy once{.retries = 0};
  BOOST_TEST(!next_wait(once, 1, failure(errc::timed_out), 0));
  BOOST_TEST(!next_wait(once, 1, failure(errc::digest_mismatch), 0));
}

BOOST_AUTO_TEST_CASE(only_transient_causes_and_wrong_bytes_are_tried_again) {
  for (const errc_facts& each : all_errors()) {
    const bool wrong_bytes = is_wrong_answer(failure(each.code));
    BOOST_TEST_CONTEXT(each.name) {
      BOOST_TEST(wait_ms(1, failure(each.code)).has_value() ==
                 ((each.cause == cause::transient && each.code != errc::ref_vanished) || wrong_bytes));
    }
  }
}

BOOST_AUTO_TEST_CASE(wrong_bytes_are_believed_the_second_time) {
  BOOST_TEST(!wait_ms(2, failure(errc::digest_mismatch)));
  BOOST_TEST(!wait_ms(2, failure(errc::size_mismatch)));
}

BOOST_AUTO_TEST_CASE(parts_that_a_host_finds_wrong_twice_are_not_sent_for_ever) {
  BOOST_TEST(wait_ms(1, failure(errc::upload_lost).http_status(400)).has_value());
  BOOST_TEST(!wait_ms(2, failure(errc::upload_lost).http_status(400)));
  BOOST_TEST(wait_ms(8, failure(errc::upload_lost).http_status(404)).has_value());
}

BOOST_AUTO_TEST_CASE(a_server_that_asks_for_longer_gets_it_within_reason) {
  BOOST_TEST(wait_ms(1, failure(errc::rate_limited).retry_after(7s)).value() == 7000);
  BOOST_TEST(wait_ms(6, failure(errc::rate_limited).retry_after(7s)).value() == 15000);
  BOOST_TEST(wait_ms(1, failure(errc::rate_limited).retry_after(300s)).value() == 300000);
  BOOST_TEST(!wait_ms(1, failure(errc::rate_limited).retry_after(301s)));
}

BOOST_AUTO_TEST_CASE(a_great_many_failures_do_not_overflow) {
  const retry_policy patient{.retries = 1'000'000};
  BOOST_CHECK(*next_wait(patient, 1'000'000, failure(errc::timed_out), 0) == 15s);
}

BOOST_AUTO_TEST_SUITE_END()
