#include "tools/hfpipe/result_document.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/tools/hfpipe/full_report.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;
namespace json = boost::json;

namespace result_document_test {

std::string written(const run_report& report) {
  std::ostringstream out;
  write_document(out, report);
  return out.str();
}

std::vector<std::string> keys_of(const json::value& object) {
  std::vector<std::string> keys;
  for (const auto& member : object.as_object()) keys.emplace_back(member.key());
  return keys;
}

using keys = std::vector<std::string>;

}  // namespace result_document_test

BOOST_AUTO_TEST_SUITE(result_document_test)

BOOST_AUTO_TEST_CASE(the_members_are_exactly_the_contract) {
  const auto all = json::parse(written(testing::full_report()));
  BOOST_TEST(
      keys_of(all) == (keys{"schema", "ok", "exit_code", "error", "source", "target", "refs", "lfs", "pack", "remote",
                            "retries", "wall_seconds", "cpu_seconds", "peak_buffer_bytes", "peak_rss_bytes"}),
      boost::test_tools::per_element());
  BOOST_TEST(keys_of(all.at("error")) == (keys{"code", "what", "where", "hint", "side"}),
             boost::test_tools::per_element());
  BOOST_TEST(keys_of(all.at("refs").at(0)) == (keys{"ref", "action", "old", "new", "status", "reason"}),
             boost::test_tools::per_element());
  BOOST_TEST(keys_of(all.at("lfs")) ==
                 (keys{"objects", "bytes", "present", "present_bytes", "sent", "sent_bytes", "missing", "failed"}),
             boost::test_tools::per_element());
  BOOST_TEST(keys_of(all.at("lfs").at("missing").at(0)) == (keys{"oid", "size"}), boost::test_tools::per_element());
  BOOST_TEST(keys_of(all.at("lfs").at("failed").at(0)) == (keys{"oid", "size", "why"}),
             boost::test_tools::per_element());
  BOOST_TEST(keys_of(all.at("pack")) == (keys{"bytes", "objects", "fetches"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_value_is_the_reports) {
  const std::string a(64, 'a'), b(64, 'b'), one(40, '1'), two(40, '2');
  const auto wanted = json::parse(
      R"({"schema":1,"ok":false,"exit_code":6,)"
      R"("error":{"code":"blobs_incomplete","what":"some LFS objects could not be copied, so no ref was moved","where":["blobs"],)"
      R"("hint":"look","side":"source"},"source":"https://huggingface.co/o/n","target":"https://h.example/g/n.git",)"
      R"("refs":[{"ref":"refs/heads/main","action":"update","old":")" +
      one + R"(","new":")" + two +
      R"(","status":"failed","reason":"not reached"},)"
      R"({"ref":"refs/tags/v1","action":"create","old":null,"new":")" +
      two +
      R"(","status":"ok","reason":""}],)"
      R"("lfs":{"objects":9,"bytes":900,"present":2,"present_bytes":200,"sent":5,"sent_bytes":500,)"
      R"("missing":[{"oid":")" +
      a +
      R"(","size":100}],)"
      R"("failed":[{"oid":")" +
      b +
      R"(","size":100,"why":"nothing arrived in time: for 30 s"}]},)"
      R"("pack":{"bytes":4096,"objects":12,"fetches":1},"remote":[],"retries":3,"wall_seconds":2.500,"cpu_seconds":0.125,)"
      R"("peak_buffer_bytes":1024,"peak_rss_bytes":2048})");
  BOOST_TEST(json::serialize(json::parse(written(testing::full_report()))) == json::serialize(wanted));
}

BOOST_AUTO_TEST_CASE(a_run_that_went_well_has_no_error) {
  run_report report;
  const auto all = json::parse(written(report));
  BOOST_TEST(all.at("ok").as_bool());
  BOOST_TEST(all.at("error").is_null());
  BOOST_TEST(all.at("refs").as_array().empty());
}

BOOST_AUTO_TEST_CASE(it_is_one_line_and_json_whatever_bytes_a_server_said) {
  auto report = testing::full_report();
  report.result.refs[0].reason = "\"caf\xe9\"\n";
  const auto text = written(report);
  BOOST_TEST(text.find('\n') == text.size() - 1);
  BOOST_TEST(json::parse(text).at("refs").at(0).at("reason").as_string() == "\"caf\xef\xbf\xbd\"\n");
}

BOOST_AUTO_TEST_SUITE_END()
