#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hfpipe::forge {

/// Cuts a byte stream into the payloads of its pkt-lines, whatever pieces it comes in.
/// Bytes that are no pkt-line (a pack without sideband) end the cutting; what is left is ignored.
class pkt_line_watch {
 public:
  /// The part of `bytes` that one line has of its payload: `is_whole` with its last bytes.
  struct piece {
    std::size_t offset;  ///< in `bytes`
    std::size_t size;
    std::size_t line_offset;  ///< of the piece in its line
    std::size_t line_size;    ///< of the whole payload; 0 with size 0 is a flush or another marker
  };
  /// Valid until the next call.
  const std::vector<piece>& feed(std::span<const std::byte> bytes);
  /// Stops the cutting at the current place.
  void end() { ended_ = true; }
  bool has_ended() const { return ended_; }

 private:
  std::vector<piece> pieces_;
  std::string length_;
  std::size_t left_ = 0;
  std::size_t size_ = 0;
  bool ended_ = false;
};

/// One line of a push as a client sent it.
struct pushed_ref {
  std::string name;
  std::string old_id;
  std::string new_id;
};

/// Reads the commands at the head of a receive-pack request while the request passes.
class push_commands {
 public:
  /// True when this call saw the end of a list that has at least one command.
  bool feed(std::span<const std::byte> bytes);
  const std::vector<pushed_ref>& refs() const { return refs_; }

 private:
  void take_line(std::string_view line);

  pkt_line_watch lines_;
  std::string line_;
  std::vector<pushed_ref> refs_;
};

/// Reads `unpack …`, `ok …` and `ng …` out of receive-pack's answer while it passes, in a sideband or without.
class push_verdicts {
 public:
  void feed(std::span<const std::byte> bytes);
  /// `ok`, or the reason of `ng`, by ref name. `unpack` stands under that name.
  std::map<std::string, std::string> read() const;

 private:
  pkt_line_watch lines_;
  std::string line_;
  std::string report_;  // pkt-lines, taken out of sideband 1
};

}  // namespace hfpipe::forge
