#include "engine/pull_mirror.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <utility>

#include "engine/mirror_verdict.hpp"
#include "engine/patience.hpp"

namespace hfpipe {

namespace {

using clock = std::chrono::steady_clock;

class mirror_run {
 public:
  mirror_run(mirror_host& host, platform::mirror_source from, const mirror_options& options, observer& watcher,
             mirror_result& result)
      : host_(host),
        from_(std::move(from)),
        options_(options),
        watcher_(watcher),
        result_(result),
        patience_(options.retries, watcher, result.retries, std::random_device()()) {}

  task<> run() {
    watcher_.on(event::step_started{event::step::asking_to_write});
    const mirror_setup done = co_await host_.set_up(from_);
    result_.stage = mirror_stage::set_up;
    result_.created = done == mirror_setup::pulled;
    if (result_.created) {
      result_.stage = mirror_stage::updated;
      co_return;
    }
    const platform::mirror_state before = co_await look();
    auto start = [&]() -> task<bool> {
      co_await host_.start_update();
      co_return true;
    };
    co_await patience_.persist("update", start);
    result_.stage = mirror_stage::updating;
    watcher_.on(event::step_started{event::step::checking});
    co_await follow(before);
    result_.stage = mirror_stage::updated;
  }

 private:
  task<platform::mirror_state> look() {
    auto once = [&]() -> task<platform::mirror_state> {
      platform::mirror_state seen = co_await host_.state();
      co_return seen;
    };
    platform::mirror_state seen = co_await patience_.persist("state", once);
    co_return seen;
  }

  task<> follow(platform::mirror_state before) {
    const auto end = clock::now() + options_.patience;
    duration pause = options_.first_look;
    for (;;) {
      co_await sleep_for(pause);
      pause = std::min(pause * 2, options_.longest_look);
      const platform::mirror_state now = co_await look();
      switch (judge(before, now)) {
        case mirror_verdict::updated:
          co_return;
        case mirror_verdict::failed:
          throw failed(failure(errc::remote_error).detail(now.error.empty() ? "the host says no more" : now.error));
        case mirror_verdict::running:
          tell("updating");
          break;
        case mirror_verdict::waiting:
          tell("waiting for its turn");
          break;
      }
      if (clock::now() >= end) throw failed(unfinished());
    }
  }

  static failure unfinished() {
    return failure(errc::timed_out)
        .at("the host's update")
        .hint(
            "the host goes on by itself; compare the two sides later with hfpipe verify, or wait longer with "
            "--finalize-timeout");
  }

  /// What the host says of its mirror, once for each time that it says something else.
  void tell(std::string_view state) {
    if (told_ == state) return;
    told_ = state;
    watcher_.on(event::target_said{"pull mirror: " + told_});
  }

  mirror_host& host_;
  platform::mirror_source from_;
  const mirror_options& options_;
  observer& watcher_;
  mirror_result& result_;
  patience patience_;
  std::string told_;
};

}  // namespace

std::string_view to_text(mirror_stage stage) {
  constexpr std::array<std::string_view, 4> names{"not-set-up", "set-up", "updating", "updated"};
  return names.at(static_cast<std::size_t>(stage));
}

task<mirror_result> run_pull_mirror(mirror_host& host, platform::mirror_source from, mirror_options options,
                                    observer& watcher) {
  mirror_result result;
  mirror_run running(host, std::move(from), options, watcher, result);
  try {
    co_await running.run();
  } catch (const failed& broken) {
    result.error = broken.why();
    result.error->add_blame(side::target);
  }
  co_return result;
}

}  // namespace hfpipe
