#include "tools/hfpipe/exit_code.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <map>
#include "tests/tools/hfpipe/every_event.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;

namespace exit_code_test {

constexpr exit_context anonymous{};
constexpr exit_context with_token{.source_token_sent = true, .signal = std::nullopt};

failure of(errc code, side who = side::unknown) {
  return failure(code).blame(who);
}

lfs_object blob(char digit) {
  return {lfs_oid::from_hex(std::string(64, digit)).value(), byte_count(1)};
}

transfer_result objects_failed(std::vector<failure> reasons, std::uint64_t sent) {
  transfer_result result;
  for (auto& why : reasons) result.lfs.failed.push_back({blob('a'), std::move(why)});
  result.lfs.sent = sent;
  result.error = of(errc::blobs_incomplete);
  return result;
}

ref_row row(ref_action action, ref_status status) {
  return {ref_name::parse("refs/heads/main").value(), action, std::nullopt, std::nullopt, status, ""};
}

}  // namespace exit_code_test

BOOST_AUTO_TEST_SUITE(exit_code_test)

BOOST_AUTO_TEST_CASE(every_failure_has_its_code_whichever_side_it_is_of) {
  // unknown side, source without token, source with token, target
  using row_of_codes = std::array<int, 4>;
  const auto always = [](int code) { return row_of_codes{code, code, code, code}; };
  const std::map<errc, row_of_codes> table{
      {errc::cannot_resolve, always(5)},    {errc::cannot_connect, always(5)},
      {errc::connection_lost, always(5)},   {errc::timed_out, always(5)},
      {errc::tls_failed, always(5)},        {errc::certificate_rejected, always(5)},
      {errc::proxy_refused, always(5)},     {errc::bad_url, always(2)},
      {errc::bad_http_reply, always(5)},    {errc::redirect_refused, always(1)},
      {errc::unexpected_status, always(1)}, {errc::not_found, {1, 3, 3, 4}},
      {errc::unauthorized, {7, 3, 7, 7}},   {errc::forbidden, always(7)},
      {errc::payload_too_large, always(7)}, {errc::rate_limited, always(5)},
      {errc::server_failed, always(5)},     {errc::insecure_refused, always(7)},
      {errc::not_a_git_host, {1, 3, 3, 4}}, {errc::bad_pkt_line, always(1)},
      {errc::bad_advertisement, always(1)}, {errc::bad_fetch_reply, always(1)},
      {errc::empty_reply, always(5)},       {errc::remote_error, always(1)},
      {errc::ref_vanished, always(5)},      {errc::object_format_mismatch, always(1)},
      {errc::shallow_source, always(1)},    {errc::bad_push_report, always(5)},
      {errc::push_refused, always(4)},      {errc::ref_mismatch, always(5)},
      {errc::bad_ref_name, always(1)},      {errc::bad_refspec, always(2)},
      {errc::bad_oid, always(1)},           {errc::pack_corrupt, always(11)},
      {errc::pack_truncated, always(5)},    {errc::walk_incomplete, always(1)},
      {errc::bad_batch_reply, always(1)},   {errc::lfs_unavailable, always(7)},
      {errc::object_missing, always(6)},    {errc::object_refused, always(6)},
      {errc::upload_lost, always(5)},       {errc::digest_mismatch, always(11)},
      {errc::size_mismatch, always(11)},    {errc::bad_range_reply, always(1)},
      {errc::blobs_incomplete, always(6)},  {errc::budget_exceeded, always(1)},
      {errc::limit_exceeded, always(1)},    {errc::file_failed, always(1)},
      {errc::bad_option, always(2)},        {errc::cancelled, always(130)},
      {errc::internal, always(1)},
  };
  for (const auto& facts : all_errors()) {
    BOOST_TEST_CONTEXT(facts.name) {
      BOOST_REQUIRE(table.contains(facts.code));
      const auto& wanted = table.at(facts.code);
      BOOST_TEST(number(exit_code_of(of(facts.code), anonymous)) == wanted[0]);
      BOOST_TEST(number(exit_code_of(of(facts.code, side::source), anonymous)) == wanted[1]);
      BOOST_TEST(number(exit_code_of(of(facts.code, side::source), with_token)) == wanted[2]);
      BOOST_TEST(number(exit_code_of(of(facts.code, side::target), anonymous)) == wanted[3]);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_signal_decides_the_code_of_a_stop) {
  const auto stopped = [](int signal) { return number(exit_code_of(of(errc::cancelled), {true, signal})); };
  BOOST_TEST(stopped(SIGINT) == 130);
  BOOST_TEST(stopped(SIGTERM) == 143);
}

BOOST_AUTO_TEST_CASE(the_hub_hides_by_a_401_and_a_token_that_gets_one_was_refused) {
  const auto hidden = of(errc::not_found, side::source).http_status(401);
  BOOST_CHECK(exit_code_of(hidden, anonymous) == exit_code::source_unavailable);
  BOOST_CHECK(exit_code_of(hidden, with_token) == exit_code::refused);
  const auto gone = of(errc::not_found, side::source).http_status(404);
  BOOST_CHECK(exit_code_of(gone, with_token) == exit_code::source_unavailable);
}

BOOST_AUTO_TEST_CASE(a_proxy_that_wants_credentials_is_a_refusal) {
  BOOST_CHECK(exit_code_of(of(errc::proxy_refused).http_status(407), anonymous) == exit_code::refused);
  BOOST_CHECK(exit_code_of(of(errc::proxy_refused).http_status(502), anonymous) == exit_code::temporary);
}

BOOST_AUTO_TEST_CASE(a_run_without_an_error_is_done_even_with_missing_objects) {
  transfer_result result;
  result.lfs.missing.push_back({blob('a'), of(errc::object_missing)});
  BOOST_CHECK(exit_code_of(result, anonymous) == exit_code::done);
}

BOOST_AUTO_TEST_CASE(a_stop_after_all_was_done_is_done) {
  BOOST_CHECK(exit_code_of(transfer_result{}, {true, SIGINT}) == exit_code::done);
}

BOOST_AUTO_TEST_CASE(the_gravest_object_decides) {
  const auto code = [](std::vector<failure> reasons) {
    return number(exit_code_of(objects_failed(std::move(reasons), 1), with_token));
  };
  BOOST_TEST(code({of(errc::timed_out)}) == 6);
  BOOST_TEST(code({of(errc::object_refused), of(errc::timed_out)}) == 6);
  BOOST_TEST(code({of(errc::forbidden), of(errc::object_refused)}) == 7);
  BOOST_TEST(code({of(errc::digest_mismatch), of(errc::forbidden)}) == 11);
  BOOST_TEST(code({of(errc::forbidden), of(errc::digest_mismatch)}) == 11);
}

BOOST_AUTO_TEST_CASE(an_object_that_is_not_found_does_not_mean_the_repository) {
  BOOST_TEST(number(exit_code_of(objects_failed({of(errc::not_found, side::source)}, 1), with_token)) == 6);
}

BOOST_AUTO_TEST_CASE(nothing_arrived_and_all_of_it_may_later_is_temporary) {
  const auto code = [](std::vector<failure> reasons) {
    return number(exit_code_of(objects_failed(std::move(reasons), 0), with_token));
  };
  BOOST_TEST(code({of(errc::timed_out), of(errc::server_failed)}) == 5);
  BOOST_TEST(code({of(errc::timed_out), of(errc::object_refused)}) == 6);
}

BOOST_AUTO_TEST_CASE(a_target_that_refused_every_ref_is_of_no_use_and_one_that_has_some_is_partial) {
  transfer_result result;
  result.error = of(errc::push_refused);
  result.refs = {row(ref_action::create, ref_status::rejected), row(ref_action::skip, ref_status::skipped)};
  BOOST_CHECK(exit_code_of(result, anonymous) == exit_code::target_unavailable);

  result.refs.push_back(row(ref_action::up_to_date, ref_status::ok));
  BOOST_CHECK(exit_code_of(result, anonymous) == exit_code::partial);
}

BOOST_AUTO_TEST_CASE(what_we_did_not_force_is_not_the_targets_refusal) {
  transfer_result result;
  result.error = of(errc::push_refused);
  result.refs = {row(ref_action::skip, ref_status::rejected)};
  BOOST_CHECK(exit_code_of(result, anonymous) == exit_code::partial);
}

BOOST_AUTO_TEST_CASE(a_verification_says_whether_anything_differs_unless_it_broke_off) {
  verification_result result;
  BOOST_TEST(number(exit_code_of(result, {})) == 0);
  result.differing.push_back({testing::blob('a'), failure(errc::object_missing)});
  BOOST_TEST(number(exit_code_of(result, {})) == 12);
  result.error = failure(errc::cannot_connect);
  BOOST_TEST(number(exit_code_of(result, {})) == 5);
}

BOOST_AUTO_TEST_SUITE_END()
