#include "tools/hfpipe/repository_ends.hpp"

#include <algorithm>

#include "tools/hfpipe/local_ends.hpp"
#include "transports/git/receive_pack.hpp"
#include "transports/git/upload_pack.hpp"
#include "transports/lfs/blob_download.hpp"

namespace hfpipe::cli {

std::unique_ptr<git_source> source_at(net::http_client& client, const repository_location& at,
                                      const std::optional<http::credential>& who, byte_count buffer_memory,
                                      side whose) {
  if (at.url().is_folder()) return local_git_source(at.url(), buffer_memory);
  const git::upload_pack_options options{.whose = whose};
  return std::make_unique<git::upload_pack>(client, at, who, options);
}

std::unique_ptr<git_target> target_at(net::http_client& client, const repository_location& at,
                                      const copy_request& request) {
  const auto mode = request.transfer.atomic ? git::atomicity::all_or_none : git::atomicity::each_ref_for_itself;
  if (at.url().is_folder()) return local_git_target(at.url(), mode, request.transfer.buffer_memory);
  const git::receive_pack_options push{.mode = mode, .finalise = request.finalize_timeout};
  return std::make_unique<git::receive_pack>(client, at, request.target_credential, push);
}

std::unique_ptr<blob_source> stored_at(net::http_client& client, const repository_location& at,
                                       const std::optional<http::credential>& who, side whose) {
  if (at.url().is_folder()) return local_blobs(at.url());
  return std::make_unique<lfs::blob_download>(client, at, who, lfs::batch_options{}, whose);
}

std::unique_ptr<blob_target> store_at(net::http_client& client, const repository_location& at,
                                      const std::optional<http::credential>& who, const lfs::upload_options& upload) {
  if (at.url().is_folder()) return local_blob_store(at.url());
  return std::make_unique<lfs::blob_upload>(client, at, who, upload);
}

lfs::upload_options upload_within(byte_count buffer_memory, duration finalize_timeout) {
  lfs::upload_options options;
  options.finalise = finalize_timeout;
  // Relays have half of the budget; one of them with all its links must never need more than that.
  options.parts_memory = std::min(options.parts_memory, buffer_memory / 8);
  return options;
}

}  // namespace hfpipe::cli
