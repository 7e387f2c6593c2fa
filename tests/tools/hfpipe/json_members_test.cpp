#include "tools/hfpipe/json_members.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/tools/hfpipe/full_report.hpp"
#include "tests/tools/hfpipe/verify_reports.hpp"
#include "tools/hfpipe/jobs_report.hpp"
#include "tools/hfpipe/mirror_outcome.hpp"
#include "tools/hfpipe/result_document.hpp"
#include "tools/hfpipe/verify_document.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;
namespace json = boost::json;

namespace json_members_test {

void gather_names(const json::value& in, std::set<std::string>& names) {
  if (in.is_array()) {
    for (const auto& each : in.get_array()) gather_names(each, names);
  } else if (in.is_object()) {
    for (const auto& member : in.get_object()) {
      names.emplace(member.key());
      gather_names(member.value(), names);
    }
  }
}

/// Of every document, with something in every place.
std::set<std::string> names_of_all_documents() {
  auto copied = testing::full_report();
  copied.host = {.created = true, .visibility = "private", .default_branch = "main", .other_default_branch = "master"};
  std::vector<std::string> documents(4);
  const auto keep = [&](std::size_t n, const auto& report) {
    std::ostringstream out;
    write_document(out, report);
    documents[n] = out.str();
  };
  keep(0, copied);
  keep(1, testing::different_report());
  keep(2, mirror_report());
  std::ostringstream out;
  const auto jobs = make_jobs_document(out);
  jobs->add("one", copied);
  jobs->finish(jobs_report());
  documents[3] = out.str();
  std::set<std::string> names;
  for (const auto& text : documents) gather_names(json::parse(text), names);
  return names;
}

std::set<std::string> names_on_the_page() {
  std::ifstream in(HFPIPE_SOURCE_DIR "/docs/results.md");
  std::set<std::string> names;
  for (std::string line; std::getline(in, line);) {
    for (std::size_t open = line.find('`'); open != std::string::npos;) {
      const std::size_t close = line.find('`', open + 1);
      if (close == std::string::npos) break;
      names.insert(line.substr(open + 1, close - open - 1));
      open = line.find('`', close + 1);
    }
  }
  return names;
}

}  // namespace json_members_test

BOOST_AUTO_TEST_SUITE(json_members_test)

BOOST_AUTO_TEST_CASE(members_and_rows_are_parted_by_commas) {
  std::ostringstream out;
  json_members all(out);
  all.add("a", 1);
  all.begin_rows("rows");
  all.add_row({{"x", 1}});
  all.add_row({{"y", "2"}});
  all.end_rows();
  all.add_seconds("s", 1.23456);
  all.close();
  BOOST_TEST(out.str() == R"({"a":1,"rows":[{"x":1},{"y":"2"}],"s":1.235})");
}

BOOST_AUTO_TEST_CASE(a_job_among_others_has_no_processor_time_or_memory_of_its_own) {
  std::ostringstream out;
  run_figures figures;
  figures.is_alone = false;
  json_members all(out);
  add_figures(all, figures, byte_count(5));
  all.close();
  BOOST_TEST(out.str() == R"({"wall_seconds":0.000,"peak_buffer_bytes":5})");
}

BOOST_AUTO_TEST_CASE(the_page_on_results_names_every_member_of_every_document) {
  const auto described = names_on_the_page();
  const auto written = names_of_all_documents();
  BOOST_TEST_REQUIRE(written.size() > 40u);
  for (const auto& name : written) BOOST_TEST(described.contains(name), "docs/results.md lacks " << name);
}

BOOST_AUTO_TEST_SUITE_END()
