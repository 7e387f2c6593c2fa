#include "transports/lfs/batch_client.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/lfs_peer.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace batch_client_test {

const lfs_object a = object_of('a', 5);
const lfs_object b = object_of('b', 6);
const lfs_object c = object_of('c', 7);
const lfs_object d = object_of('d', 8);

struct setting : client_setting {
  std::vector<heard_request> log;  // outlives the peer, whose thread writes it
  loopback_peer peer;

  lfs::batch_client make(lfs::batch_options options = {}) {
    return lfs::batch_client(client, peer.url("/o/n"), canary_for(peer), std::move(options));
  }
  std::vector<lfs::batch_entry> ask(std::vector<lfs_object> wanted, lfs::batch_options options = {}) {
    lfs::batch_client batch = make(std::move(options));
    return run(batch.ask(lfs::operation::upload, wanted));
  }
  failure ask_in_vain(std::vector<lfs_object> wanted = {a}) {
    lfs::batch_client batch = make();
    return failure_of(batch.ask(lfs::operation::download, wanted));
  }
};

}  // namespace batch_client_test

BOOST_FIXTURE_TEST_SUITE(batch_client_test, setting)

BOOST_AUTO_TEST_CASE(a_call_is_what_the_api_demands) {
  answer(peer, log, {http_reply("200 OK", batch_json(entry_json(a)))});
  ask({a}, {.ref = ref_name::parse("refs/heads/main").value()});

  peer.join();
  BOOST_TEST(log.at(0).line == "POST /o/n.git/info/lfs/objects/batch HTTP/1.1");
  BOOST_TEST(log[0].header("Accept") == "application/vnd.git-lfs+json");
  BOOST_TEST(log[0].header("Content-Type") == "application/vnd.git-lfs+json");
  BOOST_TEST(log[0].header("Authorization") == canary_authorization);
  const std::vector<lfs_object> asked{a};
  const ref_name ref = ref_name::parse("refs/heads/main").value();
  BOOST_TEST(log[0].body == lfs::make_batch_request(lfs::operation::upload, asked, &ref));
}

BOOST_AUTO_TEST_CASE(answers_come_in_the_order_asked_and_strangers_not_at_all) {
  answer(peer, log, {http_reply("200 OK", batch_json(entry_json(c) + "," + entry_json(d) + "," + entry_json(a)))});
  const auto answers = ask({a, b, c});

  BOOST_REQUIRE(answers.size() == 3U);
  BOOST_CHECK(answers[0].object == a);
  BOOST_CHECK(answers[1].object == b);
  BOOST_TEST(answers[1].error.value().code == lfs::no_answer);
  BOOST_CHECK(answers[2].object == c);
}

BOOST_AUTO_TEST_CASE(only_modelscope_s_form_leaves_out_what_the_target_has) {
  const std::string enveloped = http_reply("200 OK", R"({"Code":200,"Data":)" + batch_json("") + "}");
  answer(peer, log, {enveloped, enveloped, http_reply("200 OK", batch_json(""))});
  BOOST_TEST(!ask({a}).at(0).error.has_value());

  lfs::batch_client batch = make();
  const std::vector<lfs_object> wanted{a};
  BOOST_TEST(run(batch.ask(lfs::operation::download, wanted)).at(0).error.value().code == lfs::no_answer);
  BOOST_TEST(ask({a}).at(0).error.value().code == lfs::no_answer);
}

BOOST_AUTO_TEST_CASE(a_repository_that_moved_is_asked_where_it_is_now) {
  answer(peer, log, {http_reply("200 OK", batch_json(entry_json(a))), http_reply("200 OK", batch_json(entry_json(a)))});
  repository_location address(peer.url("/o/n"));
  lfs::batch_client batch(client, address, canary_for(peer));
  const std::vector<lfs_object> wanted{a};
  run(batch.ask(lfs::operation::download, wanted));
  address.moved_to(peer.url("/o/renamed.git"));
  run(batch.ask(lfs::operation::download, wanted));

  BOOST_TEST(log.at(0).line == "POST /o/n.git/info/lfs/objects/batch HTTP/1.1");
  BOOST_TEST(log.at(1).line == "POST /o/renamed.git/info/lfs/objects/batch HTTP/1.1");
}

BOOST_AUTO_TEST_CASE(an_entry_of_another_size_is_an_error) {
  answer(peer, log, {http_reply("200 OK", batch_json(entry_json(object_of('a', 99))))});
  const auto answers = ask({a});

  BOOST_CHECK(answers.at(0).object == a);
  BOOST_TEST(answers[0].error.value().code == 422);
}

BOOST_AUTO_TEST_CASE(an_error_without_a_size_belongs_to_its_oid) {
  const std::string entry = R"({"oid":")" + a.oid.hex() + R"(","error":{"code":410,"message":"gone"}})";
  answer(peer, log, {http_reply("200 OK", batch_json(entry))});
  const auto answers = ask({a});

  BOOST_CHECK(answers.at(0).object == a);
  BOOST_TEST(answers[0].error.value().code == 410);
}

BOOST_AUTO_TEST_CASE(an_object_asked_for_twice_is_answered_twice) {
  answer(peer, log, {http_reply("200 OK", batch_json(entry_json(a)))});
  const auto answers = ask({a, a});

  BOOST_TEST((!answers.at(0).error && !answers.at(1).error));
}

