#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "protocol/git/capabilities.hpp"
#include "protocol/git/pkt_reader.hpp"
#include "protocol/git/ref_listing.hpp"

namespace hfpipe::git {

enum class ls_refs_scope { all_refs, head_only };

/// The body of a v2 `ls-refs` request: HEAD with what it points to and, for all_refs, everything below refs/.
std::string make_ls_refs_request(const capabilities& can, ls_refs_scope scope);

/// Reads the answer in whatever pieces it arrives. The prefixes asked for are hints to the server, so it may list more
/// than was asked.
class ls_refs_parser {
 public:
  explicit ls_refs_parser(object_format format) { listing_.format = format; }

  /// Fails with errc::remote_error (an ERR line), bad_pkt_line, bad_advertisement, limit_exceeded (more than
  /// ref_list_limit). Failed, it may only be destroyed.
  outcome<void> feed(std::span<const std::byte> piece);

  /// The body has ended. Fails with errc::empty_reply when there was none, connection_lost when it is cut.
  outcome<ref_listing> finish();

 private:
  outcome<void> take(const pkt_event& event);
  outcome<void> take_line(std::string_view line);

  pkt_reader reader_;
  byte_count received_;
  bool ended_ = false;
  ref_listing listing_;
};

}  // namespace hfpipe::git
