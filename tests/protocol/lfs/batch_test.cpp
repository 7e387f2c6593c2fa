#include "protocol/lfs/batch.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace std::chrono_literals;

namespace batch_test {

const std::string oid_a(64, 'a');
const std::string oid_b(64, 'b');
const http::url base = http::url::parse("https://host.example/o/n.git/info/lfs/objects/batch").value();

lfs_object object(const std::string& hex, std::uint64_t size) {
  return {lfs_oid::from_hex(hex).value(), byte_count(size)};
}

/// A reply whose only entry ends with `members` behind its oid and size.
std::string reply_with(const std::string& members) {
  return R"({"objects":[{"oid":")" + oid_a + R"(","size":5)" + members + "}]}";
}

std::string action_with(const std::string& members) {
  return reply_with(R"(,"actions":{"download":{)" + members + "}}");
}

outcome<lfs::batch_reply> parse(std::string_view text) {
  return lfs::parse_batch_reply(text, base);
}

lfs::batch_entry only_entry(std::string_view text) {
  auto entries = parse(text).value().entries;
  BOOST_REQUIRE(entries.size() == 1U);
  return std::move(entries.front());
}

bool is_bad(std::string_view text) {
  const auto read = parse(text);
  return read.has_error() && read.error().code() == errc::bad_batch_reply;
}

}  // namespace batch_test

BOOST_AUTO_TEST_SUITE(batch_test)

BOOST_AUTO_TEST_CASE(a_request_is_what_git_lfs_sends) {
  const std::vector<lfs_object> objects{object(oid_a, 5), object(oid_b, 1ULL << 40)};
  const ref_name ref = ref_name::parse("refs/heads/ma\"in").value();
  BOOST_TEST(lfs::make_batch_request(lfs::operation::upload, objects, &ref) ==
             R"({"operation":"upload","transfers":["basic"],"ref":{"name":"refs/heads/ma\"in"},"objects":[{"oid":")" +
                 oid_a + R"(","size":5},{"oid":")" + oid_b + R"(","size":1099511627776}],"hash_algo":"sha256"})");
}

BOOST_AUTO_TEST_CASE(trap_08_a_request_without_a_ref_does_not_name_one) {
  const std::vector<lfs_object> objects{object(oid_a, 5)};
  BOOST_TEST(lfs::make_batch_request(lfs::operation::download, objects, nullptr) ==
             R"({"operation":"download","transfers":["basic"],"objects":[{"oid":")" + oid_a +
                 R"(","size":5}],"hash_algo":"sha256"})");
}

BOOST_AUTO_TEST_CASE(a_verify_request_names_oid_and_size) {
  BOOST_TEST(lfs::make_verify_request(object(oid_a, 5)) == R"({"oid":")" + oid_a + R"(","size":5})");
}

BOOST_AUTO_TEST_CASE(the_standard_reply_is_read) {
  const auto entry = only_entry(R"({"transfer":"basic","hash_algo":"sha256","objects":[{"oid":")" + oid_a +
                                R"(","size":123,"authenticated":true,"actions":{
      "upload":{"href":"https://up/1","header":{"Key":"value"},"expires_in":60,"expires_at":"2016-11-10T15:29:07Z"},
      "verify":{"href":"https://verify/1"}}}]})");
  BOOST_CHECK(entry.object == object(oid_a, 123));
  BOOST_TEST(!entry.download.has_value());
  BOOST_TEST(!entry.error.has_value());
  BOOST_REQUIRE(entry.upload.has_value());
  BOOST_TEST(entry.upload->href.shown() == "https://up/1");
  BOOST_REQUIRE(entry.upload->header.size() == 1U);
  BOOST_TEST(entry.upload->header[0].name == "Key");
  BOOST_TEST(entry.upload->header[0].value.reveal() == "value");
  BOOST_CHECK(entry.upload->expires_in == 60s);
  BOOST_TEST(entry.upload->expires_at.has_value());
  BOOST_REQUIRE(entry.verify.has_value());
  BOOST_TEST(entry.verify->href.shown() == "https://verify/1");
}

