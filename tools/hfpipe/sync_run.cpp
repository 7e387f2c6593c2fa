#include "tools/hfpipe/sync_run.hpp"

#include <chrono>
#include <utility>

#include "engine/nursery.hpp"
#include "tools/hfpipe/remote_notes.hpp"
#include "tools/hfpipe/wiring.hpp"

namespace hfpipe::cli {

namespace {

/// What all jobs of a run share. Lives in run_jobs' frame.
struct jobs_run {
  const sync_request& request;
  const std::vector<asio::any_io_executor>& others;
  run_limits& limits;
  jobs_display& shown;
  jobs_writer& written;
  const std::function<std::optional<int>()>& signal;
  jobs_result result;
  std::vector<bool> begun;
  bool halted = false;  ///< a job failed, and no other begins
};

/// What is wrong before a transfer begins, as a result like any other.
task<transfer_result> copied(jobs_run& all, const copy_request& request, observer& watcher, host_work& done) {
  std::optional<failure> broken;
  try {
    co_return co_await run_copy(request, all.others, all.limits, watcher, done);
  } catch (const failed& why) {
    broken = why.why();
  }
  transfer_result nothing;
  nothing.error = std::move(broken);
  co_return nothing;
}

task<> run_job(jobs_run& all, std::size_t number) {
  if (all.halted) co_return;
  all.begun[number] = true;
  const sync_job& job = all.request.jobs[number];
  const copy_request& request = job.request;
  const auto start = std::chrono::steady_clock::now();
  display& watched = all.shown.begin(job.name);
  remote_notes noted(watched);

  run_report report;
  report.is_alone = false;
  report.mode = request.transfer.mode;
  report.lfs = request.transfer.lfs;
  report.source = request.source.shown();
  report.target = request.target.shown();
  report.result = co_await copied(all, request, noted, report.host);
  report.result.retries += report.host.retries;
  report.remote_lines = noted.lines();
  report.wall = std::chrono::steady_clock::now() - start;
  const exit_context context{.source_token_sent = request.source_credential.has_value(), .signal = all.signal()};
  report.code = exit_code_of(report.result, context);

  if (report.code != exit_code::done && !all.request.keep_going) all.halted = true;
  all.result.codes.push_back(report.code);
  all.shown.end(watched, report.result.error, hfpipe::cli::number(report.code));
  all.written.add(job.name, report);
}

}  // namespace

task<jobs_result> run_jobs(const sync_request& request, std::vector<asio::any_io_executor> others, run_limits& limits,
                           jobs_display& shown, jobs_writer& written, std::function<std::optional<int>()> signal) {
  jobs_run all{request, others, limits, shown, written, signal, {}, std::vector<bool>(request.jobs.size())};
  const auto start_each = [&](nursery& children) -> task<> {
    for (std::size_t i = 0; i < request.jobs.size() && !all.halted; ++i) co_await children.start(run_job(all, i));
  };
  try {
    co_await nursery::run(request.at_once, start_each);
  } catch (const failed& stopped) {
    all.result.error = stopped.why();
  }
  for (std::size_t i = 0; i < request.jobs.size(); ++i) {
    if (!all.begun[i]) all.result.unbegun.push_back(request.jobs[i].name);
  }
  co_return std::move(all.result);
}

}  // namespace hfpipe::cli
