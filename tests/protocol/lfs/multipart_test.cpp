#include "protocol/lfs/multipart.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/lfs/batch.hpp"

using namespace hfpipe;
using namespace std::chrono_literals;

namespace multipart_test {

const std::string oid(64, 'a');
const http::url base = http::url::parse("https://host.example/o/n.git/info/lfs/objects/batch").value();

/// A reply about one object of ten bytes with these actions.
outcome<lfs::batch_reply> reply_with(const std::string& actions, const std::string& transfer = "multipart") {
  const std::string text = R"({"transfer":")" + transfer + R"(","objects":[{"oid":")" + oid +
                           R"(","size":10,"actions":{)" + actions + "}}]}";
  return lfs::parse_batch_reply(text, base, lfs::upload_offer::in_parts);
}

std::string hub_actions(const std::string& header) {
  return R"("upload":{"href":"/api/complete_multipart?uploadId=x","expires_in":60,"header":{)" + header + "}}";
}

outcome<lfs::batch_reply> hub(const std::string& header) {
  return reply_with(hub_actions(header));
}

outcome<lfs::batch_reply> giftless(const std::string& parts) {
  return reply_with(R"("parts":[)" + parts + "]", "multipart-basic");
}

lfs::multipart_plan plan_of(outcome<lfs::batch_reply> reply) {
  lfs::batch_entry entry = std::move(reply).value().entries.at(0);
  BOOST_TEST_REQUIRE(entry.parts.has_value());
  BOOST_TEST(!entry.upload.has_value());
  return std::move(*entry.parts);
}

std::vector<std::uint64_t> sizes_of(const lfs::multipart_plan& plan) {
  std::vector<std::uint64_t> sizes;
  for (const lfs::upload_part& part : plan.parts) sizes.push_back(part.size.value());
  return sizes;
}

bool is_bad(const outcome<lfs::batch_reply>& reply) {
  return reply.has_error() && reply.error().code() == errc::bad_batch_reply;
}

const std::string three_parts =
    R"("chunk_size":"4","00002":"https://s3/2?X=2","00001":"https://s3/1","00003":"https://s3/3")";

}  // namespace multipart_test

BOOST_AUTO_TEST_SUITE(multipart_test)

BOOST_AUTO_TEST_CASE(the_hub_s_parts_are_its_numbered_headers_in_order) {
  const lfs::multipart_plan plan = plan_of(hub(three_parts + R"(,"X-Id":"7")"));

  BOOST_TEST((plan.form == lfs::multipart_form::hub));
  BOOST_TEST((sizes_of(plan) == std::vector<std::uint64_t>{4, 4, 2}));
  BOOST_TEST(plan.parts[1].where.href.target().reveal() == "/2?X=2");
  BOOST_TEST(plan.parts[1].method == "PUT");
  BOOST_TEST(plan.parts[1].where.header.empty());
  BOOST_CHECK(plan.parts[2].where.expires_in == 60s);
  BOOST_TEST(plan.commit->where.href.shown() == "https://host.example/api/complete_multipart");
  BOOST_TEST(plan.commit->method == "POST");
  BOOST_TEST_REQUIRE(plan.commit->where.header.size() == 1U);  // what is neither a part nor their size
  BOOST_TEST(plan.commit->where.header[0].name == "X-Id");
  BOOST_TEST(!plan.init.has_value());
  BOOST_TEST(!plan.abort.has_value());
  BOOST_TEST(plan.obstacle == "");
}