BOOST_AUTO_TEST_CASE(many_objects_take_several_calls) {
  answer(peer, log,
         {http_reply("200 OK", batch_json(entry_json(a) + "," + entry_json(b))),
          http_reply("200 OK", batch_json(entry_json(c)))});
  const auto answers = ask({a, b, c}, {.at_once = 2});

  peer.join();
  BOOST_TEST(answers.size() == 3U);
  BOOST_TEST(log.at(0).body.find(c.oid.hex()) == std::string::npos);
  BOOST_TEST(log.at(1).body.find(a.oid.hex()) == std::string::npos);
  BOOST_CHECK(answers.at(2).object == c);
}

BOOST_AUTO_TEST_CASE(nothing_to_ask_is_not_asked) {
  BOOST_TEST(ask({}).empty());
  BOOST_TEST(peer.connections() == 0U);
}

BOOST_AUTO_TEST_CASE(a_call_that_is_too_large_is_halved_for_good) {
  const std::string too_large = http_reply("413 Too Large", "");
  answer(peer, log, {too_large, too_large});
  for (const lfs_object& each : {a, b, c, d}) answer(peer, log, {http_reply("200 OK", batch_json(entry_json(each)))});
  const auto answers = ask({a, b, c, d});

  peer.join();
  BOOST_TEST(log.size() == 6U);
  BOOST_TEST(log.at(1).body.find(b.oid.hex()) != std::string::npos);
  BOOST_TEST(log.at(1).body.find(c.oid.hex()) == std::string::npos);
  BOOST_CHECK(answers.at(3).object == d);
}

BOOST_AUTO_TEST_CASE(one_object_that_is_too_large_is_a_failure) {
  answer(peer, log, {http_reply("413 Too Large", "")});
  BOOST_TEST(name_of(ask_in_vain()) == "payload_too_large");
}

BOOST_AUTO_TEST_CASE(statuses_have_their_meaning) {
  struct row {
    const char* status;
    const char* code;
  };
  for (const row& r : {row{"404 Not Found", "lfs_unavailable"}, row{"501 Not Implemented", "lfs_unavailable"},
                       row{"401 Unauthorized", "unauthorized"}, row{"403 Forbidden", "forbidden"},
                       row{"429 Slow Down", "rate_limited"}, row{"500 Oops", "server_failed"},
                       row{"507 Full", "forbidden"}, row{"307 Elsewhere", "redirect_refused"}}) {
    answer(peer, log, {http_reply(r.status, R"({"message":"because"})", "Location: /other\r\n")});
    const failure why = ask_in_vain();
    BOOST_TEST_CONTEXT(r.status) {
      BOOST_TEST(name_of(why) == r.code);
      BOOST_TEST(why.detail().find("because") != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_404_hints_at_name_and_token) {
  answer(peer, log, {http_reply("404 Not Found", "")});
  BOOST_TEST(ask_in_vain().hint().find("token") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(a_page_is_not_a_batch_reply) {
  answer(peer, log, {http_reply("200 OK", "<html>please log in</html>")});
  BOOST_TEST(name_of(ask_in_vain()) == "bad_batch_reply");
}

BOOST_AUTO_TEST_CASE(a_reply_beyond_the_limit_is_not_read_on) {
  answer(peer, log, {http_reply("200 OK", std::string(lfs::batch_reply_limit(1).as_size() + 1, ' '))});
  BOOST_TEST(name_of(ask_in_vain()) == "limit_exceeded");
}

BOOST_AUTO_TEST_CASE(a_reply_that_breaks_off_is_a_lost_connection) {
  peer.script([&](peer_link& link) {
    hear(link, log);
    link.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"objects\":[]}");
  });
  BOOST_TEST(name_of(ask_in_vain()) == "connection_lost");
}

BOOST_AUTO_TEST_CASE(modelscope_s_store_gets_the_token_as_it_wants_it) {
  struct row {
    const char* host;
    bool ours;
  };
  for (const row& each : {row{"127.0.0.1", true}, row{"lfs.127.0.0.1.example", false},
                          row{"evil127.0.0.1.example", false}, row{"bucket.aliyuncs.com", false}}) {
    const std::string upload =
        R"(,"actions":{"upload":{"href":"http://)" + std::string(each.host) + R"(:1/x","upload_header":{}}})";
    answer(peer, log, {http_reply("200 OK", R"({"Code":200,"Data":)" + batch_json(entry_json(a, upload)) + "}")});
    const auto answers = ask({a});
    BOOST_TEST_CONTEXT(each.host) {
      const auto& header = answers.at(0).upload.value().header;
      BOOST_TEST_REQUIRE(header.size() == (each.ours ? 2U : 0U));
      if (!each.ours) continue;
      BOOST_TEST(header[0].name == "Authorization");
      BOOST_TEST(header[0].value.reveal() == "Bearer canary");
      BOOST_TEST(header[1].name == "Cookie");
      BOOST_TEST(header[1].value.reveal() == "m_session_id=canary");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_standard_reply_s_action_gets_no_token_and_no_cookie) {
  answer(peer, log, {http_reply("200 OK", batch_json(entry_json(a, R"(,"actions":{"upload":{"href":"/up"}})")))});
  BOOST_TEST(ask({a}).at(0).upload.value().header.empty());
}

BOOST_AUTO_TEST_SUITE_END()
