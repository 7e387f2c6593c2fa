#include "tools/forge/parts_upload.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <fstream>
#include <vector>

#include "protocol/digest.hpp"
#include "tools/forge/signed_path.hpp"
#include "tools/forge/tampering.hpp"

// A part is a file NUMBER in REPOSITORY/lfs/parts/OID, and its ETag one NUMBER.etag beside it.

namespace hfpipe::forge {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

// 10,000 parts with their ETags are near 600 KiB.
constexpr std::size_t list_limit = 2 * 1024 * 1024;

fs::path parts_of(const visit& request) {
  return request.site.repository_folder(request.to) / "lfs" / "parts" / request.to.oid;
}

void log_part(const visit& request, int status) {
  request.site.log.add({{"event", "part"},
                        {"repo", request.to.repository},
                        {"oid", request.to.oid},
                        {"number", request.to.number},
                        {"authorization", request.exchange.header("Authorization").has_value()},
                        {"status", status},
                        {"bytes", request.exchange.body_bytes()}});
}

// Nothing when a fault broke the connection off.
std::optional<reply> receive_part(const visit& request) {
  exchange& with = request.exchange;
  if (const auto fault = request.take("part_status")) return status_reply(*fault, 403);
  tampering harm;
  harm.take_pace(request.site.faults, request.subject());
  if (const auto fault = request.take("part_cut")) harm.cut_at = fault->at.value_or(0);
  if (harm.taken(with, 0) != tampering::result::passed) return std::nullopt;
  const fs::path folder = parts_of(request);
  fs::create_directories(folder);
  const fs::path unfinished = folder / (request.to.number + ".new");
  std::ofstream out(unfinished, std::ios::binary);
  digest hash = digest::sha256();
  std::vector<std::byte> piece(piece_size);
  while (const std::size_t got = with.read_body(piece)) {
    const auto bytes = std::span<const std::byte>(piece).first(got);
    hash.update(bytes);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(got));
    if (harm.taken(with, got) != tampering::result::passed) return std::nullopt;
  }
  out.close();
  const std::string etag = '"' + to_hex(hash.finish()).substr(0, 32) + '"';
  fs::rename(unfinished, folder / request.to.number);
  std::ofstream(folder / (request.to.number + ".etag")) << etag;
  return reply{200, {{"ETag", request.take("part_etag") ? "\"of-another-part\"" : etag}}, ""};
}

std::string etag_of(const fs::path& part) {
  std::ifstream in(part.string() + ".etag");
  std::string etag;
  std::getline(in, etag);
  return etag;
}

// The parts that the body lists, in its order; nothing where it is wrong about one.
std::optional<std::vector<fs::path>> listed_parts(const visit& request, const std::string& body) {
  boost::system::error_code broken;
  const json::value list = json::parse(body, broken);
  std::vector<fs::path> parts;
  if (broken || !list.is_object() || !list.get_object().contains("parts")) return std::nullopt;
  for (const json::value& each : list.at("parts").as_array()) {
    const auto number = each.at("partNumber").to_number<std::uint64_t>();
    parts.push_back(parts_of(request) / std::to_string(number));
    if (number != parts.size() || etag_of(parts.back()) != each.at("etag").as_string()) return std::nullopt;
  }
  return parts;
}

std::vector<fs::path> all_parts(const visit& request) {
  std::vector<fs::path> parts;
  for (fs::path next = parts_of(request) / "1"; fs::exists(next);) {
    parts.push_back(next);
    next = parts_of(request) / std::to_string(parts.size() + 1);
  }
  return parts;
}

reply join(const visit& request, const lfs_oid& oid, const std::string& body, std::uint64_t& bytes) {
  if (const auto fault = request.take("commit_status")) return status_reply(*fault, 503);
  const bool by_list = request.site.manners->parts_transfer() == "multipart";
  const auto parts = by_list ? listed_parts(request, body) : all_parts(request);
  if (!parts) return lfs_error(400, "InvalidPart: one or more of the specified parts could not be found");
  incoming_blob incoming = request.site.blobs.receive(request.site.repository_folder(request.to), oid);
  std::vector<std::byte> piece(piece_size);
  for (const fs::path& part : *parts) {
    std::ifstream in(part, std::ios::binary);
    while (in.read(reinterpret_cast<char*>(piece.data()), static_cast<std::streamsize>(piece.size())) ||
           in.gcount() > 0) {
      const auto got = static_cast<std::size_t>(in.gcount());
      incoming.write(std::span<const std::byte>(piece).first(got));
      bytes += got;
    }
  }
  if (!incoming.keep(std::nullopt)) return lfs_error(422, "the parts are not what the object's name says");
  fs::remove_all(parts_of(request));
  return lfs_reply(200, "{}");
}

}  // namespace

void serve_part(const visit& request) {
  exchange& with = request.exchange;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  std::optional<reply> answer;
  if (with.header("Authorization")) {
    answer = reply{400, {{"Content-Type", "text/plain"}}, "only one auth mechanism allowed\n"};
  } else if (with.is_chunked()) {
    answer = reply{501, {}, "A header you provided implies functionality that is not implemented\n"};
  } else if (check_signed_path(request.to.path, request.to.query, seconds, request.site.signing_key) !=
             signature_verdict::good) {
    answer = reply{403, {}, "Request has expired\n"};
  } else {
    answer = receive_part(request);
  }
  log_part(request, answer ? answer->status : 0);
  if (answer) with.send(*answer);
}

void serve_parts_call(const visit& request) {
  exchange& with = request.exchange;
  if (request.refused(access_rules::need::write)) return;
  const auto oid = lfs_oid::from_hex(request.to.oid);
  const auto body = with.read_whole_body(list_limit);
  const bool forgets = with.method() == "DELETE" || query_value(request.to.query, "call") == "init";
  std::uint64_t bytes = 0;
  reply answer = lfs_error(422, "not an upload in parts");
  if (oid && body && forgets) {
    fs::remove_all(parts_of(request));
    answer = lfs_reply(200, "{}");
  } else if (oid && body) {
    answer = join(request, *oid, *body, bytes);
  }
  const std::string call = with.method() == "DELETE" ? "abort" : forgets ? "init" : "commit";
  request.site.log.add({{"event", "parts_call"},
                        {"repo", request.to.repository},
                        {"call", call},
                        {"oid", request.to.oid},
                        {"status", answer.status}});
  if (call == "commit") {
    request.site.log.add({{"event", "upload"},
                          {"repo", request.to.repository},
                          {"oid", request.to.oid},
                          {"status", answer.status},
                          {"bytes", bytes},
                          {"chunked", false},
                          {"stored", answer.status == 200}});
  }
  with.send(answer);
}

}  // namespace hfpipe::forge
