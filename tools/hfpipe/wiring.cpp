#include "tools/hfpipe/wiring.hpp"

#include <algorithm>
#include <memory>
#include <random>

#include "engine/absent_target.hpp"
#include "engine/blob_plan.hpp"
#include "engine/patience.hpp"
#include "tools/hfpipe/destroyed_there.hpp"
#include "tools/hfpipe/host_api.hpp"
#include "tools/hfpipe/local_ends.hpp"
#include "tools/hfpipe/repository_ends.hpp"

namespace hfpipe::cli {

namespace {

/// A host that wants a token says the same as one that got a wrong one; only we know whether one was sent.
void advise_on_tokens(std::optional<failure>& error, const copy_request& request) {
  if (!error) return;
  if (error->code() == errc::not_found && error->blamed() == side::target && request.target.is_folder()) {
    error = std::move(*error).hint("--create makes it");
    return;
  }
  if (error->code() == errc::not_found && error->blamed() == side::target && error->http_status() == 404) {
    error = std::move(*error).hint(
        "check the name and the token's rights; a repository that is not there must be "
        "created first (--create, or on the web)");
    return;
  }
  const bool wants_token = error->code() == errc::unauthorized || error->http_status() == 401;
  if (!wants_token) return;
  if (error->blamed() == side::source && request.source_credential) {
    error =
        std::move(*error).hint("the source refused the token: is it complete, not expired, and allowed to read this?");
  } else if (error->blamed() == side::source) {
    error = std::move(*error).hint("check the name; a private or gated repository needs a token: set HF_TOKEN");
  } else if (error->blamed() == side::target && !request.target_credential) {
    error = std::move(*error).hint("no token was sent: set TARGET_TOKEN or give --target-token-file");
  }
}

/// Where both repositories are: one for all that asks them, because they may turn out to have moved.
struct locations {
  repository_location source, target;
};

/// One connection for each relay that a thread may run at once.
std::size_t idle_for(const transfer_options& transfer, std::size_t threads) {
  const relay_widths widths = plan_widths(transfer.transfers, transfer.buffer_memory);
  return std::max<std::size_t>((widths.large + widths.small) / threads, transfer.streams) + 1;
}

/// Connections to both hosts, and the ends of LFS objects over them: what one thread needs to relay blobs.
class blob_door {
 public:
  blob_door(const asio::any_io_executor& where, const net::client_options& network, const copy_request& request,
            const locations& at)
      : client_(where, network),
        source_(stored_at(client_, at.source, request.source_credential, side::source)),
        target_(store_at(client_, at.target, request.target_credential,
                         upload_within(request.transfer.buffer_memory, request.finalize_timeout))) {}

  net::http_client& client() { return client_; }
  blob_source& source() { return *source_; }
  blob_target& target() { return *target_; }

