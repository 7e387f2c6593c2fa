#include "bench/host/object_service.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <thread>
#include <vector>

#include "protocol/digest.hpp"
#include "tools/forge/byte_range.hpp"

namespace hfpipe::bench {

namespace json = boost::json;

namespace {

constexpr std::size_t batch_request_limit = 4 * 1024 * 1024;
// What is answered in one write, head and all.
constexpr std::uint64_t one_write = 256 * 1024;
// A sixteenth of a second at 1 MB/s: a limited line flows, it does not come in gusts.
constexpr std::size_t limited_piece = 64 * 1024;
constexpr std::size_t upload_piece = 256 * 1024;

json::object answer_for(const catalogue& objects, const std::string& base, const json::value& asked, bool uploads) {
  const std::string oid(asked.at("oid").as_string());
  json::object answer{{"oid", oid}, {"size", asked.at("size")}};
  const auto id = lfs_oid::from_hex(oid);
  if (!uploads && (!id || !objects.find(*id))) {
    answer["error"] = json::object{{"code", 404}, {"message", "Object does not exist"}};
  } else {
    answer["authenticated"] = true;
    answer["actions"] =
        json::object{{uploads ? "upload" : "download", json::object{{"href", base + "/info/lfs/objects/" + oid}}}};
  }
  return answer;
}

std::string content_range(const forge::byte_range& range, std::uint64_t total) {
  return "bytes " + std::to_string(range.first) + "-" + std::to_string(range.end - 1) + "/" + std::to_string(total);
}

void append(std::string& to, const patterned_blob& blob, const forge::byte_range& range) {
  for (std::uint64_t at = range.first; at < range.end;) {
    const auto seen = blob.view(at);
    const auto part = seen.first(std::min<std::uint64_t>(seen.size(), range.end - at));
    to.append(reinterpret_cast<const char*>(part.data()), part.size());
    at += part.size();
  }
}

void send(forge::exchange& to, const patterned_blob& blob, const forge::byte_range& range, pace& connection) {
  for (std::uint64_t at = range.first; at < range.end;) {
    const auto seen = blob.view(at);
    const std::uint64_t most = connection.is_limited() ? limited_piece : seen.size();
    const auto part = seen.first(std::min({most, std::uint64_t{seen.size()}, range.end - at}));
    connection.carry(part.size());
    to.write(part);
    at += part.size();
  }
}

}  // namespace

std::string counts::as_json() const {
  const json::object all{{"connections", connections.load()}, {"batches", batches.load()},
                         {"downloads", downloads.load()},     {"downloaded_bytes", downloaded_bytes.load()},
                         {"uploads", uploads.load()},         {"uploaded_bytes", uploaded_bytes.load()}};
  return json::serialize(all);
}

void object_service::serve_batch(forge::exchange& with, const forge::route& to) {
  ++seen.batches;
  const auto text = with.read_whole_body(batch_request_limit);
  std::this_thread::sleep_for(delay);
  json::array answers;
  try {
    const json::value asked = json::parse(text.value());
    const bool uploads = asked.at("operation").as_string() == "upload";
    // As the client named us: it may have come through a proxy.
    const std::string host(with.header("Host").value_or("127.0.0.1"));
    const std::string base = (secure ? "https://" : "http://") + host + "/" + to.repository + ".git";
    for (const json::value& object : asked.at("objects").as_array()) {
      answers.push_back(answer_for(objects, base, object, uploads));
    }
  } catch (const std::exception&) {
    return with.send(forge::lfs_error(422, "not a batch request"));
  }
  const json::object body{{"transfer", "basic"}, {"objects", std::move(answers)}};
  with.send(forge::lfs_reply(200, json::serialize(body)));
}

void object_service::serve_download(forge::exchange& with, const forge::route& to, pace& connection) {
  const auto oid = lfs_oid::from_hex(to.oid);
  const auto blob = oid ? objects.find(*oid) : std::nullopt;
  if (!blob) return with.send(forge::lfs_error(404, "Object does not exist"));
  const std::uint64_t total = blob->size.value();
  forge::byte_range range;
  const auto verdict = forge::read_range(with.header("Range"), total, range);
  if (verdict == forge::range_verdict::unsatisfiable) {
    return with.send({416, {{"Content-Range", "bytes */" + std::to_string(total)}}, ""});
  }
  std::this_thread::sleep_for(delay);
  const int status = verdict == forge::range_verdict::part ? 206 : 200;
  forge::header_map headers{{"Accept-Ranges", "bytes"}};
  if (status == 206) headers["Content-Range"] = content_range(range, total);
  if (range.size() <= one_write) {
    forge::reply whole{status, std::move(headers), ""};
    append(whole.body, *blob, range);
    connection.carry(whole.body.size());
    with.send(whole);
  } else {
    with.begin(status, headers, range.size());
    send(with, *blob, range, connection);
  }
  ++seen.downloads;
  seen.downloaded_bytes += range.size();
}

void object_service::serve_upload(forge::exchange& with, const forge::route& to, pace& connection) {
  static thread_local std::vector<std::byte> piece(upload_piece);
  digest hash = digest::sha256();
  std::uint64_t size = 0;
  while (const std::size_t got = with.read_body(piece)) {
    if (checks_uploads) hash.update(std::span(piece).first(got));
    connection.carry(got);
    size += got;
  }
  std::this_thread::sleep_for(delay);
  const auto oid = lfs_oid::from_hex(to.oid);
  if (checks_uploads && (!oid || !std::ranges::equal(hash.finish(), oid->raw()))) {
    return with.send(forge::lfs_error(422, "the bytes are not what the object's name says"));
  }
  ++seen.uploads;
  seen.uploaded_bytes += size;
  with.send({200, {}, ""});
}

}  // namespace hfpipe::bench