BOOST_AUTO_TEST_CASE(the_hub_s_parts_are_exactly_the_object) {
  struct row {
    const char* header;
    bool good;
  };
  for (const row& each : {
           row{R"("chunk_size":"10","1":"/1")", true},
           row{R"("chunk_size":"11","1":"/1")", true},
           row{R"("chunk_size":"9","1":"/1","2":"/2")", true},
           row{R"("chunk_size":"9","1":"/1")", false},
           row{R"("chunk_size":"9","2":"/2")", false},
           row{R"("chunk_size":"10","1":"/1","2":"/2")", false},
           row{R"("chunk_size":"9","0":"/0","1":"/1","2":"/2")", false},
           row{R"("chunk_size":"9","1":"/1","01":"/1","2":"/2")", false},
           row{R"("chunk_size":"9","1":"/1","99999999999999999999":"/2")", false},
           row{R"("chunk_size":"0","1":"/1")", false},
           row{R"("chunk_size":"-4","1":"/1")", false},
           row{R"("chunk_size":"4 ","1":"/1","2":"/2","3":"/3")", false},
           row{R"("chunk_size":"","1":"/1")", false},
           row{R"("chunk_size":"99999999999999999999","1":"/1")", false},
           row{R"("chunk_size":4,"1":"/1")", false},
           row{R"("chunk_size":"10","1":"")", false},
           row{R"("chunk_size":"10","1":"file:///x")", false},
           row{R"("chunk_size":"10","1":"/a\r\nHost: b")", false},
       }) {
    BOOST_TEST_CONTEXT(each.header) BOOST_TEST(is_bad(hub(each.header)) == !each.good);
  }
}

BOOST_AUTO_TEST_CASE(a_part_over_plain_http_is_refused) {
  const auto reply = hub(R"("chunk_size":"10","1":"http://s3/1")");
  BOOST_TEST_REQUIRE(reply.has_error());
  BOOST_CHECK(reply.error().code() == errc::insecure_refused);
}

BOOST_AUTO_TEST_CASE(an_object_of_more_parts_than_a_store_takes_is_refused) {
  const auto reply_of_size = [](std::uint64_t size) {
    return lfs::parse_batch_reply(R"({"objects":[{"oid":")" + oid + R"(","size":)" + std::to_string(size) +
                                      R"(,"actions":{"upload":{"href":"/c","header":{"chunk_size":"1"}}}}]})",
                                  base, lfs::upload_offer::in_parts);
  };
  BOOST_TEST(reply_of_size(10'000).error().detail() == "a part is missing");
  BOOST_TEST(reply_of_size(10'001).error().detail() == "an object of more parts than any store takes");
  BOOST_TEST(is_bad(reply_of_size(0)));
}

BOOST_AUTO_TEST_CASE(giftless_names_a_call_for_everything) {
  const lfs::multipart_plan plan = plan_of(reply_with(
      R"("init":{"href":"/init","body":"<start/>"},"commit":{"href":"/commit","method":"PUT","body":"<list/>",)"
      R"("header":{"X-List":"1"}},"abort":{"href":"/abort","method":"DELETE"},"verify":{"href":"/verify"},)"
      R"("parts":[{"href":"/p2","pos":4,"header":{"X-Part":"2"},"expires_in":9},{"href":"/p1","size":4,"method":"POST"}])",
      "multipart-basic"));

  BOOST_TEST((plan.form == lfs::multipart_form::giftless));
  BOOST_TEST((sizes_of(plan) == std::vector<std::uint64_t>{4, 6}));
  BOOST_TEST(plan.parts[0].where.href.path() == "/p1");
  BOOST_TEST(plan.parts[0].method == "POST");
  BOOST_TEST(plan.parts[1].method == "PUT");
  BOOST_CHECK(plan.parts[1].where.expires_in == 9s);
  BOOST_TEST(plan.parts[1].where.header.at(0).name == "X-Part");
  BOOST_TEST(plan.init->method == "POST");
  BOOST_TEST(plan.init->body == "<start/>");
  BOOST_TEST(plan.commit->method == "PUT");
  BOOST_TEST(plan.commit->body == "<list/>");
  BOOST_TEST(plan.commit->where.header.size() == 1U);
  BOOST_TEST(plan.abort->method == "DELETE");
}

BOOST_AUTO_TEST_CASE(giftless_parts_lie_inside_the_object_and_apart) {
  struct row {
    const char* parts;
    bool good;
  };
  for (const row& each : {
           row{R"({"href":"/1"})", true},
           row{R"({"href":"/1","pos":0,"size":10})", true},
           row{R"({"href":"/1","size":11})", false},
           row{R"({"href":"/1","size":0})", false},
           row{R"({"href":"/1","size":-1})", false},
           row{R"({"href":"/1","pos":10})", false},
           row{R"({"href":"/1","pos":5,"size":6})", false},
           row{R"({"href":"/1","pos":9223372036854775807,"size":9223372036854775807})", false},
           row{R"({"href":"/1","size":6},{"href":"/2","pos":5})", false},
           row{R"({"href":"/1"},{"href":"/2"})", false},
           row{R"({"href":"/1","method":"GET"})", false},
           row{R"({"href":"/1","method":"PUT /x HTTP/1.1\r\n"})", false},
           row{R"({"href":"ftp://h/1"})", false},
           row{"7", false},
       }) {
    BOOST_TEST_CONTEXT(each.parts) BOOST_TEST(is_bad(giftless(each.parts)) == !each.good);
  }
}

BOOST_AUTO_TEST_CASE(a_plan_that_a_stream_cannot_follow_says_why) {
  for (const char* parts :
       {R"({"href":"/1","size":4})", R"({"href":"/1","pos":4})", "", R"({"href":"/1","size":3},{"href":"/2","pos":4})",
        R"({"href":"/1","want_digest":"contentMD5"})"}) {
    BOOST_TEST_CONTEXT(parts) {
      const lfs::multipart_plan plan = plan_of(giftless(parts));
      BOOST_TEST(plan.obstacle != "");
      BOOST_TEST(plan.parts.empty());
    }
  }
  BOOST_TEST(plan_of(giftless(R"({"href":"/1","want_digest":""})")).obstacle == "");
}

BOOST_AUTO_TEST_CASE(a_basic_upload_is_no_plan) {
  for (const char* actions : {R"("upload":{"href":"/up","header":{"X":"1"}},"verify":{"href":"/v"})", ""}) {
    const auto entry = reply_with(actions, "basic").value().entries.at(0);
    BOOST_TEST(!entry.parts.has_value());
  }
  BOOST_TEST(reply_with(R"("upload":{"href":"/up"})").value().entries.at(0).upload.has_value());
}

BOOST_AUTO_TEST_CASE(who_offered_no_parts_gets_none) {
  const std::string text = R"({"objects":[{"oid":")" + oid + R"(","size":10,"actions":{)" + hub_actions(three_parts);
  const auto entry = lfs::parse_batch_reply(text + "}}]}", base).value().entries.at(0);
  BOOST_TEST(!entry.parts.has_value());
  BOOST_TEST(entry.upload.has_value());
  for (const std::string transfer : {"multipart", "multipart-basic"}) {
    BOOST_TEST(is_bad(lfs::parse_batch_reply(R"({"transfer":")" + transfer + R"(","objects":[]})", base)));
  }
  BOOST_TEST(is_bad(reply_with("", "tus")));
}

BOOST_AUTO_TEST_CASE(an_offer_names_what_is_liked_best_first) {
  const std::vector<lfs_object> none;
  const std::string request =
      lfs::make_batch_request(lfs::operation::upload, none, nullptr, lfs::upload_offer::in_parts);
  BOOST_TEST(request.find(R"("transfers":["multipart","multipart-basic","basic"])") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_completion_lists_the_etags_as_they_were_given) {
  const lfs_object object{lfs_oid::from_hex(oid).value(), byte_count(10)};
  const std::vector<std::string> etags{"\"1a\"", "W/\"2b\""};
  BOOST_TEST(lfs::make_completion(object, etags) ==
             R"({"oid":")" + oid +
                 R"(","parts":[{"partNumber":1,"etag":"\"1a\""},{"partNumber":2,"etag":"W/\"2b\""}]})");
}

BOOST_AUTO_TEST_SUITE_END()
