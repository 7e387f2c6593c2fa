#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <list>
#include <memory>
#include <string>
#include <system_error>

#include "engine/loop_thread.hpp"
#include "tools/hfpipe/bench_document.hpp"
#include "tools/hfpipe/bench_run.hpp"
#include "tools/hfpipe/console.hpp"
#include "tools/hfpipe/host_api.hpp"
#include "tools/hfpipe/mirror_outcome.hpp"
#include "tools/hfpipe/process_limits.hpp"
#include "tools/hfpipe/redaction.hpp"
#include "tools/hfpipe/remote_notes.hpp"
#include "tools/hfpipe/result_document.hpp"
#include "tools/hfpipe/result_summary.hpp"
#include "tools/hfpipe/run_limits.hpp"
#include "tools/hfpipe/small_file.hpp"
#include "tools/hfpipe/sync_run.hpp"
#include "tools/hfpipe/terminal.hpp"
#include "tools/hfpipe/verify_document.hpp"
#include "tools/hfpipe/verify_summary.hpp"
#include "tools/hfpipe/wiring.hpp"

// hfpipe: parse, wire, run, print. Where a run begins: engine/transfer.cpp.

namespace hfpipe::cli {

namespace {

environment environment_of(char** variables) {
  environment env;
  for (; *variables != nullptr; ++variables) {
    const std::string_view pair(*variables);
    const auto equals = pair.find('=');
    if (equals != pair.npos) env.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return env;
}

failure failure_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const failed& broken) {
    return broken.why();
  } catch (const std::exception& broken) {
    return failure(errc::internal).detail(broken.what());
  }
}

extern "C" void end_at_once(int number) {
  _exit(128 + number);
}

/// Ends the process without joining threads: of Asio's resolver one may still sit in getaddrinfo, which knows no
/// cancellation and can take minutes.
[[noreturn]] void leave(int code) {
  std::cout.flush();
  std::fflush(nullptr);
  std::_Exit(code);
}

/// One run on this thread's loop: the work, the display's clock and the signals; and on as many more threads as
/// start_others() started. Where a name is still being resolved, the destructor waits for that.
class session {
 public:
  session(view& shown, run_limits& limits)
      : display_(shown), limits_(limits), signals_(loop_, SIGINT, SIGTERM), toggles_(loop_, SIGUSR2), clock_(loop_) {
    if (limits.any()) shown.tell(limits.in_force());
  }

  /// Threads for the work beside this one, so that it is `threads` in all; as many as the system gives.
  std::vector<asio::any_io_executor> start_others(unsigned threads) {
    std::vector<asio::any_io_executor> started;
    try {
      while (started.size() + 1 < threads) started.push_back(others_.emplace_back().executor());
    } catch (const std::system_error&) {
      display_.warn("the system has no more than " + std::to_string(started.size() + 1) + " threads for this");
    }
    return started;
  }

  /// Runs `work` to its end; what it throws becomes the result's error.
  template <class Result>
  Result run(task<Result> work) {
    wait_for_signal();
    wait_for_toggle();
    tick_later();
    Result result;
    asio::co_spawn(loop_, std::move(work),
                   asio::bind_cancellation_slot(stop_.slot(), [&](std::exception_ptr thrown, Result done) {
                     result = std::move(done);
                     if (thrown) result.error = failure_of(thrown);
                     take_no_more_signals();
                     // Not until nothing is left to do: a name that is still being resolved would be waited for.
                     loop_.stop();
                   }));
    loop_.run();
    for (loop_thread& each : others_) each.finish();
    return result;
  }

  std::optional<int> signal() const { return signal_; }

