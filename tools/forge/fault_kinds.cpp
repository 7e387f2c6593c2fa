#include "tools/forge/fault_kinds.hpp"

#include <algorithm>
#include <array>

namespace hfpipe::forge {

namespace {

constexpr std::array busy{500, 502, 503, 429};
constexpr std::array broken{500, 502, 503};
constexpr std::array busy_object{500, 503, 429};
constexpr auto harmless = fault_class::harmless;
constexpr auto passing = fault_class::passing;
constexpr auto wrong_once = fault_class::wrong_once;
constexpr auto lethal = fault_class::lethal;

/// Of a body at random: long enough to show, short enough that a small one takes well under a second.
constexpr std::uint64_t storm_rate = 2'000'000;

// The names that POST /_forge/faults takes. In brackets: what holds without `at`, `status`, `rate`, `ms`.
constexpr auto kinds = std::to_array<fault_kind>({
    // the connection, before any request
    {"connection_refused", "nobody listens on the port for `ms` (300)", passing, {}, 1, 0, 60, 0.1},
    {"connection_reset", "resets the connection before a byte is said", passing, {}, 1, 0, 0, 0.3},
    {"tls_cut", "closes in the middle of the handshake", passing, {}, 1, 0, 0, 0.3},
    {"tls_garbage", "answers the handshake with text", passing, {}, 1, 0, 0, 0.3},
    {"tls_stall", "never answers the handshake", passing, {}, 1, 0, 0, 0.05},

    // any request and its answer
    {"any_status", "`status` (503) instead of any answer", passing, busy},
    {"request_cut", "closes the socket after `at` (0) bytes of the request's body, without an answer", passing},
    {"half_close", "ends its own direction after the request's head and reads nothing more", passing},
    {"not_http", "text instead of an HTTP answer", passing},
    {"head_bomb", "`at` (100000) bytes of headers", lethal},
    {"interim_flood", "interim answers without end, and no other", lethal},
    {"reply_cut",
     "does what was asked; closes the socket after `at` (0) bytes of the answer, head included",
     passing,
     {},
     200},
    {"reply_late", "does what was asked; the end of the answer comes `ms` (500) later", harmless, {}, 1, 0, 150},
    {"reply_drip",
     "does what was asked; the answer's first 1000 bytes come at `rate` (20) a second",
     harmless,
     {},
     1,
     4000},
    {"redirect_loop", "redirects to the same URL", lethal},
    {"redirect_away", "redirects to another origin: the same path on the other port", lethal},
    {"redirect_plain", "redirects from https to http", lethal},

    // an object on its way out
    {"blob_corrupt_byte", "flips the object's byte `at` (0); waits for a range that holds it", wrong_once},
    {"blob_short", "leaves out the last `at` (1) bytes of the body, rightly framed", wrong_once},
    {"blob_long", "adds `at` (1) bytes to the body, rightly framed", wrong_once},
    {"blob_cut", "closes the socket after `at` (0) bytes of the body", passing},
    {"blob_wrong_range", "206 that starts `at` (1) bytes later than asked, or earlier at the end", wrong_once},
    {"blob_ignore_range", "200 with the whole object although a range was asked for", wrong_once},
    {"blob_capped_range", "206 of at most `at` (65536) bytes, whatever was asked for", harmless, {}, 65'536},
    {"blob_status", "`status` (503) instead of the object", passing, busy},
    {"link_revoked", "403 to a link that was good", wrong_once},

    // LFS batch
    {"batch_garbage_json", "200 with half a JSON document", lethal},
    {"batch_huge_json", "200 with `at` (104857600) bytes of JSON", lethal},
    {"batch_empty_200", "200 with nothing", lethal},
    {"batch_status", "`status` (503) instead of the batch reply", passing, busy},
    {"batch_omit_object", "the object is not in the reply", lethal},
    {"batch_repeat_object", "the object stands twice in the reply", harmless},
    {"batch_invent_object", "the reply has an object that nobody asked about beside this one", harmless},
    {"batch_object_error", "the object has an error with the code `status` (404) instead of actions", passing,
     busy_object},
    {"link_expired", "the object's links are signed, and over when they arrive", wrong_once},

    // an object on its way in
    {"upload_status", "`status` (503) before the body of the upload is read", passing, busy},
    {"upload_late_status", "`status` (503) after the body was read and thrown away", passing, broken},
    {"upload_cut", "closes the socket after `at` (0) bytes of the upload", passing},
    {"part_status", "`status` (403) before the body of a part is read", passing, broken},
    {"part_cut", "closes the socket after `at` (0) bytes of a part", passing},
    {"part_etag", "answers a part with another ETag than its own", lethal},
    {"commit_status", "`status` (503) instead of joining the parts", passing, broken},
    {"verify_status", "`status` (404) instead of the verification", passing, broken},

    // Git
    {"info_refs_html", "200 with a page instead of the ref advertisement", lethal},
    {"git_status", "`status` (503) instead of any Git answer", passing, busy},
    {"git_empty_200", "200 with nothing instead of upload-pack's answer", passing},
    {"push_status", "`status` (403) to a push before its body is read", passing, busy},
    {"pack_corrupt_byte", "flips byte `at` (0) of the pack that is fetched", lethal},
    {"pack_cut", "closes the socket before byte `at` (0) of the pack", passing, {}, 300},
    {"pack_early_end", "ends the answer properly before byte `at` (0) of the pack", passing, {}, 300},

    // bodies: objects, uploads, packs
    {"slow", "moves `rate` (65536) bytes a second on the connection", harmless, {}, 1, storm_rate},
    {"stall", "stops after `at` (0) bytes and waits for the other side to give up", passing, {}, 1, 0, 0, 0.15},
});

}  // namespace

std::span<const fault_kind> all_fault_kinds() {
  return kinds;
}

const fault_kind* find_fault_kind(std::string_view name) {
  const auto found = std::ranges::find(kinds, name, &fault_kind::name);
  return found == kinds.end() ? nullptr : &*found;
}

std::string_view to_text(fault_class how) {
  switch (how) {
    case fault_class::harmless:
      return "harmless";
    case fault_class::passing:
      return "passing";
    case fault_class::wrong_once:
      return "wrong_once";
    case fault_class::lethal:
      return "lethal";
  }
  return "";
}

}  // namespace hfpipe::forge
