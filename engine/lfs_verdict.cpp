#include "engine/lfs_verdict.hpp"

#include <algorithm>

#include "protocol/http/url.hpp"

namespace hfpipe {

std::optional<failure> verdict_of(const lfs_totals& totals, bool strict) {
  if (!totals.failed.empty()) {
    const blob_trouble& first = totals.failed.front();
    return failure(errc::blobs_incomplete)
        .detail(std::to_string(totals.failed.size()) + " of " + std::to_string(totals.objects) + " failed, first " +
                first.blob.oid.short_hex() + ": " + first.why.what())
        .hint(std::string(first.why.hint()))
        .blame(first.why.blamed());
  }
  const auto missing = warning_of_missing(totals);
  if (!strict || !missing) return std::nullopt;
  return failure(errc::object_missing).detail(*missing).blame(side::source);
}

std::optional<std::string> warning_of_missing(const lfs_totals& totals) {
  const std::vector<blob_trouble>& missing = totals.missing;
  if (missing.empty()) return std::nullopt;
  const std::string who = missing.size() == 1 ? "1 LFS pointer names an object"
                                              : std::to_string(missing.size()) + " LFS pointers name objects";
  return who + " that neither the source nor the target has, first " + missing.front().blob.oid.short_hex();
}

std::optional<std::string> warning_of_refused_pointers(const std::vector<ref_row>& rows, std::size_t left_behind) {
  const auto speaks_of_objects = [](const ref_row& row) {
    return row.status == ref_status::rejected && row.reason.find("LFS") != std::string::npos;
  };
  if (left_behind == 0 || std::ranges::none_of(rows, speaks_of_objects)) return std::nullopt;
  return "the target takes no pointer without its object, and what was to move names " + std::to_string(left_behind) +
         (left_behind == 1 ? " LFS object" : " LFS objects") + " that were left behind: copy them too, by --lfs new";
}

std::string warning_of_server(const std::string& address) {
  const auto read = http::url::parse_with_user(address);
  return "an .lfsconfig of the history sends clones to " + (read ? read->url.shown() : std::string("another server")) +
         " for LFS objects, also clones of the target";
}

}  // namespace hfpipe
