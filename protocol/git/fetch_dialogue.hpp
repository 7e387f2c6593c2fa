#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "protocol/git/advertisement.hpp"
#include "protocol/git/pkt_reader.hpp"
#include "protocol/git/remote_text.hpp"

namespace hfpipe::git {

/// Haves are hints that cost 50 bytes each, and http-backend refuses requests beyond 10 MiB; the first of them, the
/// refs being updated, are what shrinks the pack.
inline constexpr std::size_t haves_limit = 16'000;

/// What a server may say in its answer beside the pack: 16,000 ACKs and the progress of hours stay below 1 MiB; who
/// talks on without a pack would never come to an end.
inline constexpr byte_count fetch_talk_limit{16U << 20};

/// What a fetch asks for. The views live through the call.
struct fetch_terms {
  std::span<const git_oid> wants;  ///< not empty
  std::span<const git_oid> haves;  ///< at most the first haves_limit are sent
  bool ofs_delta = true;           ///< whether the pack may name delta bases by offset
  std::string_view filter;         ///< `blob:limit=1024`, or empty
  unsigned depth = 0;              ///< so many commits of each want's history; 0: all
};

/// Whether a fetch at this server may carry a filter.
bool offers_filter(const advertisement& server);

/// Whether a fetch at this server may be for a part of the history. Of v2 servers only: an older one's answer has
/// another form for it.
bool offers_depth(const advertisement& server);

/// The body of the one request that a fetch is: it ends with `done`, so the answer is the pack. Asks for nothing that
/// the server did not advertise: what it does not offer of `terms` is left out. Never asks for a thin pack or for tags
/// beside the wants: every base is in the pack, and every object belongs to a ref that moves.
std::string make_fetch_request(const advertisement& server, const fetch_terms& terms);

/// Reads the answer and finds the pack in it.
///
///   feed(input) -> how much it took, and the pack bytes in that part; again with the rest, until all is taken
///   finish()    -> at the end of the body: whether that end is proper
class fetch_dialogue {
 public:
  struct fed {
    std::size_t consumed;             ///< of the input; at least one byte while there is input
    std::span<const std::byte> pack;  ///< views the consumed part; may be empty
  };

  /// `depth` is what the request asked for.
  explicit fetch_dialogue(const advertisement& server, unsigned depth = 0);

  /// Fails with errc::ref_vanished ("not our ref"), remote_error (ERR or a fatal sideband), shallow_source,
  /// bad_fetch_reply, bad_pkt_line, limit_exceeded (more than fetch_talk_limit). Failed, it may only be destroyed.
  outcome<fed> feed(std::span<const std::byte> input);

  /// Fails with errc::empty_reply when there was no answer at all (the server's git died), pack_truncated when the pack
  /// did not come or was not closed, remote_error when a fatal message was cut. A success says nothing of the pack
  /// itself; without sideband it only says that the connection ended properly.
  outcome<void> finish();

 private:
  /// v2: section, then skipped ones, then pack. v0: answers to haves, then pack or raw.
  enum class state { section, skipped_section, have_answers, pack, raw, ended };

  outcome<void> take_line(std::string_view line);
  outcome<void> take_section(std::string_view name);
  outcome<void> take_have_answer(std::string_view line);
  outcome<void> take_mark(pkt_kind kind);
  outcome<void> take_band(const band_piece& piece);

  bool sideband_;
  bool may_be_shallow_;
  state state_;
  pkt_reader reader_;
  bool received_any_ = false;
  bool pack_began_ = false;
  byte_count talk_;          ///< bytes that were no pack
  remote_text progress_{1};  ///< the last words before the end: what explains a broken pack
  std::string fatal_;
};

}  // namespace hfpipe::git