 private:
  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int number) {
      if (error) return;
      signal_ = number;
      take_no_more_signals();
      display_.note("stopping… (again to stop at once)");
      stop_.emit(asio::cancellation_type::terminal);
    });
  }

  /// SIGUSR2 lifts --bwlimit, or sets it again, as rclone has it.
  void wait_for_toggle() {
    toggles_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      if (limits_.toggle_bytes()) {
        display_.tell(limits_.in_force());
      } else {
        display_.note("no --bwlimit was given that could be lifted");
      }
      wait_for_toggle();
    });
  }

  /// From here on a signal ends the process, whatever the loop is doing. Not the default action: a container's first
  /// process is immune to that.
  void take_no_more_signals() {
    signals_.clear();
    std::signal(SIGINT, end_at_once);
    std::signal(SIGTERM, end_at_once);
  }

  void tick_later() {
    clock_.expires_after(display_.period());
    clock_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      display_.tick();
      tick_later();
    });
  }

  view& display_;
  run_limits& limits_;
  asio::io_context loop_{1};
  std::list<loop_thread> others_;
  asio::signal_set signals_;
  asio::signal_set toggles_;
  asio::steady_timer clock_;
  asio::cancellation_signal stop_;
  std::optional<int> signal_;
};

/// Ends the process, unless nobody could read the result: then that is its failure.
[[noreturn]] void leave_with(exit_code code) {
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "error: the result could not be written to standard output\n";
    if (code == exit_code::done) code = exit_code::other;
  }
  leave(number(code));
}

bool sends_source_token(const copy_request& request) {
  return request.source_credential.has_value();
}

bool sends_source_token(const mirror_request& request) {
  return request.source_login.has_value();
}

/// Writes the result and leaves from here: what the run holds is not taken apart.
template <class Report, class Request>
[[noreturn]] void end_with(Report& report, const Request& request, const session& worked, display& shown,
                           std::chrono::steady_clock::time_point start) {
  report.source = request.source.shown();
  report.target = request.target.shown();
  report.wall = std::chrono::steady_clock::now() - start;
  report.cpu_seconds = cpu_seconds();
  report.peak_rss = peak_rss();
  const exit_context context{.source_token_sent = sends_source_token(request), .signal = worked.signal()};
  report.code = exit_code_of(report.result, context);

  shown.close(report.result.error, number(report.code));
  if (request.format == result_format::json) {
    write_document(std::cout, report);
  } else if (request.talk.verbosity != verbosity::quiet) {
    std::cout << summary_of(report);
  }
  leave_with(report.code);
}

template <class Request>
std::unique_ptr<display> display_for(const Request& request, const std::string& verb) {
  auto shown = make_display(request.talk, outlet_on_stderr(verb + short_title(request.source, request.target)));
  for (const auto& note : request.notes) shown->warn(note);
  return shown;
}

[[noreturn]] void run(const copy_request& request) {
  const auto start = std::chrono::steady_clock::now();
  const auto shown = display_for(request, "");
  remote_notes watched(*shown);
  run_limits limits(request.rates);
  session working(*shown, limits);
  run_report report;
  report.mode = request.transfer.mode;
  report.lfs = request.transfer.lfs;
  report.result = working.run(run_copy(request, working.start_others(request.threads), limits, watched, report.host));
  report.result.retries += report.host.retries;
  report.remote_lines = watched.lines();
  end_with(report, request, working, *shown, start);
}

[[noreturn]] void run(const sync_request& request) {
  const auto start = std::chrono::steady_clock::now();
  jobs_display shown(request.talk, outlet_on_stderr(request.file), request.jobs.size());
  for (const auto& note : request.notes) shown.warn(note);
  run_limits limits(request.rates);
  session working(shown, limits);
  const auto written =
      request.format == result_format::json ? make_jobs_document(std::cout) : make_jobs_table(std::cout);
  const bool is_wanted = request.format == result_format::json || request.talk.verbosity != verbosity::quiet;
  const auto signal = [&] { return working.signal(); };
  jobs_report report;
  report.file = request.file;
  std::vector<asio::any_io_executor> others = working.start_others(request.threads);
  report.result = working.run(run_jobs(request, std::move(others), limits, shown, *written, signal));
  report.wall = std::chrono::steady_clock::now() - start;
  report.cpu_seconds = cpu_seconds();
  report.peak_rss = peak_rss();
  report.code = exit_code_of(report.result, exit_context{.source_token_sent = true, .signal = working.signal()});
  shown.close(report.result.error, number(report.code));
  if (is_wanted) written->finish(report);
  leave_with(report.code);
}

