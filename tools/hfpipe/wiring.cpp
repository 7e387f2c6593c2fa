#include "tools/hfpipe/wiring.hpp"

#include "protocol/lfs/address.hpp"
#include "transports/git/receive_pack.hpp"
#include "transports/git/upload_pack.hpp"
#include "transports/lfs/blob_download.hpp"
#include "transports/lfs/blob_upload.hpp"
#include "transports/net/http_client.hpp"

namespace hfpipe::cli {

namespace {

/// A host that wants a token says the same as one that got a wrong one; only we know whether one was sent.
void advise_on_tokens(std::optional<failure>& error, const copy_request& request) {
  if (!error) return;
  const bool wants_token = error->code() == errc::unauthorized || error->http_status() == 401;
  if (!wants_token) return;
  if (error->blamed() == side::source && !request.source_credential) {
    error = std::move(*error).hint("check the name; a private or gated repository needs a token: set HF_TOKEN");
  } else if (error->blamed() == side::target && !request.target_credential) {
    error = std::move(*error).hint("no token was sent: set TARGET_TOKEN or give --target-token-file");
  }
}

}  // namespace

task<transfer_result> run_copy(const copy_request& request, observer& watcher) {
  net::http_client client(co_await asio::this_coro::executor, request.network);

  git::upload_pack source_git(client, request.source, request.source_credential);
  const auto mode = request.transfer.atomic ? git::atomicity::all_or_none : git::atomicity::each_ref_for_itself;
  const git::receive_pack_options push{.mode = mode, .finalise = request.finalize_timeout};
  git::receive_pack target_git(client, request.target, request.target_credential, push);

  const auto source_lfs = lfs::lfs_endpoint(request.source);
  const auto target_lfs = lfs::lfs_endpoint(request.target);
  lfs::blob_download source_blobs(client, source_lfs, request.source_credential);
  const lfs::upload_options upload{.finalise = request.finalize_timeout};
  lfs::blob_upload target_blobs(client, target_lfs, request.target_credential, upload);
  lfs::blob_download target_stored(client, target_lfs, request.target_credential, {}, side::target);

  const endpoints ends{source_git, target_git, source_blobs, target_blobs, target_stored};
  transfer_result result = co_await run_transfer(ends, request.transfer, watcher);
  advise_on_tokens(result.error, request);
  co_return result;
}

}  // namespace hfpipe::cli
