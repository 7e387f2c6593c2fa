#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <vector>

#include "protocol/platform/gitea.hpp"
#include "protocol/platform/gitlab.hpp"
#include "protocol/platform/hub.hpp"
#include "protocol/platform/modelscope.hpp"

using namespace hfpipe;
using namespace hfpipe::platform;

namespace host_replies_test {

const repository_place nested{"", "group/sub", "na me"};
const repository_place data{"datasets", "o", "n"};
const mirror_source from{http::url::parse("https://hub.example/o/n?sig=no").value(), "us/er", secret("to@ken")};

std::string body_of(const api_call& call) {
  return std::string(call.body.reveal());
}

template <class T>
std::string code_of(const outcome<T>& read) {
  return read ? "read" : std::string(facts_of(read.error().code()).name);
}

}  // namespace host_replies_test

BOOST_AUTO_TEST_SUITE(host_replies_test)

BOOST_AUTO_TEST_CASE(gitlab_s_project_is_one_encoded_segment) {
  BOOST_TEST(gitlab::find_project(nested).path == "/projects/group%2Fsub%2Fna%20me");
  BOOST_TEST(gitlab::start_update(nested).path == "/projects/group%2Fsub%2Fna%20me/mirror/pull");
  BOOST_TEST(gitlab::find_namespace(nested).path == "/namespaces/group%2Fsub");
}

BOOST_AUTO_TEST_CASE(gitlab_s_project_is_created_without_a_commit) {
  const api_call call = gitlab::create_project(nested, 7, openness::public_);
  BOOST_TEST(call.method == "POST");
  const auto body = boost::json::parse(body_of(call));
  BOOST_TEST(body.at("namespace_id").as_int64() == 7);
  BOOST_TEST(body.at("visibility").as_string() == "public");
  BOOST_TEST(!body.at("initialize_with_readme").as_bool());
}

BOOST_AUTO_TEST_CASE(gitlab_takes_the_source_s_login_beside_the_url_or_encoded_inside) {
  const auto newer = boost::json::parse(body_of(gitlab::configure_mirror(nested, from)));
  BOOST_TEST(newer.at("url").as_string() == "https://hub.example/o/n");
  BOOST_TEST(newer.at("auth_user").as_string() == "us/er");
  BOOST_TEST(newer.at("auth_password").as_string() == "to@ken");
  const auto older = boost::json::parse(body_of(gitlab::configure_mirror_by_project(nested, from)));
  BOOST_TEST(older.at("import_url").as_string() == "https://us%2Fer:to%40ken@hub.example/o/n");
}

