#include "engine/blob_inquiry.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/event_recorder.hpp"
#include "tests/support/fake_endpoints.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace blob_inquiry_test {

const lfs_object blob = blob_of("abc");

lfs::action link(std::optional<std::chrono::seconds> expires_in = {}) {
  return {http::url::parse("https://blobs.example/x").value(), {}, expires_in, {}};
}

blob_route good_route() {
  return {{blob, link(), {}, {}, {}}, {blob, {}, link(), {}, {}}};
}

struct fixture {
  fake_world world;
  event_recorder seen;
  std::uint64_t retries = 0;
  patience retry{{.retries = 2, .first_wait = 1us, .longest_wait = 1us}, seen, retries, 1};
  blob_inquiry inquiry{{world.source_blobs, world.target_blobs}, retry};
  std::vector<lfs_object> one{1, blob};
};

failure failure_of(task<std::vector<lfs::batch_entry>> question) {
  try {
    run_task(std::move(question));
  } catch (const failed& thrown) {
    return thrown.why();
  }
  BOOST_FAIL("did not fail");
  return failure();
}

}  // namespace blob_inquiry_test

BOOST_FIXTURE_TEST_SUITE(blob_inquiry_test, fixture)

BOOST_AUTO_TEST_CASE(a_question_is_repeated_while_that_may_help) {
  world.source_blobs.locate_fails = failure(errc::rate_limited);
  world.source_blobs.locate_fails_times = 2;
  BOOST_TEST(run_task(inquiry.ask_source(one)).size() == 1u);
  BOOST_TEST(retries == 2u);
}

BOOST_AUTO_TEST_CASE(an_end_that_gives_no_answer_is_to_blame) {
  world.source_blobs.locate_fails = failure(errc::server_failed);
  world.target_blobs.missing_fails = failure(errc::unauthorized);
  BOOST_CHECK(failure_of(inquiry.ask_source(one)).blamed() == side::source);
  BOOST_CHECK(failure_of(inquiry.ask_target(one)).blamed() == side::target);
}

BOOST_AUTO_TEST_CASE(both_ends_are_asked_again_about_one_object) {
  world.source_blobs.add("abc");
  std::optional<dated_route> dated;
  auto ask = [&]() -> task<> { dated = co_await inquiry.ask_again(blob); };
  run_task(ask());
  BOOST_TEST(dated.value().route.from.download.has_value());
  BOOST_TEST(dated.value().route.to.upload.has_value());
}

BOOST_AUTO_TEST_CASE(an_entry_with_neither_upload_nor_error_is_present) {
  lfs::batch_entry entry = good_route().to;
  BOOST_TEST(!is_present(entry));
  entry.upload.reset();
  BOOST_TEST(is_present(entry));
  entry.error = lfs::object_error{422, "no"};
  BOOST_TEST(!is_present(entry));
}

BOOST_AUTO_TEST_CASE(any_part_of_a_route_can_expire) {
  const moment now = moment::now();
  BOOST_TEST(!is_expired(dated_route{good_route(), now}, now));
  dated_route download{good_route(), now};
  download.route.from.download = link(1s);
  BOOST_TEST(is_expired(download, now));
  dated_route upload{good_route(), now};
  upload.route.to.upload = link(1s);
  BOOST_TEST(is_expired(upload, now));
  dated_route verify{good_route(), now};
  verify.route.to.verify = link(1s);
  BOOST_TEST(is_expired(verify, now));
}

BOOST_AUTO_TEST_CASE(a_download_link_without_a_date_is_doubted_once) {
  const moment now = moment::now();
  const dated_route dated{good_route(), now};
  for (const errc code : {errc::forbidden, errc::unauthorized, errc::not_found}) {
    const failure why = failure(code).blame(side::source);
    BOOST_TEST_CONTEXT(facts_of(code).name) {
      BOOST_TEST(may_mend(dated, why, false, now));
      BOOST_TEST(!may_mend(dated, why, true, now));
    }
  }
  BOOST_TEST(!may_mend(dated, failure(errc::forbidden).http_status(509).blame(side::source), false, now));
  BOOST_TEST(!may_mend(dated, failure(errc::connection_lost).blame(side::source), false, now));
}

