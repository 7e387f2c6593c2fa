#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/failure.hpp"
#include "protocol/lfs/action.hpp"
#include "protocol/lfs/multipart.hpp"
#include "protocol/oid.hpp"
#include "protocol/ref_name.hpp"

namespace hfpipe::lfs {

enum class operation { download, upload };

/// The code of an object_error that no server sent: the reply does not say what it must about the object.
inline constexpr int no_answer = -1;

/// The batch API's per-object error (git-lfs docs/api/batch.md).
struct object_error {
  int code = 0;         ///< 0..999, or no_answer
  std::string message;  ///< cleaned
};

/// One object of a batch reply. An upload reply without an upload action means: the target has it.
struct batch_entry {
  lfs_object object;
  std::optional<action> download;
  std::optional<action> upload;
  std::optional<action> verify;
  std::optional<object_error> error;
  std::optional<multipart_plan> parts = {};  ///< instead of `upload`: in parts
};

/// How a batch request says that we can upload.
enum class upload_offer {
  whole,     ///< each object in one request (basic)
  in_parts,  ///< or in parts, if the server prefers that
};

struct batch_reply {
  std::vector<batch_entry> entries;  ///< in the server's order; strangers are kept, the caller matches
  bool enveloped = false;            ///< ModelScope's form, which leaves out of an upload reply what the target has
};

/// The JSON body of a batch request. `ref` is left out when absent: an empty name makes Gitea fail.
std::string make_batch_request(operation what, std::span<const lfs_object> objects, const ref_name* ref,
                               upload_offer offer = upload_offer::whole);

/// Reads a batch reply: the standard form, or ModelScope's with `Data` around it. `base` resolves relative
/// hrefs.
/// Fails with errc::bad_batch_reply: not JSON, no `objects`, an entry without a valid oid or with a negative size, a
/// transfer that was not offered, parts that are not exactly the object, more than batch_entry_limit entries. With
/// errc::insecure_refused when `base` is https and an href plain http.
outcome<batch_reply> parse_batch_reply(std::string_view json, const http::url& base,
                                       upload_offer offer = upload_offer::whole);

/// The JSON body of a verify request.
std::string make_verify_request(const lfs_object& object);

/// ModelScope answers an upload with 200 and says in the body whether it meant it: `{"Code":…,"Message":…,"Success":
/// false}`. Its words, cleaned, when the body says no; nothing for every other body.
std::optional<std::string> refusal_in(std::string_view body);

/// Objects asked for in one call: what git-lfs sends, so every server takes it.
inline constexpr std::size_t batch_size = 100;
/// Entries read from one reply: a server that invents many more than asked is broken.
inline constexpr std::size_t batch_entry_limit = 10 * batch_size;
/// Most bytes of a reply. Signed URLs make about 2 KiB of an object in the wild; ten times that is a fault. It grows
/// with what was asked, because many relays may ask for one object each at the same time.
constexpr byte_count batch_reply_limit(std::size_t objects) {
  return byte_count((64U + 20U * objects) << 10);
}
/// The same for one object in parts: object stores take none below 5 MiB but the last, and at most part_limit of them,
/// each with a signed URL near 1 KiB.
constexpr byte_count parts_reply_limit(byte_count object_size) {
  constexpr std::uint64_t smallest_part = 5U << 20;
  constexpr std::uint64_t largest_reply = 8U << 20;
  const std::uint64_t parts = object_size.value() / smallest_part + 1;
  return byte_count(std::min(largest_reply, (64U << 10) + std::min<std::uint64_t>(parts, part_limit) * (2U << 10)));
}
/// What such a reply costs while it is read, in its own size: the text, grown by doubling, the document made of it and
/// the plan. The plan alone, which stays until the object is stored, is about once its size.
inline constexpr std::uint64_t parts_reply_cost = 4;

/// What the error of one object in a target's reply means: it speaks HTTP (git-lfs docs/api/batch.md).
errc code_at_target(int status);

}  // namespace hfpipe::lfs
