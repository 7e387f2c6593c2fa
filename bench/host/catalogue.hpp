#pragma once

#include <filesystem>
#include <iosfwd>
#include <map>
#include <optional>

#include "bench/host/patterned_blob.hpp"

namespace hfpipe::bench {

/// The blobs that a host can serve. Read once, then only looked at, from any thread.
class catalogue {
 public:
  /// Adds the lines `OID SIZE SEED` of a file. Throws `failed` for anything else.
  void add_file(const std::filesystem::path& list);
  /// Nothing when it is not served here.
  std::optional<patterned_blob> find(const lfs_oid& oid) const;

 private:
  std::map<lfs_oid, patterned_blob> blobs_;
};

/// Writes the lines that add_file() reads, for `spec`: `8x512MB` are eight blobs of that size, with seeds from
/// `first_seed` on. Throws `failed` for what is no such text.
void write_list(std::ostream& to, const std::string& spec, std::uint64_t first_seed,
                const std::filesystem::path& digest_cache);

}  // namespace hfpipe::bench
