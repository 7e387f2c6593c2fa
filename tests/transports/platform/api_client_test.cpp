#include "transports/platform/api_client.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/lfs_peer.hpp"

using namespace hfpipe;
using namespace hfpipe::platform;
using namespace hfpipe::testing;

namespace api_client_test {

const secret token("canary");

struct setting : client_setting {
  loopback_peer peer;
  std::vector<heard_request> log;

  api_answer call(host_kind kind, api_call what) {
    api_client api(client, peer.url("/api"), api_login(kind, token));
    return run(api.call(std::move(what)));
  }
  std::optional<host_kind> kind_after(const std::vector<std::string>& replies) {
    answer(peer, log, replies);
    return run(ask_kind(client, peer.url("/o/n")));
  }
};

}  // namespace api_client_test

BOOST_FIXTURE_TEST_SUITE(api_client_test, setting)

BOOST_AUTO_TEST_CASE(each_kind_of_host_gets_the_token_as_it_wants_it) {
  const std::string reply = http_reply("200 OK", "{}");
  answer(peer, log, {reply, reply, reply, reply});
  for (const auto kind : {host_kind::gitlab, host_kind::gitea, host_kind::hugging_face, host_kind::modelscope}) {
    call(kind, get("/a%2Fb"));
  }

  peer.join();
  BOOST_TEST(log.at(0).line == "GET /api/a%2Fb HTTP/1.1");
  BOOST_TEST(log[0].header("PRIVATE-TOKEN") == "canary");
  BOOST_TEST(log[0].header("Authorization") == "(none)");
  BOOST_TEST(log[1].header("Authorization") == "token canary");
  BOOST_TEST(log[2].header("Authorization") == "Bearer canary");
  BOOST_TEST(log[3].header("Authorization") == "Bearer canary");
  BOOST_TEST(log[3].header("Cookie") == "m_session_id=canary");
}

BOOST_AUTO_TEST_CASE(a_change_has_a_clock_of_its_own) {
  using namespace std::chrono_literals;
  net::client_options hasty;
  hasty.timeouts.idle = 50ms;
  net::http_client impatient(loop.get_executor(), hasty);
  peer.script([](peer_link& c) {
    c.read_head();
    c.stall();
  });
  api_client api(impatient, peer.url("/api"), {}, {.patience = 400ms});
  const auto time_of = [&](api_call what) {
    const auto began = std::chrono::steady_clock::now();
    BOOST_TEST(name_of(failure_of(api.call(std::move(what)))) == "timed_out");
    return std::chrono::steady_clock::now() - began;
  };
  BOOST_TEST((time_of({"POST", "/x", {}, {}}) >= 400ms));
}

BOOST_AUTO_TEST_CASE(a_question_does_not_wait_as_long_as_a_change_may) {
  net::client_options hasty;
  hasty.timeouts.idle = std::chrono::milliseconds(50);
  net::http_client impatient(loop.get_executor(), hasty);
  peer.script([](peer_link& c) {
    c.read_head();
    c.stall();
  });
  api_client api(impatient, peer.url("/api"), {}, {.patience = std::chrono::hours(1)});
  BOOST_TEST(name_of(failure_of(api.call(get("/x")))) == "timed_out");
}

BOOST_AUTO_TEST_CASE(no_token_is_no_header) {
  for (const auto kind : {host_kind::gitlab, host_kind::gitea, host_kind::hugging_face, host_kind::modelscope}) {
    BOOST_TEST(api_login(kind, secret()).empty());
  }
}

BOOST_AUTO_TEST_CASE(a_body_goes_out_whole_and_a_call_without_one_has_length_zero) {
  answer(peer, log, {http_reply("201 Created", R"({"id":1})"), http_reply("202 Accepted", "")});
  const api_answer made = call(host_kind::gitlab, with_json("POST", "/projects", {{"name", "n"}}));
  call(host_kind::gitlab, {"POST", "/projects/1/mirror/pull", {}, {}});

  peer.join();
  BOOST_TEST(made.status == 201);
  BOOST_TEST(made.value() == R"({"id":1})");
  BOOST_TEST(log.at(0).body == R"({"name":"n"})");
  BOOST_TEST(log[0].header("Content-Type") == "application/json");
  BOOST_TEST(log.at(1).header("Content-Length") == "0");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_an_answer_with_the_host_s_words) {
  answer(peer, log, {http_reply("403 Forbidden", R"({"message":"403 Forbidden - no"})")});
  const api_answer refused = call(host_kind::gitlab, get("/x"));

  BOOST_TEST(refused.status == 403);
  BOOST_REQUIRE(refused.refusal.has_value());
  BOOST_TEST(name_of(*refused.refusal) == "forbidden");
  BOOST_TEST(refused.refusal->detail().find("403 Forbidden - no") != std::string::npos);
  BOOST_CHECK_THROW(refused.value(), failed);
}

BOOST_AUTO_TEST_CASE(a_token_does_not_follow_a_redirect) {
  loopback_peer other;
  const std::string location = "Location: " + other.url("/elsewhere").shown() + "\r\n";
  answer(peer, log, {http_reply("302 Found", "", location)});
  const api_answer moved = call(host_kind::gitlab, get("/x"));

  BOOST_REQUIRE(moved.refusal.has_value());
  BOOST_TEST(name_of(*moved.refusal) == "redirect_refused");
  BOOST_TEST(other.connections() == 0u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_too_long_fails) {
  answer(peer, log, {http_reply("200 OK", std::string(api_reply_limit + 1, ' '))});
  api_client api(client, peer.url("/api"), {});
  BOOST_TEST(name_of(failure_of(api.call(get("/x")))) == "limit_exceeded");
}

BOOST_AUTO_TEST_CASE(gitlab_is_known_by_its_refusal_or_its_version) {
  BOOST_CHECK(kind_after({http_reply("401 Unauthorized", R"({"message":"401 Unauthorized"})")}) == host_kind::gitlab);
  BOOST_CHECK(kind_after({http_reply("200 OK", R"({"version":"17.11.0"})")}) == host_kind::gitlab);
  for (const heard_request& each : log) {
    BOOST_TEST(each.line == "GET /api/v4/version HTTP/1.1");
    BOOST_TEST(each.header("PRIVATE-TOKEN") == "(none)");
  }
}

BOOST_AUTO_TEST_CASE(gitea_is_known_by_its_version) {
  BOOST_CHECK(kind_after({http_reply("404 Not Found", "{}"), http_reply("200 OK", R"({"version":"1.24.6"})")}) ==
              host_kind::gitea);
  BOOST_TEST(log.at(1).line == "GET /api/v1/version HTTP/1.1");
}

BOOST_AUTO_TEST_CASE(a_page_a_login_and_a_stranger_s_json_are_no_known_host) {
  const std::string not_there = http_reply("404 Not Found", "");
  for (const std::string& reply :
       {http_reply("200 OK", "<html>version</html>"), http_reply("200 OK", R"({"name":"x"})"),
        http_reply("401 Unauthorized", R"({"message":"log in"})"), not_there}) {
    BOOST_TEST(!kind_after({reply, not_there}).has_value(), reply);
    BOOST_TEST(!kind_after({not_there, reply}).has_value(), reply);
  }
}

BOOST_AUTO_TEST_SUITE_END()
