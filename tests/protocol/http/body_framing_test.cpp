#include "protocol/http/body_framing.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace hfpipe;

namespace body_framing_test {

using headers = std::vector<std::pair<std::string, std::string>>;

/// `sized 5`, `chunked`, `close`, or the name of the failure.
std::string framing(headers given, int status = 200, std::string_view method = "GET") {
  const auto got = http::framing_of({status, std::move(given)}, method);
  if (!got) return std::string(facts_of(got.error().code()).name);
  if (const auto* sized = std::get_if<http::sized_reply>(&*got))
    return "sized " + std::to_string(sized->length.value());
  return std::holds_alternative<http::chunked_reply>(*got) ? "chunked" : "close";
}

}  // namespace body_framing_test

BOOST_AUTO_TEST_SUITE(body_framing_test)

BOOST_AUTO_TEST_CASE(each_framing_is_told_from_the_headers) {
  BOOST_TEST(framing({{"content-length", "5"}}) == "sized 5");
  BOOST_TEST(framing({{"Content-Length", "18446744073709551615"}}) == "sized 18446744073709551615");
  BOOST_TEST(framing({{"Transfer-Encoding", "Chunked"}}) == "chunked");
  BOOST_TEST(framing({}) == "close");
}

BOOST_AUTO_TEST_CASE(some_replies_have_no_body_by_nature) {
  BOOST_TEST(framing({{"Content-Length", "5"}}, 200, "HEAD") == "sized 0");
  BOOST_TEST(framing({{"Transfer-Encoding", "chunked"}}, 200, "HEAD") == "sized 0");
  BOOST_TEST(framing({}, 204) == "sized 0");
  BOOST_TEST(framing({{"Content-Length", "5"}}, 304) == "sized 0");
}

BOOST_AUTO_TEST_CASE(equal_lengths_are_one_length) {
  BOOST_TEST(framing({{"Content-Length", "5"}, {"Content-Length", "5"}}) == "sized 5");
  BOOST_TEST(framing({{"Content-Length", "5, 5"}}) == "sized 5");
}

BOOST_AUTO_TEST_CASE(a_length_that_is_not_clear_is_bad_http) {
  for (const std::string text : {"", "-1", "+5", "5x", "0x5", "18446744073709551616", "5, 6", "5,", "5 6"}) {
    BOOST_TEST(framing({{"Content-Length", text}}) == "bad_http_reply", "Content-Length: " << text);
  }
  BOOST_TEST(framing({{"Content-Length", "5"}, {"content-length", "6"}}) == "bad_http_reply");
}

BOOST_AUTO_TEST_CASE(two_framings_at_once_are_bad_http) {
  BOOST_TEST(framing({{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}) == "bad_http_reply");
}

BOOST_AUTO_TEST_CASE(other_transfer_codings_are_bad_http) {
  for (const std::string text : {"gzip", "gzip, chunked", "chunked, chunked", "identity", ""}) {
    BOOST_TEST(framing({{"Transfer-Encoding", text}}) == "bad_http_reply", "Transfer-Encoding: " << text);
  }
}

BOOST_AUTO_TEST_CASE(a_coding_that_nobody_asked_for_is_bad_http) {
  BOOST_TEST(framing({{"Content-Encoding", "gzip"}, {"Content-Length", "5"}}) == "bad_http_reply");
  BOOST_TEST(framing({{"Content-Encoding", "identity"}, {"Content-Length", "5"}}) == "sized 5");
  BOOST_TEST(framing({{"Content-Encoding", "gzip"}}, 200, "HEAD") == "sized 0");
}

BOOST_AUTO_TEST_CASE(tokens_compare_whole_and_without_case) {
  const http::reply_head head{200, {{"Connection", "Upgrade , CLOSE"}, {"Connection", "x"}}};

  BOOST_TEST(http::lists_token(head, "connection", "close"));
  BOOST_TEST(http::lists_token(head, "connection", "x"));
  BOOST_TEST(!http::lists_token(head, "connection", "clos"));
  BOOST_TEST(!http::lists_token(head, "other", "close"));
}

BOOST_AUTO_TEST_SUITE_END()
