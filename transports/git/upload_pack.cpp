#include "transports/git/upload_pack.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "protocol/git/fetch_dialogue.hpp"
#include "protocol/git/have_answers.hpp"

namespace hfpipe::git {

namespace {

/// One full sideband packet; what a read of the connection gives at most.
constexpr std::size_t pack_buffer_size = 64 * 1024;
/// An answer to a have takes 60 bytes.
constexpr std::size_t answers_buffer_size = 16 * 1024;

/// The pack inside the answer to a fetch.
///
///   connection -> buffer_: [ taken | found_ | unread_ ]  -> the caller's room: the one copy
class pack_stream final : public byte_source {
 public:
  pack_stream(net::exchange reply, const advertisement& server, unsigned depth, side whose)
      : reply_(std::move(reply)), dialogue_(server, depth), whose_(whose), buffer_(pack_buffer_size) {}

  /// Reads on until there are pack bytes to give, or the pack has ended properly. Waits for each read at most
  /// `patience` where given.
  task<> find_pack(std::optional<duration> patience) {
    while (found_.empty() && !ended_) {
      if (unread_.empty()) {
        const std::size_t got = co_await reply_.read_some(buffer_, patience);
        unread_ = std::span<const std::byte>(buffer_).first(got);
        ended_ = got == 0;
        if (ended_) value_from(reply_, dialogue_.finish());
        continue;
      }
      const auto fed = value_from(reply_, dialogue_.feed(unread_));
      unread_ = unread_.subspan(fed.consumed);
      found_ = fed.pack;
    }
  }

  task<std::size_t> read_some(std::span<std::byte> room) override {
    co_await blaming(whose_, find_pack(std::nullopt));
    const auto given = found_.first(std::min(found_.size(), room.size()));
    std::copy(given.begin(), given.end(), room.begin());
    found_ = found_.subspan(given.size());
    co_return given.size();
  }

 private:
  net::exchange reply_;
  fetch_dialogue dialogue_;
  side whose_;
  std::vector<std::byte> buffer_;
  std::span<const std::byte> unread_;  ///< of buffer_: not yet fed
  std::span<const std::byte> found_;   ///< of buffer_: pack bytes not yet given
  bool ended_ = false;
};

}  // namespace

upload_pack::upload_pack(net::http_client& client, repository_location where,
                         std::optional<http::credential> credential, upload_pack_options options)
    : host_(client, std::move(where), std::move(credential)), options_(options) {}

task<source_listing> upload_pack::list() {
  return blaming(options_.whose, do_list());
}

task<std::unique_ptr<byte_source>> upload_pack::fetch(fetch_request request) {
  return blaming(options_.whose, do_fetch(std::move(request)));
}

task<std::optional<std::vector<git_oid>>> upload_pack::common(std::vector<git_oid> wants, std::vector<git_oid> haves) {
  return blaming(options_.whose, do_common(std::move(wants), std::move(haves)));
}

task<source_listing> upload_pack::do_list() {
  advertisement advertised = co_await host_.advertise(service::upload_pack);
  source_listing result;
  result.can_filter = offers_filter(advertised);
  result.can_deepen = offers_depth(advertised);
  result.listing = co_await host_.list_refs(advertised, ls_refs_scope::all_refs);
  advertised.listing.refs.clear();  // the caller has them; a fetch needs only what the server can
  advertised.listing.refs.shrink_to_fit();
  server_ = std::move(advertised);
  co_return result;
}

task<std::unique_ptr<byte_source>> upload_pack::do_fetch(fetch_request request) {
  if (!server_) throw failed(failure(errc::internal).detail("a fetch before the listing"));
  if (server_->is_shallow) throw failed(failure(errc::shallow_source));
  const fetch_terms terms{request.wants, request.haves, request.ofs_delta, request.filter, request.depth};
  std::string body = make_fetch_request(*server_, terms);
  net::exchange posted = co_await host_.post(service::upload_pack, server_->version, std::move(body));
  co_await await_result(posted, service::upload_pack, errc::bad_fetch_reply, options_.first_byte);
  auto stream = std::make_unique<pack_stream>(std::move(posted), *server_, request.depth, options_.whose);
  co_await stream->find_pack(options_.first_byte);
  std::unique_ptr<byte_source> result = std::move(stream);
  co_return result;
}

task<std::optional<std::vector<git_oid>>> upload_pack::do_common(std::vector<git_oid> wants,
                                                                 std::vector<git_oid> haves) {
  if (!server_) throw failed(failure(errc::internal).detail("a question before the listing"));
  if (!answers_haves(*server_)) co_return std::nullopt;
  std::string body = make_have_request(*server_, wants, haves);
  net::exchange posted = co_await host_.post(service::upload_pack, server_->version, std::move(body));
  co_await await_result(posted, service::upload_pack, errc::bad_fetch_reply, options_.first_byte);
  have_answers answers(server_->listing.format);
  std::vector<std::byte> buffer(answers_buffer_size);
  while (!answers.pack_follows()) {
    const std::size_t got = co_await posted.read_some(buffer);
    if (got == 0) break;
    value_from(posted, answers.feed(std::span<const std::byte>(buffer).first(got)));
  }
  co_return value_from(posted, answers.finish());
}

}  // namespace hfpipe::git
