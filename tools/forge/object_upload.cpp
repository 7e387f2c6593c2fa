#include "tools/forge/object_upload.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "tools/forge/tampering.hpp"

namespace hfpipe::forge {

namespace {

// The answer to a body that was read to its end.
reply keep_upload(const visit& request, incoming_blob& incoming) {
  const auto kept = incoming.keep(std::nullopt);
  if (!kept) return lfs_error(422, "the bytes are not what the object's name says");
  return request.site.manners->stored();
}

// Nothing when a fault broke the connection off.
std::optional<reply> receive(const visit& request, const lfs_oid& oid) {
  exchange& with = request.exchange;
  if (const auto fault = request.take("upload_status")) return status_reply(*fault, 503);
  if (with.is_chunked() && !request.site.manners->takes_chunked_uploads()) {
    return json_reply(411, R"({"Code":411,"Message":"Content-Length required","Success":false})");
  }
  tampering harm;
  harm.take_pace(request.site.faults, request.subject());
  fault_subject bytes = request.subject();
  if (const auto length = with.declared_length()) {
    bytes.first = 0;
    bytes.end = std::max<std::uint64_t>(*length, 1);
  }
  if (const auto fault = request.site.faults.take("upload_cut", bytes)) harm.cut_at = fault->at.value_or(0);
  if (harm.taken(with, 0) != tampering::result::passed) return std::nullopt;
  const auto refused_late = request.take("upload_late_status");
  incoming_blob incoming = request.site.blobs.receive(request.site.repository_folder(request.to), oid);
  std::vector<std::byte> piece(piece_size);
  while (const std::size_t got = with.read_body(piece)) {
    incoming.write(std::span(piece).first(got));
    if (harm.taken(with, got) != tampering::result::passed) return std::nullopt;
  }
  if (refused_late) return status_reply(*refused_late, 503);
  return keep_upload(request, incoming);
}

void log_upload(const visit& request, int status) {
  request.site.log.add({{"event", "upload"},
                        {"repo", request.to.repository},
                        {"oid", request.to.oid},
                        {"status", status},
                        {"bytes", request.exchange.body_bytes()},
                        {"chunked", request.exchange.is_chunked()},
                        {"stored", status == 200}});
}

void receive_upload(const visit& request) {
  const auto oid = lfs_oid::from_hex(request.to.oid);
  std::optional<reply> answer = lfs_error(422, "not an object id");
  try {
    if (oid) answer = receive(request, *oid);
  } catch (...) {
    log_upload(request, 0);
    throw;
  }
  log_upload(request, answer ? answer->status : 0);
  if (answer) request.exchange.send(*answer);
}

}  // namespace

void serve_upload(const visit& request) {
  if (request.refused(access_rules::need::write)) return log_upload(request, request.exchange.status());
  receive_upload(request);
}

void serve_store(const visit& request) {
  exchange& with = request.exchange;
  const std::string authorization(with.header("Authorization").value_or(""));
  const bool granted =
      request.site.access.check(authorization, access_rules::need::write) == access_rules::verdict::granted;
  const bool bearer = authorization.starts_with("Bearer ");
  const std::string token = bearer ? authorization.substr(7) : std::string();
  if (!granted || (bearer && with.header("Cookie").value_or("") != "m_session_id=" + token)) {
    log_upload(request, 400);
    return with.send(json_reply(400, R"({"Code":10030000001,"Message":"user not logged in","Success":false})"));
  }
  receive_upload(request);
}

}  // namespace hfpipe::forge
