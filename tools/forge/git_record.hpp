#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <span>

#include "tools/forge/push_commands.hpp"
#include "tools/forge/site.hpp"
#include "tools/forge/tampering.hpp"

namespace hfpipe::forge {

/// Reads along one Git exchange: what the log will say of it, and where in it the pack's faults belong.
class git_record {
 public:
  explicit git_record(const visit& request) : request_(request) {}

  /// Logs `push_begin` as soon as the commands of a push are known, and says so then.
  bool sent_to_git(std::span<const std::byte> bytes);
  /// `bytes` are about to leave through `out`; turns faults of the pack into positions of this answer.
  void sent_to_client(std::span<const std::byte> bytes, tampering& out);
  /// Logs the exchange. `broken`: the client went away, or a fault cut it off.
  void write(bool broken);

 private:
  void place_faults(std::uint64_t answer_offset, std::uint64_t pack_bytes, tampering& out);
  boost::json::array refs(bool with_results) const;

  const visit& request_;
  push_commands commands_;
  push_verdicts verdicts_;
  pkt_line_watch answer_;
  std::string request_start_;
  bool in_pack_line_ = false;
  std::uint64_t pack_bytes_ = 0;
  tampering in_pack_;  // positions count the pack's bytes
};

}  // namespace hfpipe::forge
