#include "engine/link_age.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace std::chrono_literals;

namespace link_age_test {

const moment start = moment::now();

moment later(std::chrono::steady_clock::duration span) {
  return {start.steady + span, start.wall};  // the wall clock is not asked twice
}

lfs::action link() {
  return {http::url::parse("https://blobs.example/x").value(), {}, {}, {}};
}

}  // namespace link_age_test

BOOST_AUTO_TEST_SUITE(link_age_test)

BOOST_AUTO_TEST_CASE(a_link_without_a_date_is_asked_for_again_long_before_gitlab_s_two_hours) {
  BOOST_TEST(!is_expired(link(), start, later(1h)));
  BOOST_TEST(is_expired(link(), start, later(1h + 1s)));
}

BOOST_AUTO_TEST_CASE(expires_in_counts_from_the_answer_less_a_margin) {
  lfs::action dated = link();
  dated.expires_in = 60s;
  BOOST_TEST(!is_expired(dated, start, later(55s)));
  BOOST_TEST(is_expired(dated, start, later(55s + 1ms)));
}

BOOST_AUTO_TEST_CASE(expires_at_is_read_by_the_clock_of_the_answer) {
  lfs::action dated = link();
  dated.expires_at = start.wall + 60s;
  BOOST_TEST(!is_expired(dated, start, later(55s)));
  BOOST_TEST(is_expired(dated, start, later(55s + 1ms)));
}

BOOST_AUTO_TEST_CASE(expires_in_wins) {
  lfs::action dated = link();
  dated.expires_in = 60s;
  dated.expires_at = start.wall - 1h;
  BOOST_TEST(!is_expired(dated, start, later(1s)));
}

BOOST_AUTO_TEST_CASE(absurd_lifetimes_do_not_overflow) {
  lfs::action dated = link();
  dated.expires_in = std::chrono::seconds::max();
  BOOST_TEST(!is_expired(dated, start, later(1s)));
  dated.expires_in = std::chrono::seconds::min();
  BOOST_TEST(is_expired(dated, start, later(1s)));
}

BOOST_AUTO_TEST_CASE(only_refused_credentials_look_like_a_link_that_died) {
  struct row {
    errc code;
    int status;
    bool looks;
  };
  for (const row& r :
       {row{errc::forbidden, 403, true}, row{errc::unauthorized, 401, true}, row{errc::forbidden, 507, false},
        row{errc::forbidden, 509, false}, row{errc::not_found, 404, false}, row{errc::server_failed, 500, false}}) {
    BOOST_TEST_CONTEXT(r.status) BOOST_TEST(is_refused_link(failure(r.code).http_status(r.status)) == r.looks);
  }
}

BOOST_AUTO_TEST_SUITE_END()
