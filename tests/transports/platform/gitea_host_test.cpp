#include "transports/platform/gitea_host.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/lfs_peer.hpp"

using namespace hfpipe;
using namespace hfpipe::platform;
using namespace hfpipe::testing;

namespace gitea_host_test {

const std::string regular = http_reply("200 OK", R"({"private":true,"mirror":false})");
const std::string not_there = http_reply("404 Not Found", R"({"message":"not found"})");
const std::string user = http_reply("200 OK", R"({"login":"o"})");

std::string mirror_of(const std::string& url, const std::string& updated = "2026-01-02T03:04:05Z") {
  return http_reply("200 OK", R"({"private":true,"mirror":true,"original_url":")" + url + R"(","mirror_updated":")" +
                                  updated + R"("})");
}

struct setting : client_setting {
  loopback_peer peer;
  std::vector<heard_request> log;

  gitea_host host(const std::vector<std::string>& replies) {
    answer(peer, log, replies);
    api_client api(client, peer.url("/api/v1"), api_login(host_kind::gitea, secret("canary")));
    return {std::move(api), {"", "o", "n"}};
  }
  static mirror_source hub() { return {http::url::parse("https://hub.example/o/n").value(), "u", secret("source")}; }
};

}  // namespace gitea_host_test

BOOST_FIXTURE_TEST_SUITE(gitea_host_test, setting)

BOOST_AUTO_TEST_CASE(a_repository_is_created_for_the_tokens_user) {
  gitea_host made = host({not_there, user, http_reply("201 Created", "{}")});
  BOOST_TEST(run(made.create(openness::private_)));
  peer.join();
  BOOST_TEST(log.at(2).line == "POST /api/v1/user/repos HTTP/1.1");
  BOOST_TEST(log.at(2).header("Authorization") == "token canary");
}

BOOST_AUTO_TEST_CASE(what_is_there_or_appears_meanwhile_is_not_created) {
  gitea_host there = host({regular});
  BOOST_TEST(!run(there.create(openness::public_)));
  gitea_host faster = host({not_there, user, http_reply("409 Conflict", R"({"message":"it exists"})")});
  BOOST_TEST(!run(faster.create(openness::public_)));
}

BOOST_AUTO_TEST_CASE(who_is_neither_the_tokens_user_nor_an_organisation_is_told_as_that) {
  gitea_host nowhere = host({not_there, http_reply("200 OK", R"({"login":"someone"})"), not_there});
  const failure why = failure_of(nowhere.create(openness::private_));
  peer.join();
  BOOST_TEST(log.at(2).line == "POST /api/v1/orgs/o/repos HTTP/1.1");
  BOOST_TEST(name_of(why) == "not_found");
  BOOST_REQUIRE(!why.where().empty());
  BOOST_TEST(why.where().back() == "organisation o");
  BOOST_TEST(why.hint().find("who is someone") != std::string::npos, why.hint());
}

BOOST_AUTO_TEST_CASE(only_a_repository_that_is_not_there_is_made_a_mirror_and_pulled) {
  gitea_host made = host({not_there, http_reply("201 Created", "{}")});
  BOOST_CHECK(run(made.set_up(hub())) == mirror_setup::pulled);
  peer.join();
  BOOST_TEST(log.at(1).line == "POST /api/v1/repos/migrate HTTP/1.1");
}

BOOST_AUTO_TEST_CASE(a_mirror_of_that_source_is_kept_with_and_without_its_suffix) {
  for (const char* url : {"https://hub.example/o/n", "https://hub.example/o/n.git", "https://hub.example/o/n/"}) {
    gitea_host made = host({mirror_of(url)});
    BOOST_CHECK(run(made.set_up(hub())) == mirror_setup::configured);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_become_this_mirror_is_left_alone_and_told) {
  for (const std::string& there : {regular, mirror_of("https://hub.example/other/n"),
                                   mirror_of("https://hub.example/o/n", "0001-01-01T00:00:00Z")}) {
    gitea_host made = host({there});
    const failure why = failure_of(made.set_up(hub()));
    BOOST_TEST(name_of(why) == "forbidden");
    BOOST_TEST(why.hint().find("delete") != std::string_view::npos);
  }
}

BOOST_AUTO_TEST_CASE(why_the_host_could_not_pull_is_told_in_its_words) {
  gitea_host made = host({not_there, http_reply("422 Unprocessable Entity", R"({"message":"Authentication failed"})")});
  const failure why = failure_of(made.set_up(hub()));
  BOOST_TEST(name_of(why) == "remote_error");
  BOOST_TEST(why.detail().find("Authentication failed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(its_state_is_the_time_of_its_last_update) {
  gitea_host made = host({mirror_of("https://hub.example/o/n", "2026-01-02T03:04:05Z")});
  BOOST_TEST(run(made.state()).ended == "2026-01-02T03:04:05Z");
}

BOOST_AUTO_TEST_SUITE_END()
