#include "tools/hfpipe/jobs_report.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/tools/hfpipe/full_report.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;
namespace json = boost::json;

namespace jobs_report_test {

run_report quiet_report() {
  run_report report;
  report.is_alone = false;
  report.source = "https://huggingface.co/a/b";
  report.target = "https://h.example/a/b";
  return report;
}

}  // namespace jobs_report_test

BOOST_AUTO_TEST_SUITE(jobs_report_test)

BOOST_AUTO_TEST_CASE(the_gravest_code_of_all_jobs_is_the_answer) {
  using enum exit_code;
  struct {
    std::vector<exit_code> jobs;
    exit_code all;
  } const rows[]{
      {{}, done},
      {{done, done}, done},
      {{done, temporary}, temporary},  // the same command again is what helps
      {{temporary, temporary}, temporary},
      {{done, other}, partial},
      {{other}, other},
      {{done, partial}, partial},
      {{done, source_unavailable}, partial},
      {{done, refused}, partial},
      {{temporary, target_unavailable}, target_unavailable},
      {{refused, source_unavailable}, refused},
      {{corrupt, refused, done}, corrupt},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(number(row.all)) {
      BOOST_TEST(number(exit_code_of(jobs_result{row.jobs, {}, {}}, {})) == number(row.all));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_run_that_was_stopped_says_so_whatever_its_jobs_did) {
  jobs_result stopped{{exit_code::done, exit_code::corrupt}, {"c"}, failure(errc::cancelled)};
  BOOST_TEST(number(exit_code_of(stopped, {})) == 130);
}

BOOST_AUTO_TEST_CASE(the_document_has_one_of_each_job) {
  std::ostringstream out;
  const auto writer = make_jobs_document(out);
  writer->add("one", quiet_report());
  writer->add("two", testing::full_report());
  jobs_report all;
  all.code = exit_code::partial;
  all.result = {{exit_code::done, exit_code::partial}, {"three"}, {}};
  writer->finish(all);

  const auto document = json::parse(out.str()).as_object();
  BOOST_TEST(document.at("schema").as_int64() == 1);
  BOOST_TEST(document.at("exit_code").as_int64() == 6);
  BOOST_TEST(document.at("ok").as_bool() == false);
  BOOST_TEST(document.at("error").is_null());
  BOOST_TEST(document.at("done").to_number<int>() == 1);
  BOOST_TEST(document.at("failed").to_number<int>() == 1);
  BOOST_TEST(document.at("unbegun").as_array().at(0).as_string() == "three");
  BOOST_TEST(document.contains("peak_rss_bytes"));
  const auto& jobs = document.at("jobs").as_array();
  BOOST_TEST_REQUIRE(jobs.size() == 2u);
  BOOST_TEST(jobs[0].at("name").as_string() == "one");
  BOOST_TEST(jobs[0].at("source").as_string() == "https://huggingface.co/a/b");
  BOOST_TEST(!jobs[0].as_object().contains("peak_rss_bytes"));  // of all jobs together, not of one
  BOOST_TEST(jobs[1].at("refs").as_array().size() != 0u);
}

BOOST_AUTO_TEST_CASE(the_document_of_no_job_is_json) {
  std::ostringstream out;
  const auto writer = make_jobs_document(out);
  jobs_report all;
  all.result.error = failure(errc::cancelled);
  writer->finish(all);
  BOOST_TEST(json::parse(out.str()).at("jobs").as_array().empty());
}

BOOST_AUTO_TEST_CASE(the_table_has_a_row_for_each_and_says_what_went_wrong) {
  std::ostringstream out;
  const auto writer = make_jobs_table(out);
  writer->add("one", quiet_report());
  writer->add("two", testing::full_report());
  jobs_report all;
  all.file = "jobs.yaml";
  all.result = {{exit_code::done, exit_code::partial}, {"three"}, {}};
  writer->finish(all);

  const auto text = out.str();
  BOOST_TEST(text.starts_with("jobs.yaml: 1 of 3 jobs done, 1 failed, 1 not begun\n"), text);
  BOOST_TEST(text.find("\n  one    nothing to do") != std::string::npos, text);
  BOOST_TEST(text.find("\n    error    some LFS objects could not be copied") != std::string::npos, text);
  BOOST_TEST(text.find("\n  three  not begun\n") != std::string::npos, text);
  BOOST_TEST(text.find(" \n") == std::string::npos, text);
}

BOOST_AUTO_TEST_SUITE_END()