BOOST_AUTO_TEST_CASE(a_download_link_whose_date_passed_is_doubted_every_time) {
  const moment now = moment::now();
  dated_route dated{good_route(), now};
  dated.route.from.download = link(1s);
  BOOST_TEST(may_mend(dated, failure(errc::forbidden).blame(side::source), true, now));
}

BOOST_AUTO_TEST_CASE(a_refusal_of_the_target_is_believed_unless_a_date_passed) {
  const moment now = moment::now();
  dated_route dated{good_route(), now};
  const failure refused = failure(errc::forbidden).blame(side::target);
  BOOST_TEST(!may_mend(dated, refused, false, now));
  dated.route.to.upload = link(1s);
  BOOST_TEST(may_mend(dated, refused, false, now));
  BOOST_TEST(!may_mend(dated, failure(errc::forbidden).http_status(507).blame(side::target), false, now));
  BOOST_TEST(!may_mend(dated, failure(errc::not_found).blame(side::target), false, now));
}

BOOST_AUTO_TEST_CASE(a_credential_of_the_targets_own_may_have_died_once_where_nothing_says_when) {
  const moment now = moment::now();
  dated_route dated{good_route(), now};
  dated.route.to.upload->header.push_back({"authorization", secret("Basic canary")});
  const failure refused = failure(errc::unauthorized).blame(side::target);
  BOOST_TEST(may_mend(dated, refused, false, now));
  BOOST_TEST(!may_mend(dated, refused, true, now));
  BOOST_TEST(!may_mend(dated, failure(errc::payload_too_large).blame(side::target), false, now));
  dated.route.to.upload->expires_in = 1h;
  BOOST_TEST(!may_mend(dated, refused, false, now));
}

BOOST_AUTO_TEST_CASE(a_good_route_is_not_refused) {
  BOOST_TEST(!refusal_of(good_route()));
}

BOOST_AUTO_TEST_CASE(what_an_end_says_of_an_object_becomes_its_failure) {
  struct row {
    side who;
    int status;
    errc code;
  };
  for (const row& r : {row{side::source, 404, errc::object_missing}, row{side::source, 410, errc::object_missing},
                       row{side::source, 401, errc::unauthorized}, row{side::source, 403, errc::forbidden},
                       row{side::source, 429, errc::rate_limited}, row{side::source, 500, errc::server_failed},
                       row{side::source, 422, errc::unexpected_status}, row{side::target, 422, errc::object_refused},
                       row{side::target, 404, errc::object_refused}, row{side::target, 429, errc::rate_limited},
                       row{side::target, 503, errc::server_failed}, row{side::target, 507, errc::object_refused},
                       row{side::source, lfs::no_answer, errc::bad_batch_reply},
                       row{side::target, lfs::no_answer, errc::bad_batch_reply}}) {
    blob_route route = good_route();
    (r.who == side::source ? route.from : route.to).error = lfs::object_error{r.status, "their words"};
    const auto why = refusal_of(route);
    BOOST_TEST_CONTEXT(to_text(r.who) << ' ' << r.status) {
      BOOST_REQUIRE(why);
      BOOST_CHECK(why->code() == r.code);
      BOOST_CHECK(why->blamed() == r.who);
      BOOST_TEST(why->detail() == "their words");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_source_that_names_no_link_is_refused) {
  blob_route route = good_route();
  route.from.download.reset();
  const auto why = refusal_of(route);
  BOOST_REQUIRE(why);
  BOOST_CHECK(why->code() == errc::bad_batch_reply);
}

BOOST_AUTO_TEST_SUITE_END()
