#include "engine/link_age.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace std::chrono_literals;

namespace {

const moment start = moment::now();

moment later(std::chrono::steady_clock::duration span) {
  return {start.steady + span, start.wall};  // the wall clock is not asked twice
}

lfs::action link() {
  return {http::url::parse("https://blobs.example/x").value(), {}, {}, {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(link_age_test)

BOOST_AUTO_TEST_CASE(a_link_without_a_date_does_not_expire) {
  BOOST_TEST(!is_expired(link(), start, later(1000h)));
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

BOOST_AUTO_TEST_CASE(only_a_refusal_of_credentials_after_a_while_may_mean_age) {
  struct row {
    errc code;
    std::chrono::steady_clock::duration age;
    bool may;
  };
  for (const row& r :
       {row{errc::forbidden, 61s, true}, row{errc::unauthorized, 61s, true}, row{errc::forbidden, 60s, false},
        row{errc::not_found, 61s, false}, row{errc::connection_lost, 61s, false}}) {
    BOOST_TEST_CONTEXT(facts_of(r.code).name)
    BOOST_TEST(may_have_expired(failure(r.code), start, later(r.age)) == r.may);
  }
}

BOOST_AUTO_TEST_SUITE_END()
