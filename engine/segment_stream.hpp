#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "engine/blob_link.hpp"
#include "engine/read_window.hpp"
#include "engine/resumed_source.hpp"
#include "engine/wake_list.hpp"

namespace hfpipe {

/// What the streams of one object share. All must outlive them.
struct stream_ends {
  blob_link& link;
  const resume_terms& resume;
  observer& watcher;
  read_window& window;
};

/// One stream of an object: reads one range after the other into the window, each over a connection of its own, and
/// over another one from where it is when it is told to. Does not move. Single-threaded.
class segment_stream {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit segment_stream(stream_ends ends) : ends_(ends) {}
  segment_stream(const segment_stream&) = delete;
  segment_stream& operator=(const segment_stream&) = delete;

  /// What read() reads next. Precondition: it does not read.
  void assign(byte_range range) { at_ = range.from, until_ = range.until; }
  /// The same, over what was opened already.
  void assign(byte_range range, std::unique_ptr<resumed_source> opened);
  /// Opens the range before it is read; fails as resumed_source::open().
  task<> open();
  /// Reads the range to its end; returns at once where none is left. Fails as resumed_source::read_some(), and with
  /// errc::size_mismatch where the source ends early. Cancelled, it leaves no connection.
  task<> read();

  /// Ends the range earlier. Precondition: is_reading(), and the room that it reads into ends before that.
  void stop_at(byte_count end);
  /// Reads on over another connection, but once only from one place. Precondition: is_reading().
  void replace_connection();

  bool is_reading() const { return body_ != nullptr; }
  byte_count at() const { return at_; }
  byte_count until() const { return until_; }
  byte_count came() const { return came_; }  ///< of all its ranges

  /// Bytes a second until `now`, what came longer ago counting ever less with each call. Time in which it waits for
  /// room does not count. Nothing: it has not waited for bytes yet.
  std::optional<double> take_speed(time_point now);

 private:
  task<> pour();
  task<> watch();

  stream_ends ends_;
  std::unique_ptr<resumed_source> opened_;  ///< before it reads
  resumed_source* body_ = nullptr;          ///< while it reads
  byte_count at_, until_;
  byte_count came_;
  double recent_bytes_ = 0;
  double recent_seconds_ = 0;
  std::optional<time_point> waits_since_;
  std::optional<byte_count> replaced_at_;
  bool is_read_ = false;
  bool is_slow_ = false;
  wake_list watched_;
};

}  // namespace hfpipe
