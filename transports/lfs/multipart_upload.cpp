#include "transports/lfs/multipart_upload.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "protocol/lfs/batch.hpp"
#include "transports/lfs/action_request.hpp"

// Flow: init?, then for each part PUT and its answer, then commit. What breaks in between ends in abort?.

namespace hfpipe::lfs {

namespace {

/// The parts of a failed upload are forgotten by themselves some day; nobody should wait for that to be said.
constexpr duration abort_patience = std::chrono::seconds(2);

failure not_the_parts_size(std::string seen) {
  return failure(errc::size_mismatch).detail(std::move(seen)).blame(side::source);
}

/// Pieces of a stream, cut where parts end.
class cut_pieces {
 public:
  explicit cut_pieces(chunk_source& from) : from_(from) {}

  /// The next bytes, at most `most`; empty at the end. The view lives until the next call.
  task<std::span<const std::byte>> next(std::uint64_t most) {
    if (rest_.empty()) rest_ = co_await from_.next();
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(most, rest_.size()));
    const std::span<const std::byte> piece = rest_.first(size);
    rest_ = rest_.subspan(size);
    co_return piece;
  }

 private:
  chunk_source& from_;
  std::span<const std::byte> rest_;  // lent by from_, not given out yet
};

class parts_upload {
 public:
  parts_upload(net::http_client& client, parts_terms terms, const lfs_object& object, const multipart_plan& plan)
      : client_(client), terms_(terms), object_(object), plan_(plan) {}

  task<> run(chunk_source& body, const std::function<void()>& sent) {
    std::optional<failure> broken;
    try {
      co_await store(body, sent);
    } catch (const failed& thrown) {
      broken = thrown.why();
    }
    if (!broken) co_return;
    if (plan_.abort && broken->code() != errc::cancelled) co_await abort();
    throw failed(std::move(*broken));
  }

 private:
  task<> store(chunk_source& body, const std::function<void()>& sent) {
    if (plan_.init) {
      std::string opening = plan_.init->body;
      co_await within("init", call(*plan_.init, std::move(opening), terms_.finalise));
    }
    cut_pieces pieces(body);
    std::vector<std::string> etags;
    for (std::size_t n = 0; n < plan_.parts.size(); ++n) {
      std::string frame = "part " + std::to_string(n + 1) + " of " + std::to_string(plan_.parts.size());
      task<std::string> framed = within(std::move(frame), put_part(n, pieces, sent));
      std::string etag = co_await std::move(framed);
      if (is_hub()) etags.push_back(std::move(etag));
    }
    if (!plan_.commit) co_return;
    std::string body_of_commit = is_hub() ? make_completion(object_, etags) : plan_.commit->body;
    co_await within("commit", call(*plan_.commit, std::move(body_of_commit), terms_.finalise));
  }

  bool is_hub() const { return plan_.form == multipart_form::hub; }
  bool is_last(std::size_t n) const { return n + 1 == plan_.parts.size(); }

  /// The part's ETag.
  task<std::string> put_part(std::size_t n, cut_pieces& pieces, const std::function<void()>& sent) {
    const upload_part& part = plan_.parts[n];
    // A signed URL is all the credential that a store takes: with another one beside it, it refuses both.
    net::request ask = make_action_request(part.method, part.where, is_hub() ? nullptr : terms_.own);
    ask.body = net::sized_body{part.size};
    net::exchange put = co_await blaming(side::target, client_.start(std::move(ask)));
    const bool complete = co_await send_part(put, pieces, part.size);
    if (complete && is_last(n)) {
      const std::span<const std::byte> more = co_await pieces.next(1);
      if (!more.empty()) throw failed(not_the_parts_size("more bytes than named"));
      if (sent) sent();
    }

    const http::reply_head* const head = co_await blaming(side::target, put.reply(terms_.finalise));
    if (!complete || !head->is_success()) {  // a success for a piece of the part would be none
      failure why = co_await net::failure_of(put);
      throw failed(of_part(why, head->status, n).blame(side::target));
    }
    std::string etag(head->header("ETag").value_or(""));
    co_await put.read_excerpt();  // to the end, so that the connection serves the next part
    if (is_hub() && (etag.empty() || etag.size() > etag_limit)) {
      throw failed(failure(errc::bad_http_reply).detail("a part was stored without an ETag").blame(side::target));
    }
    co_return etag;
  }

  /// False: the host answered before it had the part.
  task<bool> send_part(net::exchange& put, cut_pieces& pieces, byte_count size) {
    for (std::uint64_t left = size.value(); left != 0;) {
      const std::span<const std::byte> piece = co_await pieces.next(left);
      if (piece.empty()) throw failed(not_the_parts_size("it ended inside of a part"));
      const bool wanted = co_await blaming(side::target, put.write(piece));
      if (!wanted) co_return false;
      left -= piece.size();
    }
    co_await blaming(side::target, put.finish());
    co_return true;
  }

  /// The first part shows whether we may upload. Behind it, a refusal says that the links or the upload are gone.
  static failure of_part(const failure& why, int status, std::size_t n) {
    const bool gone = status == 401 || status == 403 || status == 404 || status == 410;
    return n != 0 && gone ? renamed(why, errc::upload_lost) : why;
  }

  /// What the host says of all parts together: 400 that they are not those it has, 404 and 410 that it has none, 409
  /// (giftless' docs) that the upload must begin anew.
  static failure of_call(const failure& why, int status) {
    if (status == 422) return renamed(why, errc::object_refused);
    const bool gone = status == 400 || status == 404 || status == 409 || status == 410;
    return gone ? renamed(why, errc::upload_lost) : why;
  }

  task<> call(const plan_call& what, std::string body, duration patience) {
    net::request ask = make_action_request(what.method, what.where, terms_.own);
    if (is_hub()) {
      add_default_header(ask, "Accept", media_type);
      add_default_header(ask, "Content-Type", media_type);
    }
    net::exchange asked = co_await blaming(side::target, client_.send(std::move(ask), std::move(body)));
    const http::reply_head* const head = co_await blaming(side::target, asked.reply(patience));
    if (!head->is_success()) {
      failure why = co_await net::failure_of(asked);
      throw failed(of_call(why, head->status).blame(side::target));
    }
    const std::string said = co_await asked.read_excerpt();
    if (const auto refusal = refusal_in(said)) {
      throw failed(failure(errc::object_refused).detail("server said: " + *refusal).blame(side::target));
    }
  }

  task<> abort() {
    try {
      std::string words = plan_.abort->body;
      co_await call(*plan_.abort, std::move(words), abort_patience);
    } catch (const failed& broken) {
      // What broke the upload is what matters; parts that stay behind are the host's to clean up.
      if (broken.why().code() == errc::cancelled) throw;
    }
  }

  net::http_client& client_;
  parts_terms terms_;
  const lfs_object& object_;
  const multipart_plan& plan_;
};

}  // namespace

task<> store_in_parts(net::http_client& client, parts_terms terms, const lfs_object& object, const multipart_plan& plan,
                      chunk_source& body, const std::function<void()>& sent) {
  parts_upload upload(client, terms, object, plan);
  co_await upload.run(body, sent);
}

}  // namespace hfpipe::lfs
