#include "protocol/http/reply.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace std::chrono_literals;
using http::reply_head;
using std::chrono::seconds;

namespace reply_test {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// Sun, 06 Nov 1994 08:49:37 GMT.
constexpr std::chrono::system_clock::time_point now{seconds(784111777)};

failure why_of(int status, std::string_view body = {}, header_list headers = {}) {
  return http::failure_of(reply_head{status, std::move(headers)}, body, now);
}

std::optional<seconds> wait_for(header_list headers) {
  return http::wait_asked_for(reply_head{429, std::move(headers)}, now);
}

bool says(const failure& why, std::string_view words) {
  return why.detail().find(words) != std::string::npos;
}

}  // namespace reply_test

BOOST_AUTO_TEST_SUITE(reply_test)

BOOST_AUTO_TEST_CASE(header_names_compare_without_case_and_the_first_value_counts) {
  const reply_head head{200, {{"Content-LENGTH", "5"}, {"content-length", "6"}}};
  BOOST_TEST(head.header("content-Length").value() == "5");
  BOOST_TEST(!head.header("Content").has_value());
}

BOOST_AUTO_TEST_CASE(every_status_has_its_code) {
  struct row {
    int status;
    errc code;
  };
  for (const row& r :
       {row{304, errc::redirect_refused},  row{302, errc::redirect_refused},  row{400, errc::unexpected_status},
        row{401, errc::unauthorized},      row{403, errc::forbidden},         row{404, errc::not_found},
        row{406, errc::unexpected_status}, row{408, errc::timed_out},         row{410, errc::not_found},
        row{413, errc::payload_too_large}, row{422, errc::unexpected_status}, row{429, errc::rate_limited},
        row{500, errc::server_failed},     row{501, errc::unexpected_status}, row{502, errc::server_failed},
        row{503, errc::server_failed},     row{507, errc::forbidden},         row{509, errc::forbidden},
        row{599, errc::server_failed},     row{600, errc::unexpected_status}, row{204, errc::unexpected_status}}) {
    BOOST_TEST_CONTEXT(r.status) {
      const failure why = why_of(r.status);
      BOOST_TEST(facts_of(why.code()).name == facts_of(r.code).name);
      BOOST_TEST(why.http_status().value() == r.status);
      BOOST_TEST(why.detail() == "HTTP " + std::to_string(r.status));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_hub_s_own_code_decides) {
  BOOST_CHECK(why_of(401, {}, {{"X-Error-Code", "RepoNotFound"}}).code() == errc::not_found);
  BOOST_CHECK(why_of(400, {}, {{"x-error-code", "RevisionNotFound"}}).code() == errc::not_found);
  BOOST_CHECK(why_of(401, {}, {{"X-Error-Code", "GatedRepo"}}).code() == errc::forbidden);
  BOOST_CHECK(why_of(401, {}, {{"X-Error-Code", "SomethingNew"}}).code() == errc::unauthorized);
}

BOOST_AUTO_TEST_CASE(the_server_s_words_are_quoted) {
  struct row {
    const char* body;
    const char* words;
  };
  for (const row& r :
       {row{R"({"message":"Access forbidden."})", "Access forbidden."},
        row{R"({"error":"Repository not found"})", "Repository not found"},
        row{R"({"error":{"message":"nested"}})", "nested"},
        row{R"({"errors":[{"message":"first"},{"message":"second"}]})", "first"},
        row{R"({"Code":1003,"Message":"user not logged in","Success":false})", "user not logged in"},
        row{R"({"message":"a\u001bb"})", "a\\x1bb"}, row{"plain words\n", "plain words"},
        row{"{\"message\":\"cut of", "{\"message\":\"cut of"},
        row{R"({"message":{"base":["x"]}})", R"({"message":{"base":["x"]}})"},
        row{"<?xml version=\"1.0\"?><Error><Code>EntityTooLarge</Code><Message>Too big</Message></Error>",
            "EntityTooLarge Too big"}}) {
    BOOST_TEST_CONTEXT(r.body)
    BOOST_TEST(why_of(400, r.body).detail() == std::string("HTTP 400, server said: ") + r.words);
  }
}

BOOST_AUTO_TEST_CASE(html_is_not_quoted) {
  for (const char* body : {"<html><title>502</title></html>", "\r\n  <!DOCTYPE html><body>x", "\xef\xbb\xbf<html>"}) {
    BOOST_TEST_CONTEXT(body) BOOST_TEST(why_of(502, body).detail() == "HTTP 502");
  }
}

BOOST_AUTO_TEST_CASE(the_hub_s_message_header_is_preferred) {
  const failure why = why_of(403, R"({"error":"body"})", {{"X-Error-Message", "Access to this resource is disabled."}});
  BOOST_TEST(why.detail() == "HTTP 403, server said: Access to this resource is disabled.");
}

BOOST_AUTO_TEST_CASE(queries_are_cut_out_of_the_server_s_words) {
  const failure why =
      why_of(403, R"({"message":"denied: https://cdn/x?Signature=canary, really? yes: \"/y?t=canary\""})");
  BOOST_TEST(why.detail() == "HTTP 403, server said: denied: https://cdn/x?..., really? yes: \"/y?...\"");
}

BOOST_AUTO_TEST_CASE(a_redirect_shows_where_to_without_its_query) {
  const failure why = why_of(307, {}, {{"Location", "https://other/x?token=canary"}});
  BOOST_TEST(why.detail() == "HTTP 307 to https://other/x");
}

BOOST_AUTO_TEST_CASE(only_the_beginning_of_a_body_is_used) {
  BOOST_TEST(why_of(500, std::string(1 << 20, 'x')).detail().size() < server_text_limit + 100);
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_only_text) {
  BOOST_TEST(says(why_of(500, std::string(4000, '[')), "[[["));
}

BOOST_AUTO_TEST_CASE(gates_and_quotas_have_their_own_hints) {
  BOOST_TEST(why_of(403, {}, {{"X-Error-Code", "GatedRepo"}}).hint().find("conditions") != std::string::npos);
  BOOST_TEST(why_of(507).hint().find("quota") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_wait_asked_for_is_read) {
  struct row {
    header_list headers;
    std::optional<seconds> wait;
  };
  for (const row& r : {row{{}, {}},
                       row{{{"Retry-After", "120"}}, 120s},
                       row{{{"Retry-After", " 0 "}}, 0s},
                       row{{{"Retry-After", "-5"}}, {}},
                       row{{{"Retry-After", "soon"}}, {}},
                       row{{{"Retry-After", ""}}, {}},
                       row{{{"Retry-After", "86400"}}, 3600s},
                       row{{{"Retry-After", "99999999999999999999999"}}, 3600s},
                       row{{{"Retry-After", "Sun, 06 Nov 1994 08:50:00 GMT"}}, 23s},
                       row{{{"Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT"}}, 0s},
                       row{{{"Retry-After", "Mon, 06 Nov 9999 08:00:00 GMT"}}, 3600s},
                       row{{{"Retry-After", "Sun, 31 Feb 1994 08:50:00 GMT"}}, {}},
                       row{{{"Retry-After", "Sun, 06 anF 1994 08:50:00 GMT"}}, {}},
                       row{{{"RateLimit", R"("api";r=0;t=55)"}}, 55s},
                       row{{{"RateLimit", R"("api";r=1;t=55)"}}, {}},
                       row{{{"RateLimit", R"("api";t=55)"}}, {}},
                       row{{{"RateLimit", R"("api"; r=0; t=9, "pages";r=0;t=70, "x";r=3;t=99)"}}, 70s},
                       row{{{"RateLimit", R"("api";r=0;t=-1)"}}, {}},
                       row{{{"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "12"}}, 12s},
                       row{{{"RateLimit-Remaining", "1"}, {"RateLimit-Reset", "12"}}, {}},
                       row{{{"RateLimit-Remaining", "0"}}, {}},
                       row{{{"RateLimit-Reset", "12"}}, {}},
                       row{{{"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "-3"}}, {}},
                       row{{{"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "9999999999999"}}, 3600s},
                       row{{{"Retry-After", "7"}, {"RateLimit", R"("api";r=0;t=55)"}}, 7s},
                       row{{{"Retry-After", "soon"}, {"RateLimit", R"("api";r=0;t=55)"}}, 55s}}) {
    BOOST_TEST_CONTEXT((r.headers.empty() ? "nothing" : r.headers.front().second))
    BOOST_CHECK(wait_for(r.headers) == r.wait);
  }
}

BOOST_AUTO_TEST_CASE(a_failure_carries_the_wait) {
  BOOST_CHECK(why_of(429, {}, {{"Retry-After", "9"}}).retry_after() == 9s);
}

BOOST_AUTO_TEST_CASE(content_ranges_are_read) {
  const auto range = http::parse_content_range("bytes 5-9/10").value();
  BOOST_TEST(range.first.value() == 5U);
  BOOST_TEST(range.last.value() == 9U);
  BOOST_TEST(range.total->value() == 10U);
  BOOST_TEST(!http::parse_content_range("Bytes 0-0/*").value().total.has_value());
  BOOST_TEST(http::parse_content_range("bytes 60-99/40").value().total->value() == 40U);  // Gitea: size - first
}

BOOST_AUTO_TEST_CASE(broken_content_ranges_are_refused) {
  for (const char* value :
       {"", "bytes", "bytes */10", "bytes 5-4/10", "bytes 0-10/10", "bytes 5-9", "bytes 5-/10", "bytes -9/10",
        "items 0-1/2", "bytes 0-1/2x", "bytes 0-99999999999999999999/*",
        "bytes 0-18446744073709551615/18446744073709551615", "bytes +1-2/3", "bytes 0--1/2", "bytes=0-1/2"}) {
    BOOST_TEST_CONTEXT(value) {
      const auto read = http::parse_content_range(value);
      BOOST_REQUIRE(read.has_error());
      BOOST_CHECK(read.error().code() == errc::bad_range_reply);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
