#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "protocol/git/capabilities.hpp"
#include "protocol/git/pkt_reader.hpp"
#include "protocol/git/ref_listing.hpp"

namespace hfpipe::git {

enum class service { upload_pack, receive_pack };

/// `git-upload-pack` or `git-receive-pack`, as in URLs and content types.
std::string_view to_text(service which);

enum class protocol_version { v0, v1, v2 };

/// What GET info/refs answers. v2 lists no refs there: ls_refs.hpp asks for them.
struct advertisement {
  protocol_version version = protocol_version::v0;
  capabilities can;
  ref_listing listing;      ///< complete for v0 and v1; only the format for v2
  bool is_shallow = false;  ///< v0 and v1: the repository has `shallow` commits
};

/// Reads an advertisement in whatever pieces it arrives: v0, v1 or v2, with or without the `# service=` banner.
/// The version is what the body says, not what was asked: proxies drop the header that asks.
class advertisement_parser {
 public:
  explicit advertisement_parser(service asked) : asked_(asked) {}

  /// Fails with errc::not_a_git_host (a page, or the plain list of a dumb repository), remote_error (an ERR line),
  /// bad_pkt_line, bad_advertisement, limit_exceeded (more than ref_list_limit). Failed, it may only be destroyed.
  outcome<void> feed(std::span<const std::byte> piece);

  /// The body has ended. Fails with errc::empty_reply when there was none, connection_lost when it is cut.
  outcome<advertisement> finish();

 private:
  enum class state { start, banner, version, first_ref, refs, abilities, ended };

  outcome<void> take(const pkt_event& event);
  outcome<void> take_line(std::string_view line);
  outcome<void> take_mark(pkt_kind kind);
  outcome<void> take_first_ref(std::string_view line);
  outcome<void> take_ref_line(std::string_view line);
  outcome<void> settle_format();

  service asked_;
  state state_ = state::start;
  pkt_reader reader_;
  byte_count received_;
  advertisement result_;
};

}  // namespace hfpipe::git
