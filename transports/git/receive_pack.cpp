#include "transports/git/receive_pack.hpp"

#include <array>
#include <boost/asio/cancellation_state.hpp>
#include <boost/system/system_error.hpp>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace hfpipe::git {

namespace {

/// Answers to a push come in small packets.
constexpr std::size_t report_read_size = 4 * 1024;
/// An error page where the probe expects nothing.
constexpr byte_count probe_reply_limit{64U << 10};
/// How long a server may take to notice that a pack ended early; the run is over anyway.
constexpr duration goodbye_patience = std::chrono::seconds(5);

/// The next piece of a pack, or why there is none. What fails here is the pack, not the connection.
struct next_piece {
  std::span<const std::byte> bytes;
  std::optional<failure> broken;
};

task<next_piece> next_of(chunk_source& pack) {
  next_piece next;
  try {
    next.bytes = co_await pack.next();
  } catch (failed& thrown) {
    next.broken = std::move(thrown.why());
  } catch (const boost::system::system_error&) {  // how Asio ends a cancelled task at its next co_await
    next.broken = failure(errc::cancelled);
  }
  co_return next;
}

/// Ends a chunked body in the middle of its pack and hears the server out for a moment, so that it drops what it has
/// instead of waiting for more: one whose client is gone may be killed before it has cleared away. Best effort: its own
/// failures are not news.
task<> say_goodbye(net::exchange& push) {
  const auto end = std::chrono::steady_clock::now() + goodbye_patience;
  try {
    co_await push.finish();
    co_await push.reply(goodbye_patience);
    std::array<std::byte, report_read_size> last_words;
    std::size_t got = 1;
    while (got != 0 && std::chrono::steady_clock::now() < end) {
      got = co_await push.read_some(last_words, goodbye_patience);
    }
  } catch (const failed&) {
  }
}

/// Writes `first` and the rest of `pack`. False: the server refused before it had all.
task<bool> write_pack(net::exchange& push, std::span<const std::byte> first, chunk_source& pack,
                      std::optional<byte_count> length) {
  next_piece piece{first, std::nullopt};
  byte_count sent;
  while (!piece.bytes.empty()) {
    sent += byte_count(piece.bytes.size());
    if (length && sent > *length) throw failed(failure(errc::internal).detail("a pack longer than it was said to be"));
    const bool wanted = co_await push.write(piece.bytes);
    if (!wanted) co_return false;
    piece = co_await next_of(pack);
    if (piece.broken) {
      // A cancelled task may wait for nothing more; this one is about to end, but not without a goodbye.
      const bool cancelled = piece.broken->code() == errc::cancelled;
      if (cancelled) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
      if (!length) co_await say_goodbye(push);
      throw failed(std::move(*piece.broken));
    }
  }
  if (length && sent < *length) throw failed(failure(errc::internal).detail("a pack shorter than it was said to be"));
  co_return true;
}

net::body_framing framing_of(std::size_t commands, const chunk_source* pack, std::optional<byte_count> length) {
  if (pack != nullptr && !length) return net::chunked_body{};
  return net::sized_body{byte_count(commands) + length.value_or(byte_count())};
}

task<push_report> read_report(net::exchange& pushed, std::size_t most_verdicts, duration patience) {
  push_report_reader reader(most_verdicts);
  std::array<std::byte, report_read_size> buffer;
  while (true) {
    const std::size_t got = co_await pushed.read_some(buffer, patience);
    if (got == 0) break;
    value_from(pushed, reader.feed(std::span(buffer).first(got)));
  }
  co_return value_from(pushed, reader.finish());
}

}  // namespace

receive_pack::receive_pack(net::http_client& client, repository_location where,
                           std::optional<http::credential> credential, receive_pack_options options)
    : host_(client, std::move(where), std::move(credential)), options_(options) {}

task<target_listing> receive_pack::list(listed_refs what) {
  return blaming(side::target, do_list(what));
}

task<> receive_pack::probe() {
  return blaming(side::target, do_probe());
}

task<push_report> receive_pack::push(std::vector<ref_command> commands, chunk_source* pack,
                                     std::optional<byte_count> length) {
  return blaming(side::target, do_push(std::move(commands), pack, length));
}

task<target_listing> receive_pack::do_list(listed_refs what) {
  advertisement advertised = co_await host_.advertise(service::receive_pack);
  target_listing result;
  result.takes_ofs_delta = advertised.can.has("ofs-delta");
  result.can_delete = advertised.can.has("delete-refs");
  result.can_atomic = advertised.can.has("atomic");
  result.listing = std::move(advertised.listing);
  can_ = std::move(advertised.can);
  if (what == listed_refs::with_default_branch) result.listing.default_branch = co_await find_default_branch();
  co_return result;
}

/// receive-pack never says what HEAD points to, upload-pack does. A host that refuses to say is listed without.
task<std::optional<ref_name>> receive_pack::find_default_branch() {
  smart_host reading = host_;
  try {
    advertisement advertised = co_await reading.advertise(service::upload_pack);
    ref_listing listing = co_await reading.list_refs(std::move(advertised), ls_refs_scope::head_only);
    co_return std::move(listing.default_branch);
  } catch (const failed& refused) {
    if (refused.why().code() == errc::cancelled) throw;
  }
  co_return std::nullopt;
}

task<> receive_pack::do_probe() {
  std::string flush;
  append_flush(flush);
  net::exchange probed = co_await host_.post(service::receive_pack, protocol_version::v0, std::move(flush));
  const http::reply_head* const head = co_await probed.reply(options_.finalise);
  if (!head->is_success()) {
    failure why = co_await net::failure_of(probed);
    throw failed(std::move(why));
  }
  co_await probed.read_all(probe_reply_limit);  // empty; read so that the connection serves the push
}

task<push_report> receive_pack::do_push(std::vector<ref_command> commands, chunk_source* pack,
                                        std::optional<byte_count> length) {
  // 1. The POST opens only when the pack has begun: a source that fails before that costs the target nothing.
  next_piece first;
  if (pack != nullptr) first = co_await next_of(*pack);
  if (first.broken) throw failed(std::move(*first.broken));
  if (pack != nullptr && first.bytes.empty()) throw failed(failure(errc::pack_truncated).detail("it is empty"));

  // 2. Commands, then the pack.
  const std::string request = make_push_commands(commands, can_, options_.mode);
  net::exchange push = co_await host_.open_post(service::receive_pack, framing_of(request.size(), pack, length));
  const auto request_bytes = std::as_bytes(std::span(request));
  bool wanted = co_await push.write(request_bytes);
  if (wanted && pack != nullptr) wanted = co_await write_pack(push, first.bytes, *pack, length);
  if (wanted) co_await push.finish();

  // 3. The verdict.
  co_await await_result(push, service::receive_pack, errc::bad_push_report, options_.finalise);
  const std::size_t most_verdicts = commands.size() + push_report_reader::verdicts_slack;
  co_return co_await read_report(push, most_verdicts, options_.finalise);
}

}  // namespace hfpipe::git
