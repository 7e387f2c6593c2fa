#include "transports/platform/gitlab_host.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/lfs_peer.hpp"

using namespace hfpipe;
using namespace hfpipe::platform;
using namespace hfpipe::testing;

namespace gitlab_host_test {

const std::string there = http_reply("200 OK", R"({"id":1,"visibility":"private"})");
const std::string not_there = http_reply("404 Not Found", R"({"message":"404 Project Not Found"})");

struct setting : client_setting {
  loopback_peer peer;
  std::vector<heard_request> log;

  gitlab_host host() {
    api_client api(client, peer.url("/api/v4"), api_login(host_kind::gitlab, secret("canary")));
    return {std::move(api), {"", "g", "n"}};
  }
  failure set_up_in_vain(const std::vector<std::string>& replies) {
    answer(peer, log, replies);
    gitlab_host made = host();
    return failure_of(made.set_up({http::url::parse("https://hub.example/o/n").value(), "u", secret("source")}));
  }
};

}  // namespace gitlab_host_test

BOOST_FIXTURE_TEST_SUITE(gitlab_host_test, setting)

BOOST_AUTO_TEST_CASE(a_project_that_somebody_else_creates_meanwhile_is_there) {
  answer(peer, log,
         {not_there, http_reply("200 OK", R"({"id":7})"),
          http_reply("400 Bad Request", R"({"message":{"path":["has already been taken"]}})"), there});
  gitlab_host made = host();

  BOOST_TEST(!run(made.create(openness::private_)));
}

BOOST_AUTO_TEST_CASE(a_project_that_is_refused_and_not_there_fails_as_refused) {
  answer(
      peer, log,
      {not_there, http_reply("200 OK", R"({"id":7})"), http_reply("403 Forbidden", R"({"message":"403"})"), not_there});
  gitlab_host made = host();

  BOOST_TEST(name_of(failure_of(made.create(openness::private_))) == "forbidden");
}

BOOST_AUTO_TEST_CASE(the_old_form_is_tried_only_where_the_new_call_is_unknown) {
  answer(peer, log, {there, not_there, http_reply("200 OK", R"({"id":1,"mirror":true})")});
  gitlab_host made = host();
  run(made.set_up({http::url::parse("https://hub.example/o/n").value(), "u", secret("source")}));

  peer.join();
  BOOST_TEST(log.at(1).line == "PUT /api/v4/projects/g%2Fn/mirror/pull HTTP/1.1");
  BOOST_TEST(log.at(2).line == "PUT /api/v4/projects/g%2Fn HTTP/1.1");
}

BOOST_AUTO_TEST_CASE(editions_that_refuse_or_ignore_a_mirror_have_none) {
  const std::vector<std::vector<std::string>> editions{
      {there, http_reply("403 Forbidden", R"({"message":"403 Forbidden"})")},
      {there, not_there, there},
      {there, not_there, http_reply("400 Bad Request", R"({"error":"at least one parameter must be provided"})")}};
  for (const auto& replies : editions) {
    const failure why = set_up_in_vain(replies);
    BOOST_TEST(name_of(why) == "forbidden");
    BOOST_TEST(why.hint().find("Premium") != std::string_view::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_token_and_a_host_that_is_down_are_not_taken_for_an_edition) {
  const std::string wrong = http_reply("401 Unauthorized", R"({"message":"401 Unauthorized"})");
  const std::string down = http_reply("502 Bad Gateway", "");
  BOOST_TEST(name_of(set_up_in_vain({wrong})) == "unauthorized");
  BOOST_TEST(name_of(set_up_in_vain({there, wrong})) == "unauthorized");
  BOOST_TEST(name_of(set_up_in_vain({there, not_there, wrong})) == "unauthorized");
  BOOST_TEST(name_of(set_up_in_vain({there, down})) == "server_failed");
  BOOST_TEST(name_of(set_up_in_vain({there, not_there, down})) == "server_failed");
}

BOOST_AUTO_TEST_SUITE_END()
