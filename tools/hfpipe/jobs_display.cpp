#include "tools/hfpipe/jobs_display.hpp"

#include <algorithm>
#include <utility>

#include "tools/hfpipe/console.hpp"

namespace hfpipe::cli {

/// A job's part of the block; what it has to say goes into the log above.
class jobs_display::boarded final : public display {
 public:
  boarded(jobs_display& whole, std::string job) : whole_(whole), job_(std::move(job)) {}

  const std::string& job() const { return job_; }
  const progress_board& board() const { return board_; }

  duration period() const override { return whole_.period(); }
  void tick() override {}
  void on(const any_event& happened) noexcept override {
    board_.fold(happened, whole_.outlet_.now());
    if (const auto line = log_line(happened, whole_.wanted_.verbosity, whole_.wanted_.colour)) say(*line + "\n");
  }
  void note(const std::string& text) override { say(text + "\n"); }
  void warn(const std::string& text) override { say(rendered_warning(text, whole_.wanted_.colour)); }
  void close(const std::optional<failure>& error, int) override {
    say(error ? rendered(*error, whole_.wanted_.colour) : "done\n");
  }

 private:
  void say(const std::string& text) { whole_.show(job_ + ": " + text); }

  jobs_display& whole_;
  std::string job_;
  progress_board board_;
};

jobs_display::jobs_display(const talk_options& wanted, display_outlet outlet, std::size_t jobs)
    : wanted_(settled(wanted, outlet)),
      outlet_(std::move(outlet)),
      counts_{.all = jobs},
      block_(outlet_, wanted_.colour) {
  if (wanted_.progress != progress_style::tty) own_ = make_display(wanted_, outlet_for(""));
}

jobs_display::~jobs_display() = default;

display_outlet jobs_display::outlet_for(const std::string& job) const {
  display_outlet made = outlet_;
  made.job = job;
  return made;
}

display& jobs_display::begin(const std::string& job) {
  if (own_) {
    running_.push_back(make_display(wanted_, outlet_for(job)));
  } else {
    running_.push_back(std::make_unique<boarded>(*this, job));
  }
  return *running_.back();
}

void jobs_display::end(display& watched, const std::optional<failure>& error, int exit_code) {
  ++(exit_code == 0 ? counts_.done : counts_.failed);
  watched.close(error, exit_code);
  std::erase_if(running_, [&](const auto& each) { return each.get() == &watched; });
}

duration jobs_display::period() const {
  return own_ ? own_->period() : std::chrono::milliseconds(500);
}

void jobs_display::tick() {
  for (const auto& job : running_) job->tick();
  if (!own_) show("");
}

void jobs_display::note(const std::string& text) {
  if (own_) return own_->note(text);
  show(text + "\n");
}

void jobs_display::warn(const std::string& text) {
  if (own_) return own_->warn(text);
  show(rendered_warning(text, wanted_.colour));
}

void jobs_display::tell(const event::limits_set& limits) {
  if (own_) return own_->tell(limits);
  limits_ = limits;
  const auto line = log_line(limits, wanted_.verbosity, wanted_.colour);
  show(line ? *line + "\n" : "");
}

void jobs_display::close(const std::optional<failure>& error, int exit_code) {
  if (own_) return own_->close(error, exit_code);
  block_.end(error ? rendered(*error, wanted_.colour) : "");
}

void jobs_display::show(const std::string& above) {
  std::vector<job_line> lines;
  for (const auto& job : running_) {
    const auto& shown = static_cast<const boarded&>(*job);
    lines.push_back({shown.job(), shown.board()});
  }
  block_.show(above, frame_of(lines, counts_, limits_, outlet_.title, block_.window(), outlet_.now()));
}

}  // namespace hfpipe::cli
