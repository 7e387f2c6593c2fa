#include "transports/lfs/blob_upload.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "transports/lfs/action_request.hpp"
#include "transports/lfs/multipart_upload.hpp"

namespace hfpipe::lfs {

namespace {

/// git-lfs asks three times too: the object is stored, only its confirmation got lost.
constexpr unsigned verify_tries = 3;

bool demands_chunks(const action& upload) {
  const secret* const framing = find_header(upload, "Transfer-Encoding");
  return framing && http::is_same_name(framing->reveal(), "chunked");
}

net::request make_put(const batch_entry& entry, const http::credential* own) {
  net::request made = make_action_request("PUT", *entry.upload, own);
  add_default_header(made, "Content-Type", "application/octet-stream");
  if (demands_chunks(*entry.upload)) {
    made.body = net::chunked_body{};
  } else {
    made.body = net::sized_body{entry.object.size};
  }
  return made;
}

net::request make_verify(const action& verify, const http::credential* own) {
  net::request made = make_action_request("POST", verify, own);
  add_default_header(made, "Accept", media_type);
  add_default_header(made, "Content-Type", media_type);
  return made;
}

failure not_offered(const batch_entry& entry) {
  if (!entry.error) return failure(errc::object_refused).detail("no upload is offered").blame(side::target);
  failure why = failure(code_at_target(entry.error->code)).detail("server said: " + entry.error->message);
  if (entry.error->code != no_answer) why = std::move(why).http_status(entry.error->code);
  return std::move(why).blame(side::target);
}

failure too_many_links(byte_count room) {
  return failure(errc::budget_exceeded)
      .detail("the links to an object's parts fill more than " + to_text(room))
      .blame(side::target);
}

failure not_the_size(std::string seen) {
  return failure(errc::size_mismatch).detail(std::move(seen)).blame(side::source);
}

/// Sends all of `body`, exactly `due` bytes. False: the target answered before it had them.
/// Whatever is thrown leaves the exchange unfinished.
task<bool> send_body(net::exchange& put, chunk_source& body, byte_count due) {
  std::uint64_t left = due.value();
  for (;;) {
    const std::span<const std::byte> part = co_await body.next();
    if (part.empty()) break;
    if (part.size() > left) throw failed(not_the_size("more bytes than named"));
    const bool wanted = co_await blaming(side::target, put.write(part));
    if (!wanted) co_return false;
    left -= part.size();
  }
  if (left != 0) throw failed(not_the_size("it ended " + std::to_string(left) + " bytes early"));
  co_await blaming(side::target, put.finish());
  co_return true;
}

}  // namespace

blob_upload::blob_upload(net::http_client& client, repository_location repository, std::optional<http::credential> own,
                         upload_options options)
    : client_(client),
      own_(own),
      options_(std::move(options)),
      batch_(client, std::move(repository), std::move(own), options_.batch) {}

task<std::vector<batch_entry>> blob_upload::missing(std::vector<lfs_object> wanted) {
  co_return co_await blaming(side::target, batch_.ask(operation::upload, wanted));
}

task<> blob_upload::put(const batch_entry& entry, chunk_source& body, const std::function<void()>& sent) {
  if (!entry.upload || entry.error) throw failed(not_offered(entry));
  const batch_entry way = co_await blaming(side::target, how_to_store(entry));
  std::string frame = "upload to ";
  if (way.parts) {
    frame += way.parts->parts.front().where.href.origin().text();
    const parts_terms terms{own_ ? &*own_ : nullptr, options_.finalise};
    task<> stored = store_in_parts(client_, terms, way.object, *way.parts, body, sent);
    co_await within(std::move(frame), std::move(stored));
  } else if (!way.upload && !way.error) {
    co_return;  // it appeared meanwhile
  } else if (!way.error) {
    frame += way.upload->href.origin().text();
    co_await within(std::move(frame), store(way, body, sent));
  } else {
    throw failed(not_offered(way));
  }
  if (way.verify) {
    frame = "verify at " + way.verify->href.origin().text();
    task<> framed = within(std::move(frame), verify(way));
    co_await blaming(side::target, std::move(framed));
  }
}

byte_count blob_upload::working_memory(const batch_entry& entry) const {
  return may_be_in_parts(entry) ? parts_reply_room(entry.object.size) * parts_reply_cost : byte_count();
}

bool blob_upload::may_be_in_parts(const batch_entry& entry) const {
  return entry.object.size >= options_.parts_from && entry.object.size > whole_up_to_;
}

/// How much of a reply with parts is read.
byte_count blob_upload::parts_reply_room(byte_count size) const {
  return std::min(parts_reply_limit(size), options_.parts_memory / parts_reply_cost);
}

/// The entry itself, or what the host says now that parts are offered to it.
task<batch_entry> blob_upload::how_to_store(const batch_entry& entry) {
  if (!may_be_in_parts(entry)) co_return entry;
  const byte_count size = entry.object.size;
  const byte_count limit = parts_reply_room(size);
  std::optional<batch_entry> latest;
  try {
    latest = co_await batch_.ask_for_parts(entry.object, limit);
  } catch (const failed& refused) {
    const errc code = refused.why().code();
    if (code == errc::limit_exceeded && limit < parts_reply_limit(size)) throw failed(too_many_links(limit));
    // A host that stumbles over a transfer it does not know still takes the one that every host knows.
    if (code != errc::unexpected_status) throw;
  }
  const bool unusable = !latest || (latest->parts && !latest->parts->obstacle.empty());
  const bool whole = unusable || latest->upload;
  if (whole) whole_up_to_ = std::max(whole_up_to_, size);
  if (unusable) co_return entry;
  co_return std::move(*latest);
}

task<> blob_upload::store(const batch_entry& entry, chunk_source& body, const std::function<void()>& sent) {
  net::request ask = make_put(entry, own_ ? &*own_ : nullptr);
  net::exchange put = co_await blaming(side::target, client_.start(std::move(ask)));
  const bool complete = co_await send_body(put, body, entry.object.size);
  if (complete && sent) sent();

  const http::reply_head* const head = co_await blaming(side::target, put.reply(options_.finalise));
  if (!complete || !head->is_success()) {  // a success for a part of the bytes would be none
    failure why = co_await net::failure_of(put);
    if (head->status == 422) why = renamed(why, errc::object_refused);
    throw failed(std::move(why).blame(side::target));
  }
  const std::string said = co_await put.read_excerpt();  // to the end, so that the connection serves the next object
  if (const auto refusal = refusal_in(said)) {
    throw failed(failure(errc::object_refused).detail("server said: " + *refusal).blame(side::target));
  }
}

task<> blob_upload::verify(const batch_entry& entry) {
  for (unsigned tries_left = verify_tries;;) {
    try {
      co_await verify_once(entry);
      co_return;
    } catch (const failed& broken) {
      if (broken.why().cause() != cause::transient || --tries_left == 0) throw;
    }
    co_await sleep_for(options_.verify_pause);
  }
}

task<> blob_upload::verify_once(const batch_entry& entry) {
  net::request ask = make_verify(*entry.verify, own_ ? &*own_ : nullptr);
  std::string body = make_verify_request(entry.object);
  net::exchange call = co_await client_.send(std::move(ask), std::move(body));
  const http::reply_head* const head = co_await call.reply();
  if (head->is_success()) {
    co_await call.read_excerpt();
    co_return;
  }
  failure why = co_await net::failure_of(call);
  if (head->status == 404 || head->status == 409 || head->status == 422) why = renamed(why, errc::object_refused);
  throw failed(std::move(why));
}

}  // namespace hfpipe::lfs
