#include "tools/hfpipe/bench_document.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace hfpipe;
using namespace hfpipe::cli;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace bench_document_test {

bench_report measured() {
  bench_report report;
  report.source = "https://huggingface.co/o/n";
  report.wall = 3s;
  report.peak_rss = byte_count(64U << 20);
  report.result.local = local_speed{1.5e9, 4, 5e9};
  end_speed read;
  read.result.objects = 7;
  read.result.bytes = byte_count(500'000'000);
  read.result.took = 2s;
  read.result.retries = 1;
  read.first_bytes = wait_times{10ms, 20ms, 90ms};
  read.requests = 12;
  read.cpu_seconds = 0.5;
  report.result.read = read;
  return report;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace bench_document_test

BOOST_AUTO_TEST_SUITE(bench_document_test)

BOOST_AUTO_TEST_CASE(the_document_has_what_was_measured_and_null_for_the_rest) {
  std::ostringstream out;
  write_document(out, measured());
  const json::object all = json::parse(out.str()).as_object();
  BOOST_TEST(all.at("schema").as_int64() == 1);
  BOOST_TEST(all.at("ok").as_bool());
  BOOST_TEST(all.at("local").at("bytes_per_second").to_number<std::uint64_t>() == 1'500'000'000u);
  const json::value& read = all.at("read");
  BOOST_TEST(read.at("bytes_per_second").to_number<std::uint64_t>() == 250'000'000u);
  BOOST_TEST(read.at("cpu_seconds_per_gb").to_number<double>() == 1.0);
  BOOST_TEST(read.at("requests").to_number<int>() == 12);
  BOOST_TEST(read.at("first_byte_seconds").at("median").to_number<double>() == 0.02);
  BOOST_TEST(all.at("write").is_null());
}

BOOST_AUTO_TEST_CASE(a_person_reads_speeds_and_what_they_cost) {
  const std::string text = summary_of(measured());
  BOOST_TEST(contains(text, "1.50 GB/s on one thread, 5.00 GB/s on 4"), text);
  BOOST_TEST(contains(text, "250.0 MB/s, 1.00 CPU s/GB  from https://huggingface.co/o/n"), text);
  BOOST_TEST(contains(text, "7 objects whole and proven, 12 requests, retried 1 time"), text);
  BOOST_TEST(contains(text, "first byte after 20 ms (10 ms to 90 ms)"), text);
  BOOST_TEST(!contains(text, "stays there"), text);
}

BOOST_AUTO_TEST_CASE(what_was_written_says_that_it_stays) {
  bench_report report = measured();
  report.result.written = report.result.read;
  report.target = "https://h.example/scratch";
  const std::string text = summary_of(report);
  BOOST_TEST(contains(text, "to https://h.example/scratch"), text);
  BOOST_TEST(contains(text, "stays there until that repository is deleted"), text);
}

BOOST_AUTO_TEST_CASE(nothing_moved_is_no_division_by_zero) {
  bench_report report;
  report.result.read = end_speed{};
  report.result.error = failure(errc::timed_out);
  BOOST_TEST(contains(summary_of(report), "0.0 MB/s, 0.00 CPU s/GB"), summary_of(report));
}

BOOST_AUTO_TEST_SUITE_END()