BOOST_AUTO_TEST_CASE(a_public_source_s_mirror_has_no_login) {
  const mirror_source open{from.url, "", {}};
  BOOST_TEST(body_of(gitlab::configure_mirror(nested, open)).find("auth_") == std::string::npos);
  BOOST_TEST(body_of(gitlab::configure_mirror_by_project(nested, open)).find("@") == std::string::npos);
  BOOST_TEST(body_of(gitea::migrate(nested, open)).find("auth_") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(gitlab_s_mirror_is_read_with_nulls) {
  const auto state = gitlab::read_mirror(
      R"({"update_status":"failed","last_error":"2:x\u001b[1m","last_update_at":"b","last_update_started_at":null})");
  BOOST_REQUIRE(state.has_value());
  BOOST_CHECK(state->now == mirror_state::activity::failed);
  BOOST_TEST(state->ended == "b");
  BOOST_TEST(state->started == "");
  BOOST_TEST(state->error.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_edition_that_leaves_the_mirror_out_has_none) {
  BOOST_TEST(gitlab::read_is_mirror(R"({"id":1,"mirror":true})").value());
  BOOST_TEST(!gitlab::read_is_mirror(R"({"id":1})").value());
}

BOOST_AUTO_TEST_CASE(gitea_creates_at_the_user_or_at_the_organisation) {
  const repository_place place{"", "Me", "n"};
  BOOST_TEST(gitea::create_repository(place, "me", openness::private_).path == "/user/repos");
  BOOST_TEST(gitea::create_repository(place, "you", openness::private_).path == "/orgs/Me/repos");
}

BOOST_AUTO_TEST_CASE(gitea_s_mirror_is_private_and_has_lfs) {
  const auto body = boost::json::parse(body_of(gitea::migrate({"", "o", "n"}, from)));
  BOOST_TEST(body.at("mirror").as_bool());
  BOOST_TEST(body.at("lfs").as_bool());
  BOOST_TEST(body.at("private").as_bool());
  BOOST_TEST(body.at("auth_password").as_string() == "to@ken");
}

BOOST_AUTO_TEST_CASE(only_a_mirror_of_gitea_s_without_an_update_was_not_pulled) {
  const auto pulled = [](std::string_view body) { return gitea::read_repository(body).value().pulled; };
  BOOST_TEST(pulled(R"({"private":true,"mirror":true,"mirror_updated":"2026-03-01T10:00:00Z"})"));
  BOOST_TEST(pulled(R"({"private":true,"mirror":true})"));
  BOOST_TEST(pulled(R"({"private":true,"mirror":false,"mirror_updated":"0001-01-01T00:00:00Z"})"));
  BOOST_TEST(!pulled(R"({"private":true,"mirror":true,"mirror_updated":"0001-01-01T00:00:00Z"})"));
}

BOOST_AUTO_TEST_CASE(only_what_the_hub_calls_neither_private_nor_gated_is_open) {
  const auto open = [](std::string_view text) { return hub::read_repository(text).value().open == openness::public_; };
  BOOST_TEST(open(R"({"private":false,"gated":false})"));
  BOOST_TEST(open(R"({"private":false})"));
  BOOST_TEST(!open(R"({"private":true,"gated":false})"));
  BOOST_TEST(!open(R"({"private":false,"gated":"manual"})"));
  BOOST_TEST(!open("{}"));
}

BOOST_AUTO_TEST_CASE(the_hub_s_kinds_are_named_in_the_body) {
  BOOST_TEST(hub::find_repository(data).path == "/datasets/o/n");
  BOOST_TEST(body_of(hub::create_repository(data, openness::private_)).find(R"("type":"dataset")") !=
             std::string::npos);
  BOOST_TEST(body_of(hub::create_repository({"models", "o", "n"}, openness::private_)).find("type") ==
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(modelscope_s_envelope_decides) {
  BOOST_TEST(code_of(modelscope::read_created(R"({"Code":200})")) == "read");
  BOOST_TEST(code_of(modelscope::read_created(R"({"Code":10030000001,"Message":"user not logged in"})")) ==
             "unauthorized");
  BOOST_TEST(code_of(modelscope::read_created(R"({"Code":5})")) == "unexpected_status");
  BOOST_TEST(!modelscope::read_repository(R"({"Code":404})").value().has_value());
  const auto open = modelscope::read_repository(R"({"Code":200,"Data":{"Visibility":5}})").value();
  BOOST_CHECK(open.value().open == openness::public_);
  const auto hidden = modelscope::read_repository(R"({"Code":200,"Data":{"Visibility":3}})").value();
  BOOST_CHECK(hidden.value().open == openness::private_);
}

BOOST_AUTO_TEST_CASE(modelscope_s_data_sets_are_a_form_and_studios_nothing) {
  const auto form = modelscope::create_repository(data, openness::public_).value();
  BOOST_TEST(form.content_type.starts_with("multipart/form-data; boundary="));
  BOOST_TEST(body_of(form).find("name=\"Visibility\"\r\n\r\n5\r\n") != std::string::npos);
  BOOST_TEST(code_of(modelscope::create_repository({"studios", "o", "n"}, openness::public_)) == "forbidden");
}

BOOST_AUTO_TEST_CASE(what_is_no_such_reply_is_refused) {
  for (const char* text : {"", "[]", "<html>", "{\"a\":", "\"x\""}) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(code_of(gitlab::read_project(text)) == "remote_error");
      BOOST_TEST(code_of(gitlab::read_mirror(text)) == "remote_error");
      BOOST_TEST(code_of(gitea::read_repository(text)) == "remote_error");
      BOOST_TEST(code_of(hub::read_repository(text)) == "remote_error");
      BOOST_TEST(code_of(modelscope::read_repository(text)) == "remote_error");
    }
  }
  BOOST_TEST(code_of(gitlab::read_namespace(R"({"id":-1})")) == "remote_error");
  BOOST_TEST(code_of(gitlab::read_mirror("{}")) == "remote_error");
  BOOST_TEST(code_of(gitea::read_repository("{}")) == "remote_error");
  BOOST_TEST(code_of(gitea::read_user("{}")) == "remote_error");
}

BOOST_AUTO_TEST_SUITE_END()
