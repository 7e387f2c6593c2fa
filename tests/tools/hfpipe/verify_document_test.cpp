#include "tools/hfpipe/verify_document.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/tools/hfpipe/verify_reports.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;
namespace json = boost::json;

namespace verify_document_test {

json::value written(const verify_report& report) {
  std::ostringstream out;
  write_document(out, report);
  return json::parse(out.str());
}

}  // namespace verify_document_test

BOOST_AUTO_TEST_SUITE(verify_document_test)

BOOST_AUTO_TEST_CASE(the_members_are_exactly_the_contract) {
  std::vector<std::string> keys;
  const auto all = written(testing::different_report());
  for (const auto& member : all.as_object()) keys.emplace_back(member.key());
  const std::vector<std::string> wanted{
      "schema",        "ok",  "exit_code", "error",   "source",       "target",      "differences",
      "refs",          "lfs", "pack",      "retries", "wall_seconds", "cpu_seconds", "peak_buffer_bytes",
      "peak_rss_bytes"};
  BOOST_TEST(keys == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_difference_says_what_either_side_has) {
  const auto all = written(testing::different_report());
  const std::string one(40, '1'), two(40, '2'), a(64, 'a'), b(64, 'b');
  const auto wanted = json::parse(R"([{"kind":"ref","name":"refs/heads/dev","source":")" + two + R"(","target":""},)" +
                                  R"({"kind":"ref","name":"refs/heads/gone","source":"","target":")" + one + R"("},)" +
                                  R"({"kind":"ref","name":"refs/heads/main","source":")" + two + R"(","target":")" +
                                  one + R"("},)" + R"({"kind":"object","name":")" + a +
                                  R"(","source":"100","target":""},)" + R"({"kind":"object","name":")" + b +
                                  R"(","source":"100","target":"content does not match its digest: got 12"}])");
  BOOST_TEST(all.at("differences") == wanted);
  BOOST_TEST(!all.at("ok").as_bool());
  BOOST_TEST(all.at("exit_code").as_int64() == 12);
}

BOOST_AUTO_TEST_CASE(what_neither_side_has_is_told_apart_from_the_differences) {
  const auto all = written(testing::same_report());
  BOOST_TEST(all.at("ok").as_bool());
  BOOST_TEST(all.at("differences").as_array().empty());
  BOOST_TEST(all.at("lfs").at("missing").at(0).at("oid").as_string() == std::string(64, 'c'));
}

BOOST_AUTO_TEST_SUITE_END()