 private:
  net::http_client client_;
  std::unique_ptr<blob_source> source_;
  std::unique_ptr<blob_target> target_;
};

using far_blob_door = std::unique_ptr<blob_door, destroyed_there<blob_door>>;

/// What the target calls the source's default branch.
std::optional<ref_name> mapped_default(const std::optional<ref_name>& branch, const ref_policy& policy) {
  if (!branch) return std::nullopt;
  bool all_excluded = true;
  for (const git::refspec& spec : policy.refspecs) {
    if (spec.is_negative()) {
      if (spec.matches(*branch)) return std::nullopt;
      continue;
    }
    all_excluded = false;
    if (spec.matches(*branch)) return spec.map(*branch).value();
  }
  return all_excluded ? branch : std::nullopt;
}

/// The copy is done and stays so: what goes wrong here becomes the result's error.
task<> follow_default(net::http_client& client, git_source& source, const copy_request& request, observer& watcher,
                      host_work& done, transfer_result& result) {
  try {
    patience tries(request.transfer.retries, watcher, done.retries, std::random_device()());
    auto ask = [&] { return source.list(); };
    const source_listing now = co_await tries.persist("listing the source", ask);
    const std::optional<ref_name> branch = mapped_default(now.listing.default_branch, request.transfer.refs);
    if (branch) {
      if (request.target.is_folder()) {
        co_await set_local_default(request, *branch, done);
      } else {
        co_await set_default_branch(client, request, *branch, watcher, done);
      }
    } else {
      watcher.on(event::warning{"the target's default branch stays: the source's was not copied, or it names none"});
    }
  } catch (const failed& broken) {
    result.error = broken.why();
  }
}

}  // namespace

task<transfer_result> run_copy(const copy_request& request, std::vector<asio::any_io_executor> others,
                               run_limits& limits, observer& watcher, host_work& done) {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  net::client_options network = request.network;
  network.requests = &limits.requests();
  network.idle_connections = idle_for(request.transfer, 1 + others.size());
  if (network.trust.verify && !network.store) network.store = net::load_trust(network.trust);
  const locations at{request.source, request.target};
  blob_door own(here, network, request, at);
  std::vector<far_blob_door> doors;
  std::vector<blob_shard> shards;
  for (const asio::any_io_executor& there : others) {
    far_blob_door door(new blob_door(there, network, request, at), destroyed_there<blob_door>{there});
    shards.push_back({there, door->source(), door->target()});
    doors.push_back(std::move(door));
  }
  net::http_client& client = own.client();

  if (request.creation && request.target.is_folder()) {
    create_local_target(request, done);
  } else if (request.creation) {
    co_await create_target(client, request, watcher, done);
  }
  const byte_count memory = request.transfer.buffer_memory;
  const auto source_git = source_at(client, at.source, request.source_credential, memory, side::source);
  const bool is_absent = done.would_create;
  const auto target_git = is_absent ? std::make_unique<absent_target>() : target_at(client, at.target, request);
  const auto target_stored = is_absent ? std::make_unique<absent_blobs>()
                                       : stored_at(client, at.target, request.target_credential, side::target);
  const auto target_history =
      is_absent ? nullptr : source_at(client, at.target, request.target_credential, memory, side::target);

  const endpoints ends{*source_git,    *target_git,       own.source(),        own.target(),
                       *target_stored, std::move(shards), target_history.get()};
  transfer_options transfer = request.transfer;
  transfer.pace = &limits.bytes();
  transfer_result result = co_await run_transfer(ends, std::move(transfer), watcher);
  advise_on_tokens(result.error, request);
  const bool copied = !result.error && request.transfer.mode == run_mode::copy;
  if (request.set_default_branch && copied)
    co_await follow_default(client, *source_git, request, watcher, done, result);
  co_return result;
}

task<verification_result> run_verify(const verify_request& request, run_limits& limits, observer& watcher) {
  const copy_request& ask = request.as_copy;
  net::client_options network = ask.network;
  network.requests = &limits.requests();
  net::http_client client(co_await asio::this_coro::executor, std::move(network));
  const locations at{ask.source, ask.target};

  const byte_count memory = ask.transfer.buffer_memory;
  const auto source_git = source_at(client, at.source, ask.source_credential, memory, side::source);
  const auto target_git = source_at(client, at.target, ask.target_credential, memory, side::target);
  const auto source_blobs = stored_at(client, at.source, ask.source_credential, side::source);
  const auto target_blobs = stored_at(client, at.target, ask.target_credential, side::target);

  const verification_ends ends{*source_git, *target_git, *source_blobs, *target_blobs};
  const verification_options options{.refs = ask.transfer.refs,
                                     .host = ask.transfer.host,
                                     .depth = request.depth,
                                     .allow_unscanned = ask.transfer.allow_unscanned,
                                     .transfers = ask.transfer.transfers,
                                     .buffer_memory = ask.transfer.buffer_memory,
                                     .retries = ask.transfer.retries,
                                     .pace = &limits.bytes()};
  verification_result result = co_await run_verification(ends, options, watcher);
  advise_on_tokens(result.error, ask);
  co_return result;
}

}  // namespace hfpipe::cli
