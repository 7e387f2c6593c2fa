#include "transports/platform/hub_host.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/lfs_peer.hpp"

using namespace hfpipe;
using namespace hfpipe::platform;
using namespace hfpipe::testing;

namespace hub_host_test {

const std::string there = http_reply("200 OK", R"({"private":true,"gated":false})");
const std::string hidden = http_reply("401 Unauthorized", "no", "X-Error-Code: RepoNotFound\r\n");

struct setting : client_setting {
  loopback_peer peer;
  std::vector<heard_request> log;

  template <class Host>
  Host host(host_kind kind, const std::vector<std::string>& replies) {
    answer(peer, log, replies);
    api_client api(client, peer.url("/api"), api_login(kind, secret("canary")));
    return {std::move(api), {"models", "o", "n"}};
  }
  hub_host hub(const std::vector<std::string>& replies) { return host<hub_host>(host_kind::hugging_face, replies); }
  modelscope_host modelscope(const std::vector<std::string>& replies) {
    return host<modelscope_host>(host_kind::modelscope, replies);
  }
};

}  // namespace hub_host_test

BOOST_FIXTURE_TEST_SUITE(hub_host_test, setting)

BOOST_AUTO_TEST_CASE(a_401_that_means_not_found_is_not_found) {
  hub_host made = hub({hidden});
  BOOST_TEST(!run(made.find()).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_created) {
  hub_host made = hub({hidden, http_reply("200 OK", R"({"url":"https://hub.example/o/n"})")});
  BOOST_TEST(run(made.create(openness::private_)));
  peer.join();
  BOOST_TEST(log.at(1).line == "POST /api/repos/create HTTP/1.1");
  BOOST_TEST(log.at(1).header("Authorization") == "Bearer canary");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_believed_only_where_the_repository_is_not_there_afterwards) {
  const std::string refusal = http_reply("403 Forbidden", R"({"error":"no"})");
  hub_host faster = hub({hidden, refusal, there});
  BOOST_TEST(!run(faster.create(openness::private_)));
  hub_host refused = hub({hidden, refusal, hidden});
  BOOST_TEST(name_of(failure_of(refused.create(openness::private_))) == "forbidden");
}

BOOST_AUTO_TEST_CASE(its_one_default_branch_needs_no_call_and_no_other_can_be) {
  hub_host made = hub({});
  run(made.set_default_branch("main"));
  const failure why = failure_of(made.set_default_branch("trunk"));
  BOOST_TEST(name_of(why) == "forbidden");
  BOOST_TEST(why.hint().find("+refs/heads/trunk:refs/heads/main") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(a_refusal_in_modelscopes_envelope_is_one_though_the_status_says_200) {
  const std::string none = http_reply("200 OK", R"({"Code":404,"Message":"not found"})");
  modelscope_host made = modelscope({none, http_reply("200 OK", R"({"Code":200,"Data":{}})")});
  BOOST_TEST(run(made.create(openness::private_)));
  modelscope_host refused =
      modelscope({none, http_reply("200 OK", R"({"Code":10030000001,"Message":"user not logged in"})")});
  BOOST_TEST(name_of(failure_of(refused.create(openness::private_))) == "unauthorized");
}

BOOST_AUTO_TEST_CASE(modelscopes_default_branch_is_master) {
  modelscope_host made = modelscope({});
  run(made.set_default_branch("master"));
  BOOST_TEST(name_of(failure_of(made.set_default_branch("main"))) == "forbidden");
}

BOOST_AUTO_TEST_SUITE_END()