BOOST_AUTO_TEST_CASE(a_signed_url_of_the_hub_keeps_its_query) {
  const auto entry = only_entry(action_with(
      R"("href":"https://cas-bridge.xethub.hf.co/xet-bridge-us/65/0a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=cas%2F20260325%2Fus-east-1&response-content-disposition=inline%3B+filename%3D%22a.bin%22&Policy=eyJ_-~&Signature=Q~Ag__","header":{},"expires_in":3600)"));
  BOOST_TEST(entry.download->href.target().reveal().ends_with("&Policy=eyJ_-~&Signature=Q~Ag__"));
  BOOST_TEST(entry.download->href.shown() == "https://cas-bridge.xethub.hf.co/xet-bridge-us/65/0a");
}

BOOST_AUTO_TEST_CASE(gitlab_s_chunked_header_is_kept) {
  const auto entry = only_entry(reply_with(
      R"(,"actions":{"upload":{"href":"https://gitlab/o/n.git/gitlab-lfs/objects/x/5","header":{"Authorization":"Basic eA==","Content-Type":"application/octet-stream","Transfer-Encoding":"chunked"}}})"));
  BOOST_REQUIRE(entry.upload->header.size() == 3U);
  BOOST_TEST(entry.upload->header[2].name == "Transfer-Encoding");
  BOOST_TEST(!entry.upload->expires_in.has_value());
}

BOOST_AUTO_TEST_CASE(gitea_s_ways_to_say_nothing_are_absent) {
  for (const char* members :
       {R"(,"actions":null)", R"(,"actions":{})", "", R"(,"actions":{"upload":null},"error":null)"}) {
    BOOST_TEST_CONTEXT(members) {
      const auto entry = only_entry(reply_with(members));
      BOOST_TEST(!entry.upload.has_value());
      BOOST_TEST(!entry.error.has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(an_action_without_a_usable_lifetime_does_not_expire) {
  for (const char* life :
       {R"("expires_at":"0001-01-01T00:00:00Z")", R"("expires_at":null,"expires_in":null)", R"("expires_in":0)",
        R"("expires_in":-5)", R"("expires_in":"60")", R"("expires_at":17)", R"("header":null)"}) {
    BOOST_TEST_CONTEXT(life) {
      const auto entry = only_entry(action_with(R"("href":"https://h/x",)" + std::string(life)));
      BOOST_TEST(!entry.download->expires_in.has_value());
      BOOST_TEST(!entry.download->expires_at.has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_lifetime_beyond_the_schema_is_its_bound) {
  const auto entry = only_entry(action_with(R"("href":"https://h/x","expires_in":9223372036854775807)"));
  BOOST_CHECK(entry.download->expires_in == std::chrono::seconds(2147483647));
}

BOOST_AUTO_TEST_CASE(modelscope_s_envelope_is_taken_off) {
  const auto entry = only_entry(R"({"Code":200,"Success":true,"Data":{"objects":[{"oid":")" + oid_a +
                                R"(","size":5,"actions":{"upload":{"href":"https://lfs.modelscope.cn/x","offset":0,
      "upload_header":{"Range":"bytes=0-"},"upload_parameters":{}}}}],"reused-objects":[]}})");
  BOOST_TEST(entry.upload->href.shown() == "https://lfs.modelscope.cn/x");
  BOOST_TEST(entry.upload->header.empty());
  const auto nothing = parse(R"({"Code":200,"Data":{"objects":[]}})").value();
  BOOST_TEST(nothing.entries.empty());
  BOOST_TEST(nothing.enveloped);
  BOOST_TEST(!parse(R"({"Data":{"objects":[]},"objects":[]})").value().enveloped);
}

BOOST_AUTO_TEST_CASE(entries_stay_in_the_server_s_order_and_strangers_are_kept) {
  const auto entries =
      parse(R"({"objects":[{"oid":")" + oid_b + R"(","size":1},{"oid":")" + oid_a + R"(","size":2}]})").value().entries;
  BOOST_REQUIRE(entries.size() == 2U);
  BOOST_CHECK(entries[0].object == object(oid_b, 1));
  BOOST_CHECK(entries[1].object == object(oid_a, 2));
}

BOOST_AUTO_TEST_CASE(an_object_s_error_is_read_and_cleaned) {
  const auto entry = only_entry(reply_with(R"(,"error":{"code":422,"message":"too\u001b[1m big\n"})"));
  BOOST_TEST(entry.error->code == 422);
  BOOST_TEST(entry.error->message == "too\\x1b[1m big");
}

BOOST_AUTO_TEST_CASE(an_error_needs_neither_size_nor_message) {
  const auto entry = only_entry(R"({"objects":[{"oid":")" + oid_a + R"(","error":{"code":404}}]})");
  BOOST_TEST(entry.error->code == 404);
}

BOOST_AUTO_TEST_CASE(a_relative_href_belongs_to_the_api_s_host) {
  const auto entry = only_entry(action_with(R"("href":"/lfs/x?t=1")"));
  BOOST_TEST(entry.download->href.shown() == "https://host.example/lfs/x");
}

BOOST_AUTO_TEST_CASE(an_href_that_cannot_be_used_is_refused) {
  for (const char* href : {R"("href":"file:///etc/passwd")", R"("href":"ftp://h/x")", R"("href":"ssh://git@h/x")",
                           R"("href":"https://u:p@h/x")", R"("href":"https://h/\r\nHost: x")", R"("href":"")",
                           R"("href":null)", R"("href":7)", R"("header":{})"}) {
    BOOST_TEST_CONTEXT(href) BOOST_TEST(is_bad(action_with(href)));
  }
}

BOOST_AUTO_TEST_CASE(a_header_that_would_inject_another_is_refused) {
  for (const char* header :
       {R"({"X":"a\r\nY: b"})", R"({"X":"a\nb"})", R"({"X":"a\u0000"})", R"({"X":"\u007f"})", R"({"X: y":"a"})",
        R"({"X\r\nY":"a"})", R"({"":"a"})", R"({"X":5})", R"({"X":null})", R"(["X"])"}) {
    BOOST_TEST_CONTEXT(header)
    BOOST_TEST(is_bad(action_with(R"("href":"https://h/x","header":)" + std::string(header))));
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_a_batch_reply_is_refused) {
  for (const char* text :
       {"", "<html>login</html>", "[]", "null", "{}", R"({"objects":null})", R"({"objects":{}})", R"({"objects":[)",
        R"({"message":"no"})", R"({"Data":[]})", R"({"objects":[1]})", R"({"objects":[null]})", R"({"objects":[{}]})",
        R"({"objects":[]} x)", R"({"transfer":"multipart","objects":[]})", R"({"transfer":5,"objects":[]})"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(is_bad(text));
  }
}

BOOST_AUTO_TEST_CASE(a_broken_entry_is_refused) {
  for (const char* members : {R"("oid":"short","size":5)", R"("oid":5,"size":5)", R"("size":5)",
                              R"("oid":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","size":5)"}) {
    BOOST_TEST_CONTEXT(members) BOOST_TEST(is_bad(R"({"objects":[{)" + std::string(members) + "}]}"));
  }
  for (const char* members : {R"(,"actions":[])", R"(,"actions":{"upload":[]})", R"(,"error":"no")"}) {
    BOOST_TEST_CONTEXT(members) BOOST_TEST(is_bad(reply_with(members)));
  }
}

BOOST_AUTO_TEST_CASE(a_size_that_is_no_amount_is_refused) {
  for (const char* size : {"-1", "1.5", "9223372036854775808", "99999999999999999999", "1e3", "\"5\"", "true"}) {
    BOOST_TEST_CONTEXT(size) BOOST_TEST(is_bad(R"({"objects":[{"oid":")" + oid_a + R"(","size":)" + size + "}]}"));
  }
  BOOST_TEST(is_bad(R"({"objects":[{"oid":")" + oid_a + R"("}]})"));
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_refused) {
  BOOST_TEST(is_bad(R"({"objects":[],"x":)" + std::string(1'000'000, '[')));
}

BOOST_AUTO_TEST_CASE(a_reply_cut_anywhere_is_refused) {
  const std::string whole = reply_with(R"(,"actions":{"upload":{"href":"https://h/x"}})");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    BOOST_TEST_CONTEXT(length) BOOST_TEST(is_bad(whole.substr(0, length)));
  }
}

BOOST_AUTO_TEST_CASE(more_entries_than_the_limit_are_refused) {
  const std::string entry = R"({"oid":")" + oid_a + R"(","size":5})";
  std::string full = R"({"objects":[)" + entry;
  for (std::size_t i = 1; i < lfs::batch_entry_limit; ++i) full += ',' + entry;
  BOOST_TEST(parse(full + "]}").value().entries.size() == lfs::batch_entry_limit);
  BOOST_TEST(is_bad(full + ',' + entry + "]}"));
}

BOOST_AUTO_TEST_CASE(a_refusal_never_repeats_a_signed_url_or_a_header) {
  for (const std::string& text :
       {action_with(R"("href":"ftp://h/x?canary")"), action_with(R"("href":"https://canary:canary@h/")"),
        action_with(R"("href":"https://h/x","header":{"A":"canary\n"})")}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(parse(text).error().what().find("canary") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(modelscope_s_refusal_under_200_is_read) {
  BOOST_TEST(lfs::refusal_in(R"({"Code":10030000001,"Message":"user not logged\u0007 in","Success":false})").value() ==
             "user not logged\\x07 in");
  BOOST_TEST(lfs::refusal_in(R"({"Success":false})").value() == "");
}

BOOST_AUTO_TEST_CASE(other_bodies_under_200_are_no_refusal) {
  for (const char* body : {"", "ok", R"({"Code":200,"Data":{},"Message":"success","Success":true})", R"({"Success":0})",
                           R"({"Message":"x"})", "[]", R"({"Success":null})"}) {
    BOOST_TEST_CONTEXT(body) BOOST_TEST(!lfs::refusal_in(body).has_value());
  }
}

BOOST_AUTO_TEST_CASE(an_https_api_does_not_lead_to_plain_http) {
  for (const std::string host : {"host.example", "127.0.0.1:81", "localhost"}) {
    const std::string text = action_with(R"("href":"http://)" + host + R"(/x?sig=canary")");
    const auto read = parse(text);
    BOOST_REQUIRE(read.has_error());
    BOOST_CHECK(read.error().code() == errc::insecure_refused);
    BOOST_TEST(read.error().what().find("canary") == std::string::npos);
    const http::url plain = http::url::parse("http://127.0.0.1/o/n.git/info/lfs/objects/batch").value();
    BOOST_TEST(lfs::parse_batch_reply(text, plain).has_value());
  }
}

BOOST_AUTO_TEST_CASE(an_error_message_shows_no_signature) {
  const auto entry =
      only_entry(reply_with(R"(,"error":{"code":403,"message":"no https://u:canary@cdn/x?sig=canary"})"));
  BOOST_TEST(entry.error->message == "no https://...@cdn/x?...");
}

BOOST_AUTO_TEST_CASE(the_error_of_one_object_at_the_target_means_what_http_means) {
  struct row {
    int status;
    errc code;
  };
  for (const row& r :
       {row{lfs::no_answer, errc::bad_batch_reply}, row{403, errc::object_refused}, row{404, errc::object_refused},
        row{409, errc::object_refused}, row{422, errc::object_refused}, row{429, errc::rate_limited},
        row{500, errc::server_failed}, row{503, errc::server_failed}, row{507, errc::object_refused}}) {
    BOOST_TEST_CONTEXT(r.status) BOOST_CHECK(lfs::code_at_target(r.status) == r.code);
  }
}

BOOST_AUTO_TEST_SUITE_END()
