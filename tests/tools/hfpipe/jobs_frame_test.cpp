#include "tools/hfpipe/jobs_frame.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::cli;
using namespace std::chrono_literals;

namespace jobs_frame_test {

constexpr time_point start{};

/// Boards of jobs that have just begun.
std::vector<progress_board> begun(std::size_t count) {
  std::vector<progress_board> boards(count);
  for (auto& board : boards) board.fold(event::step_started{event::step::listing}, start);
  return boards;
}

std::vector<job_line> lines_of(const std::vector<progress_board>& boards) {
  std::vector<job_line> lines;
  for (std::size_t i = 0; i < boards.size(); ++i) lines.push_back({"job" + std::to_string(i), boards[i]});
  return lines;
}

}  // namespace jobs_frame_test

BOOST_AUTO_TEST_SUITE(jobs_frame_test)

BOOST_AUTO_TEST_CASE(the_title_counts_and_each_job_has_a_line) {
  const auto boards = begun(2);
  const auto frame =
      frame_of(lines_of(boards), {.all = 5, .done = 1, .failed = 1}, {}, "jobs.yaml", {80, 24}, start + 3s);
  BOOST_TEST(frame == (std::vector<std::string>{"jobs.yaml      2/5 jobs, 1 failed",
                                                "  job0  listing the refs of both sides, 3 s",
                                                "  job1  listing the refs of both sides, 3 s"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_title_says_what_limit_holds_for_all) {
  const auto boards = begun(1);
  const event::limits_set limits{30_MiB, 4.5};
  const auto frame = frame_of(lines_of(boards), {.all = 5}, limits, "jobs.yaml", {80, 24}, start + 3s);
  BOOST_TEST(frame.front() == "jobs.yaml      0/5 jobs      limit 30.0 MiB/s, 4.5 requests/s");
}

BOOST_AUTO_TEST_CASE(jobs_that_do_not_fit_are_counted) {
  const auto boards = begun(10);
  const auto frame = frame_of(lines_of(boards), {.all = 10}, {}, "jobs.yaml", {80, 6}, start);
  BOOST_TEST(frame.size() == 5u);
  BOOST_TEST(frame.back() == "  \xe2\x80\xa6 and 7 more");
}

BOOST_AUTO_TEST_CASE(no_line_is_wider_than_the_window) {
  auto boards = begun(1);
  std::vector<job_line> lines{{std::string(200, 'n'), boards[0]}};
  for (std::size_t columns = 20; columns < 120; ++columns) {
    for (const auto& line : frame_of(lines, {.all = 1}, {}, std::string(300, 't'), {columns, 24}, start)) {
      BOOST_TEST(line.size() <= columns + 4);  // an ellipsis has three bytes and one column
    }
  }
}

BOOST_AUTO_TEST_CASE(rates_are_added_up) {
  auto boards = begun(2);
  const lfs_object blob{lfs_oid::from_hex(std::string(64, 'a')).value(), 100_MiB};
  for (auto& board : boards) {
    board.fold(event::step_started{event::step::copying_blobs}, start);
    board.fold(event::blob_started{blob, 1}, start);
    for (int i = 1; i <= 4; ++i)
      board.fold(event::blob_progress{blob, byte_count(1U << 20) * unsigned(i)}, start + i * 1s);
  }
  const auto one = frame_of({{"a", boards[0]}}, {.all = 2}, {}, "t", {80, 24}, start + 4s).front();
  const auto both = frame_of(lines_of(boards), {.all = 2}, {}, "t", {80, 24}, start + 4s).front();
  BOOST_TEST(one.find("MiB/s") != std::string::npos, one);
  BOOST_TEST(one != both);
}

BOOST_AUTO_TEST_SUITE_END()
