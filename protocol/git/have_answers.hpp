#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/git/advertisement.hpp"
#include "protocol/git/pkt_reader.hpp"

// Asking a server what it has of what we have, without fetching: a fetch that never says `done`.

namespace hfpipe::git {

/// Whether the server answers to each have: every v2 server does, an older one with multi_ack_detailed.
bool answers_haves(const advertisement& server);

/// The body of that request. Precondition: answers_haves(server). At most haves_limit haves are sent.
std::string make_have_request(const advertisement& server, std::span<const git_oid> wants,
                              std::span<const git_oid> haves);

/// Reads the answer: gitprotocol-v2 "acknowledgments", or the ACK and NAK lines of gitprotocol-pack.
class have_answers {
 public:
  explicit have_answers(object_format format) : format_(format) {}

  /// Fails with errc::bad_fetch_reply, bad_pkt_line, limit_exceeded (more than fetch_talk_limit), and as refusal_of()
  /// does. Failed, it may only be destroyed.
  outcome<void> feed(std::span<const std::byte> input);
  /// Whether the server has heard enough and goes on with a pack, which nobody wants.
  bool pack_follows() const { return pack_follows_; }
  /// At the end, or where a pack follows: the haves that the server has, each once. Fails with errc::empty_reply, and
  /// with bad_fetch_reply where the answer was cut.
  outcome<std::vector<git_oid>> finish();

 private:
  outcome<void> take_line(std::string_view line);

  object_format format_;
  pkt_reader reader_;
  byte_count received_;
  bool answered_ = false;  ///< by an ACK, a NAK or the section's name
  bool pack_follows_ = false;
  std::set<git_oid> common_;
};

}  // namespace hfpipe::git
