#pragma once

#include <list>
#include <memory>
#include <optional>

#include "engine/blob_link.hpp"
#include "engine/byte_budget.hpp"
#include "engine/nursery.hpp"
#include "engine/read_window.hpp"
#include "engine/segment_stream.hpp"
#include "engine/stream_plan.hpp"
#include "engine/stream_terms.hpp"
#include "engine/wake_list.hpp"

namespace hfpipe {

/// How long a range is to be that one of `streams` reads through a window that reaches so far: half of what the window
/// has for each, so that who is done goes on while the others are not; in whole blocks.
byte_count segment_size(byte_count reach, unsigned streams, byte_count block);

/// Reads one object into a window, over as many connections as pay (engine/stream_plan.hpp):
///
///     | in order, on its way to the target | stream 1 ...> | stream 3 ......> | stream 2 ..> |   nobody yet   |
///                                          ^window.arrived()                                 ^next_
///
/// Begins with one stream from the first byte to the last, and tries a second one at once where nothing is known of the
/// source yet. With more, each reads a segment and then takes the next one
/// that nobody has. Where the host gives no ranges, it stays with the first. Each stream is read on where it breaks
/// (engine/resumed_source.hpp); one that gives up ends the object.
class segment_reader {
 public:
  /// What is referred to must outlive this. The memory of `into` and of the first connection was leased by who made it;
  /// what more streams need is taken from `budget` where it is free, and given back at the end of a segment when
  /// somebody waits there.
  segment_reader(blob_link& link, resume_terms resume, stream_terms terms, byte_budget& budget, read_window& into,
                 observer& watcher);
  ~segment_reader();

  /// Opens the first stream. Comes before fill(); fails as blob_source::open() does, and is not tried again.
  task<> open(connection_use use);
  /// As read_window::fill(). A source that turns out to have no ranges after all, when there is no going back to one
  /// stream, fails with errc::bad_range_reply; then shares.ranges_work() is false.
  task<> fill();

 private:
  struct stream;

  /// Hears that the host asks for fewer requests.
  class listener final : public observer {
   public:
    listener(segment_reader& who, observer& to) : who_(who), to_(to) {}
    void on(const any_event& happened) noexcept override;

   private:
    segment_reader& who_;
    observer& to_;
  };

  task<> read_all();
  task<> steer(nursery& readers);
  task<> add_streams(nursery& readers, unsigned wanted);
  bool is_held_back() const;
  bool take_memory(stream& for_one);
  task<> run(stream& self);
  task<bool> try_ranges(stream& self);
  void note_late(duration opening);
  void note_refusal(failure why);
  bool claim(stream& self);
  void retire(stream& self);
  void look_for_slow_one();
  std::unique_ptr<resumed_source> make_source(byte_range range);
  byte_count segment(unsigned streams) const;
  byte_count came() const;
  bool has_streams() const { return terms_.shares != nullptr && size_ >= terms_.from_size; }
  unsigned alive() const { return static_cast<unsigned>(streams_.size()); }

  blob_link& link_;
  resume_terms resume_;
  stream_terms terms_;
  byte_budget& budget_;
  read_window& window_;
  listener watcher_;
  const stream_ends ends_;
  const byte_count size_;

  std::unique_ptr<resumed_source> first_;  ///< open
  duration opening_took_{};                ///< the longest so far
  std::list<stream> streams_;
  stream* whole_ = nullptr;  ///< the one that reads on to the object's end, alone
  byte_count next_;          ///< nobody reads what lies from here on
  unsigned wanted_ = 1;      ///< streams
  unsigned late_ = 0;        ///< second connections, one after the other
  stream_plan plan_;
  byte_count came_before_;  ///< of streams that ended
  wake_list all_read_;      ///< wakes steer() before its next tick
};

}  // namespace hfpipe
