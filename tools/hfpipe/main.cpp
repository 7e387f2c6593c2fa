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
#include <string>
#include <system_error>

#include "engine/loop_thread.hpp"
#include "tools/hfpipe/console.hpp"
#include "tools/hfpipe/process_limits.hpp"
#include "tools/hfpipe/result_document.hpp"
#include "tools/hfpipe/result_summary.hpp"
#include "tools/hfpipe/small_file.hpp"
#include "tools/hfpipe/terminal.hpp"
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

/// One run on this thread's loop: the transfer, the display's clock and the signals; and on so many more threads that
/// it is request.threads in all. Where a name is still being resolved, the destructor waits for that.
class session {
 public:
  session(const copy_request& request, display& shown)
      : request_(request), display_(shown), signals_(loop_, SIGINT, SIGTERM), clock_(loop_) {}

  transfer_result run() {
    wait_for_signal();
    tick_later();
    asio::co_spawn(loop_, run_copy(request_, start_others(), display_),
                   asio::bind_cancellation_slot(stop_.slot(), [this](std::exception_ptr thrown, transfer_result done) {
                     result_ = std::move(done);
                     if (thrown) result_.error = failure_of(thrown);
                     take_no_more_signals();
                     // Not until nothing is left to do: a name that is still being resolved would be waited for.
                     loop_.stop();
                   }));
    loop_.run();
    for (loop_thread& each : others_) each.finish();
    return std::move(result_);
  }

  std::optional<int> signal() const { return signal_; }

 private:
  std::vector<asio::any_io_executor> start_others() {
    std::vector<asio::any_io_executor> started;
    try {
      while (started.size() + 1 < request_.threads) started.push_back(others_.emplace_back().executor());
    } catch (const std::system_error&) {
      display_.warn("the system has no more than " + std::to_string(started.size() + 1) + " threads for this");
    }
    return started;
  }

  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int number) {
      if (error) return;
      signal_ = number;
      take_no_more_signals();
      display_.note("stopping… (again to stop at once)");
      stop_.emit(asio::cancellation_type::terminal);
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

  const copy_request& request_;
  display& display_;
  asio::io_context loop_{1};
  std::list<loop_thread> others_;
  asio::signal_set signals_;
  asio::steady_timer clock_;
  asio::cancellation_signal stop_;
  std::optional<int> signal_;
  transfer_result result_;
};

/// Writes the result and leaves from here: what the run holds is not taken apart.
[[noreturn]] void run(const copy_request& request) {
  const auto shown = make_display(request.talk, outlet_on_stderr(short_title(request.source, request.target)));
  for (const auto& note : request.notes) shown->warn(note);
  const auto start = std::chrono::steady_clock::now();
  session working(request, *shown);

  run_report report;
  report.result = working.run();
  report.mode = request.transfer.mode;
  report.source = request.source.shown();
  report.target = request.target.shown();
  report.wall = std::chrono::steady_clock::now() - start;
  report.cpu_seconds = cpu_seconds();
  report.peak_rss = peak_rss();
  const exit_context context{.source_token_sent = request.source_credential.has_value(), .signal = working.signal()};
  report.code = exit_code_of(report.result, context);

  shown->close(report.result.error, number(report.code));
  if (request.format == result_format::json) {
    write_document(std::cout, report);
  } else if (request.talk.verbosity != verbosity::quiet) {
    std::cout << summary_of(report);
  }
  std::cout.flush();
  if (!std::cout && report.code == exit_code::done) leave(number(exit_code::other));
  leave(number(report.code));
}

}  // namespace

}  // namespace hfpipe::cli

int main(int argc, char** argv) {
  using namespace hfpipe::cli;
  settle_process();
  const auto env = environment_of(environ);
  const auto parsed = parse_options({argv + 1, argv + argc}, env, read_small_file);
  if (!parsed) {
    const bool painted = isatty(STDERR_FILENO) == 1 && value_of(env, "NO_COLOR").empty();
    std::cerr << rendered(parsed.error(), painted ? colour::on : colour::off);
    return number(exit_code::usage);
  }
  if (const auto* said = std::get_if<answer>(&*parsed)) {
    std::cout << said->text << std::flush;
    return std::cout ? number(exit_code::done) : number(exit_code::other);
  }
  run(std::get<copy_request>(*parsed));
}
