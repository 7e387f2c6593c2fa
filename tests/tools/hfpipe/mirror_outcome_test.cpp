#include "tools/hfpipe/mirror_outcome.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace hfpipe;
using namespace hfpipe::cli;
namespace json = boost::json;

namespace mirror_outcome_test {

mirror_report report_of(mirror_stage stage) {
  mirror_report report;
  report.source = "https://huggingface.co/o/n";
  report.target = "https://h.example/g/n";
  report.platform = "GitLab";
  report.result.stage = stage;
  return report;
}

json::object document_of(const mirror_report& report) {
  std::ostringstream out;
  write_document(out, report);
  return json::parse(out.str()).as_object();
}

}  // namespace mirror_outcome_test

BOOST_AUTO_TEST_SUITE(mirror_outcome_test)

BOOST_AUTO_TEST_CASE(an_updated_mirror_comes_with_the_command_that_checks_it) {
  const std::string check = "hfpipe verify https://huggingface.co/o/n https://h.example/g/n";
  const auto text = summary_of(report_of(mirror_stage::updated));
  BOOST_TEST(text.starts_with("mirrors  https://huggingface.co/o/n\n     in  https://h.example/g/n\n"), text);
  BOOST_TEST(text.find("set up and updated (GitLab)") != std::string::npos, text);
  BOOST_TEST(text.find(check) != std::string::npos, text);
  BOOST_TEST(document_of(report_of(mirror_stage::updated)).at("mirror").at("check").as_string() == check);
}

BOOST_AUTO_TEST_CASE(how_far_it_came_is_said) {
  BOOST_TEST(summary_of(report_of(mirror_stage::not_set_up)).starts_with("no mirror"));
  BOOST_TEST(summary_of(report_of(mirror_stage::set_up)).find("no update was started") != std::string::npos);
  BOOST_TEST(summary_of(report_of(mirror_stage::updating)).find("not known to have ended well") != std::string::npos);
  BOOST_TEST(document_of(report_of(mirror_stage::set_up)).at("mirror").at("status").as_string() == "set-up");
}

BOOST_AUTO_TEST_CASE(a_platform_that_nobody_found_out_is_null) {
  auto report = report_of(mirror_stage::not_set_up);
  report.platform.clear();
  report.code = exit_code::usage;
  report.result.error = failure(errc::bad_option);
  const auto document = document_of(report);
  BOOST_TEST(document.at("mirror").at("platform").is_null());
  BOOST_TEST(!document.at("ok").as_bool());
  BOOST_TEST(document.at("error").at("code").as_string() == "bad_option");
}

BOOST_AUTO_TEST_SUITE_END()
