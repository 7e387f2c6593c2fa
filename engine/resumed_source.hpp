#pragma once

#include <memory>
#include <optional>
#include <random>

#include "engine/blob_link.hpp"
#include "engine/events.hpp"
#include "engine/retry_plan.hpp"
#include "engine/throttle.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

/// How long an upload is kept open for a source that gives no byte. Longer, and the object is begun anew: the target's
/// own patience ends, and its connection is of use elsewhere.
inline constexpr duration upload_patience = std::chrono::seconds(60);

struct resume_terms {
  retry_policy waits = {};
  duration patience = upload_patience;
  const throttle* held_back = nullptr;  ///< what the source told others counts here too; must outlive the relay
};

/// Bytes `from` to before `until` of an object.
struct byte_range {
  byte_count from;
  byte_count until;
};

/// One range of an object, over as many streams as it takes: where one breaks off, is capped or its link has died, the
/// next begins at the same byte, with a fresh link where that is needed. A byte that arrives makes all failures before
/// it forgotten; so a source that gives a little and cuts, again and again, is read to its end.
class resumed_source final : public byte_source {
 public:
  /// Reads `range`, by default the whole object. What is referred to must outlive this.
  resumed_source(blob_link& link, resume_terms terms, observer& watcher);
  resumed_source(blob_link& link, resume_terms terms, observer& watcher, byte_range range);

  /// Opens the first stream, before read_some(). Fails as blob_source::open() does, and is not tried again: what never
  /// gave a byte may need another answer of both ends. Without it the first stream is one like the others.
  task<> open(connection_use use);
  /// Nothing from `until` on is read any more. Precondition: no read that may reach behind it is under way.
  void stop_at(byte_count until);

  /// Waits between tries are told as event::retrying. Fails with what broke the last stream when terms.waits gives up,
  /// when no byte came for terms.patience, or for a cause that trying again does not change. A source that has no
  /// stream from the middle fails with what made one necessary. 0 before the range's end: the object is shorter.
  task<std::size_t> read_some(std::span<std::byte> room) override;

 private:
  using clock = std::chrono::steady_clock;

  task<> open_rest();
  task<> wait_for_turn();
  duration held_back() const;
  bool is_too_long(duration wait) const;
  task<> recover(failure why);
  void tell(duration wait, const failure& why);
  void arrived(std::size_t count);

  blob_link& link_;
  resume_terms terms_;
  observer& watcher_;
  std::minstd_rand random_;

  std::unique_ptr<byte_source> stream_;
  byte_count at_;  ///< the next byte
  byte_count until_;
  bool stream_gave_ = false;  ///< a byte, the one that is open
  unsigned opened_by_ = 0;    ///< the version of the link
  bool link_is_dead_ = false;
  bool asked_anew_ = false;         ///< since the last byte
  unsigned failures_ = 0;           ///< since the last byte
  std::optional<failure> broken_;   ///< what ended the stream before
  clock::time_point silent_since_;  ///< it is asked for a byte since then: while nobody reads, it is not silent
};

}  // namespace hfpipe