[[noreturn]] void run(const verify_request& request) {
  const auto start = std::chrono::steady_clock::now();
  const auto shown = display_for(request.as_copy, "verify  ");
  run_limits limits(request.as_copy.rates);
  session working(*shown, limits);
  verify_report report;
  report.depth = request.depth;
  report.result = working.run(run_verify(request, limits, *shown));
  end_with(report, request.as_copy, working, *shown, start);
}

[[noreturn]] void run(const mirror_request& request) {
  const auto start = std::chrono::steady_clock::now();
  const auto shown = display_for(request, "mirror  ");
  if (request.source_login) shown->warn("the target's host is given the source's token, to pull with it");
  run_limits none({});
  session working(*shown, none);
  mirror_report report;
  report.result = working.run(run_mirror(request, *shown, report.platform));
  end_with(report, request, working, *shown, start);
}

std::string shown_or_empty(const std::optional<bench_end>& end) {
  return end ? end->url.shown() : std::string();
}

[[noreturn]] void run(const bench_request& request) {
  const auto start = std::chrono::steady_clock::now();
  bench_report report;
  report.source = shown_or_empty(request.source);
  report.target = shown_or_empty(request.target);
  const std::string title = "bench  " + report.source + (request.target ? "  ->  " + report.target : "");
  const auto shown = make_display(request.talk, outlet_on_stderr(title));
  for (const auto& note : request.notes) shown->warn(note);
  run_limits limits(request.rates);
  session working(*shown, limits);
  std::vector<asio::any_io_executor> others = working.start_others(request.threads);
  report.result = working.run(run_bench(request, std::move(others), limits, *shown));
  report.wall = std::chrono::steady_clock::now() - start;
  report.cpu_seconds = cpu_seconds();
  report.peak_rss = peak_rss();
  const bool token_sent = request.source && request.source->credential;
  const exit_context context{.source_token_sent = token_sent, .signal = working.signal()};
  if (report.result.error) report.code = exit_code_of(*report.result.error, context);
  shown->close(report.result.error, number(report.code));
  if (request.format == result_format::json) {
    write_document(std::cout, report);
  } else if (request.talk.verbosity != verbosity::quiet || !report.result.error) {
    std::cout << summary_of(report);  // the figures are what was asked for
  }
  leave_with(report.code);
}

/// Wrong usage, for a person and, where a program reads standard output, for it too.
[[noreturn]] void refuse(const failure& why, bool as_json, colour use) {
  std::cerr << rendered(why, use);
  if (as_json) {
    run_report report;
    report.code = exit_code::usage;
    report.result.error = why;
    write_document(std::cout, report);
  }
  leave_with(exit_code::usage);
}

}  // namespace

}  // namespace hfpipe::cli

int main(int argc, char** argv) {
  using namespace hfpipe::cli;
  settle_process();
  const auto env = environment_of(environ);
  const std::vector<std::string> args{argv + 1, argv + argc};
  const auto parsed = parse_options(args, env, read_small_file);
  // From here on nothing is printed but through these.
  const known_secrets hidden = parsed ? secrets_of(*parsed) : known_secrets();
  redacting_buffer out(*std::cout.rdbuf(), hidden), err(*std::cerr.rdbuf(), hidden);
  std::cout.rdbuf(&out);
  std::cerr.rdbuf(&err);
  const auto usage_error = [&](const auto& why) {
    const bool painted = isatty(STDERR_FILENO) == 1 && value_of(env, "NO_COLOR").empty();
    refuse(why, asks_for_json(args, env), painted ? colour::on : colour::off);
  };
  if (!parsed) usage_error(parsed.error());
  if (const auto* said = std::get_if<answer>(&*parsed)) {
    std::cout << said->text;
    leave_with(exit_code::done);
  }
  if (const auto* mirror = std::get_if<mirror_request>(&*parsed)) run(*mirror);
  if (const auto* sync = std::get_if<sync_request>(&*parsed)) run(*sync);
  if (const auto* verify = std::get_if<verify_request>(&*parsed)) run(*verify);
  if (const auto* bench = std::get_if<bench_request>(&*parsed)) run(*bench);
  run(std::get<copy_request>(*parsed));
}
