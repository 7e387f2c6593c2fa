#include "transports/lfs/blob_download.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "transports/lfs/action_request.hpp"

namespace hfpipe::lfs {

namespace {

failure wrong_size(std::string seen) {
  return failure(errc::size_mismatch).detail(std::move(seen));
}

failure wrong_range(std::string seen) {
  return failure(errc::bad_range_reply).detail(std::move(seen));
}

/// What stands in `Content-Range: bytes first-last/total` against what we asked for, or nothing. That it ends before
/// what was asked for does is no fault: some hosts cap what they give at once.
/// Gitea names size - first as the total, and clamps a first beyond 2 GiB, which is why the first byte is compared.
std::optional<failure> fault_of_range(const outcome<http::content_range>& range, const lfs_object& object,
                                      byte_count from, byte_count until) {
  if (!range) return range.error();
  if (range->first != from) {
    return wrong_range("asked for byte " + std::to_string(from.value()) + ", got " +
                       std::to_string(range->first.value()));
  }
  if (range->last >= until) return wrong_range("it ends behind the last byte that was asked for");
  if (range->total && *range->total != object.size && *range->total != object.size - from) {
    return wrong_range("the object has " + std::to_string(object.size.value()) + " bytes, the reply says " +
                       std::to_string(range->total->value()));
  }
  return {};
}

/// How many bytes from `from` on the reply brings, or why it cannot be read as those.
outcome<byte_count> promised(const http::reply_head& head, const lfs_object& object, byte_count from,
                             byte_count until) {
  byte_count due = until - from;
  if (head.status == 416) return wrong_size("the source has no byte " + std::to_string(from.value()));
  if (head.status == 206) {
    const auto range = http::parse_content_range(head.header("Content-Range").value_or(""));
    if (auto fault = fault_of_range(range, object, from, until)) return std::move(*fault);
    due = range->last - range->first + byte_count(1);
  } else if (head.status != 200) {
    return wrong_range("HTTP " + std::to_string(head.status) + " in answer to a range");
  } else if (from != 0_B || until != object.size) {
    return wrong_range("the whole object in answer to a range");
  }
  const std::string expected = std::to_string(due.value());
  const std::string_view length = head.header("Content-Length").value_or(expected);
  if (length != expected)
    return wrong_size(expected + " bytes are due, the source announces " + clean_server_text(length));
  return due;
}

/// The reply's body, counted: never more than is due, and the last byte only when nothing follows it.
class counted_body : public byte_source {
 public:
  counted_body(net::exchange get, const http::reply_head& head, byte_count due, side whose)
      : get_(std::move(get)), left_(due.value()), ends_by_close_(is_ended_by_close(head)), whose_(whose) {}

  task<std::size_t> read_some(std::span<std::byte> room) override {
    if (left_ == 0) co_return 0;
    try {
      const std::span<std::byte> part =
          room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), left_)));
      const std::size_t got = co_await get_.read_some(part);
      if (got == 0) throw failed(ended_early());
      left_ -= got;
      if (left_ == 0) co_await expect_end();  // here and not in the next read: it also frees the connection
      co_return got;
    } catch (failed& broken) {
      broken.why().add_frame("download from " + get_.url().origin().text());
      broken.why().add_blame(whose_);
      throw;
    }
  }

 private:
  static bool is_ended_by_close(const http::reply_head& head) {
    return !head.header("Content-Length") && !head.header("Transfer-Encoding");
  }

  /// A body that nothing but the close delimits was cut; one with an end of its own is all that the source has.
  failure ended_early() const {
    const std::string missing = "it ended " + std::to_string(left_) + " bytes early";
    return ends_by_close_ ? failure(errc::connection_lost).detail(missing) : wrong_size(missing);
  }

  task<> expect_end() {
    std::array<std::byte, 1> more{};
    const std::span<std::byte> room(more);
    const std::size_t got = co_await get_.read_some(room);
    if (got != 0) throw failed(wrong_size("more bytes than named"));
  }

  net::exchange get_;
  std::uint64_t left_;
  bool ends_by_close_;
  side whose_;
};

/// No range describes nothing, so nothing is asked for.
class no_bytes : public byte_source {
 public:
  task<std::size_t> read_some(std::span<std::byte>) override { co_return 0; }
};

/// `bytes=first-last`, or `bytes=first-` where the last byte is the object's own: it is asked for as it always was.
std::string range_text(const lfs_object& object, byte_count from, byte_count until) {
  std::string text = "bytes=" + std::to_string(from.value()) + "-";
  if (until != object.size) text += std::to_string(until.value() - 1);
  return text;
}

net::request make_get(const batch_entry& entry, byte_count from, byte_count until, connection_use use,
                      const http::credential* own) {
  net::request made = make_action_request("GET", *entry.download, own);
  made.headers.push_back({"Range", secret(range_text(entry.object, from, until))});
  made.redirects = net::redirects::follow;
  made.fresh_connection = use == connection_use::fresh;
  return made;
}

failure no_action(const batch_entry& entry) {
  if (!entry.error) return failure(errc::bad_batch_reply).detail("no download is offered");
  const int code = entry.error->code;
  if (code == no_answer) return failure(errc::bad_batch_reply).detail(entry.error->message);
  failure why(code == 404 || code == 410 ? errc::object_missing : errc::unexpected_status);
  return std::move(why).detail("server said: " + entry.error->message);
}

}  // namespace

blob_download::blob_download(net::http_client& client, repository_location repository,
                             std::optional<http::credential> own, batch_options options, side whose)
    : client_(client),
      own_(own),
      batch_(client, std::move(repository), std::move(own), std::move(options)),
      whose_(whose) {}

task<std::vector<batch_entry>> blob_download::locate(std::vector<lfs_object> wanted) {
  auto entries = co_await blaming(whose_, batch_.ask(operation::download, wanted));
  // Neither bytes nor a reason: nothing that the object's absence could be concluded from.
  for (batch_entry& entry : entries) {
    if (!entry.download && !entry.error) entry.error = object_error{no_answer, "the server offers no download"};
  }
  co_return entries;
}

task<std::unique_ptr<byte_source>> blob_download::open(const batch_entry& entry, byte_count from, connection_use use,
                                                       std::optional<byte_count> until) {
  if (!entry.download || entry.error) throw failed(no_action(entry).blame(whose_));
  const byte_count end = std::min(until.value_or(entry.object.size), entry.object.size);
  if (from >= end) co_return std::make_unique<no_bytes>();
  std::string frame = "download from " + entry.download->href.origin().text();
  task<std::unique_ptr<byte_source>> framed = within(std::move(frame), request(entry, from, end, use));
  co_return co_await blaming(whose_, std::move(framed));
}

task<std::unique_ptr<byte_source>> blob_download::request(const batch_entry& entry, byte_count from, byte_count until,
                                                          connection_use use) {
  net::request ask = make_get(entry, from, until, use, own_ ? &*own_ : nullptr);
  net::exchange get = co_await client_.start(std::move(ask));
  co_await get.finish();
  const http::reply_head& head = *co_await get.reply();
  if (!head.is_success() && head.status != 416) {
    failure why = co_await net::failure_of(get);
    // The batch reply promised the object: that one link leads nowhere does not prove that the source lacks it.
    if (why.code() == errc::not_found)
      why = std::move(why).hint("run again; look for the object in the source's storage");
    throw failed(std::move(why));
  }
  const outcome<byte_count> due = promised(head, entry.object, from, until);
  if (!due) throw failed(failure(due.error()).http_status(head.status).at(get.url().shown()));
  co_return std::make_unique<counted_body>(std::move(get), head, *due, whose_);
}

}  // namespace hfpipe::lfs
