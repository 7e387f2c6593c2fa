#include "tools/forge/object_download.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <vector>

#include "tools/forge/byte_range.hpp"
#include "tools/forge/signed_path.hpp"
#include "tools/forge/tampering.hpp"

namespace hfpipe::forge {

namespace {

// What leaves: `range` of the object, then `extra` bytes that are not its own.
struct delivery {
  int status = 200;
  byte_range range;
  std::uint64_t extra = 0;
  header_map headers;
};

std::string content_range(const byte_range& range, std::uint64_t total) {
  return "bytes " + std::to_string(range.first) + "-" + std::to_string(range.end - 1) + "/" + std::to_string(total);
}

// The faults that change what is promised, not how the bytes flow.
void distort(delivery& plan, std::uint64_t total, const visit& request) {
  if (plan.status == 206) plan.range.first = request.site.manners->first_of_range(plan.range.first);
  if (plan.status == 206 && request.take("blob_ignore_range")) {
    plan.status = 200;
    plan.range = {0, total};
  }
  if (plan.status == 206) {
    if (const auto fault = request.take("blob_wrong_range")) {
      const std::uint64_t shift = fault->at.value_or(1);
      plan.range.first = plan.range.first + shift < plan.range.end ? plan.range.first + shift : plan.range.first / 2;
    }
    if (const auto fault = request.take("blob_capped_range")) {
      plan.range.end = std::min(plan.range.end, plan.range.first + fault->at.value_or(65'536));
    }
    const std::uint64_t told = request.site.manners->total_of_range(plan.range.first, total);
    plan.headers["Content-Range"] = content_range(plan.range, told);
  }
  if (const auto fault = request.take("blob_short")) {
    plan.range.end -= std::min(plan.range.size(), fault->at.value_or(1));
  }
  if (const auto fault = request.take("blob_long")) plan.extra = fault->at.value_or(1);
}

tampering tampering_for(const delivery& plan, const visit& request) {
  tampering harm;
  fault_subject bytes = request.subject();
  bytes.first = plan.range.first;
  bytes.end = plan.range.end;
  if (const auto fault = request.site.faults.take("blob_corrupt_byte", bytes)) {
    harm.flip_at = fault->at.value_or(plan.range.first) - plan.range.first;
  }
  harm.take_pace(request.site.faults, bytes);
  bytes.first = 0;
  bytes.end = plan.range.size();
  if (const auto fault = request.site.faults.take("blob_cut", bytes)) harm.cut_at = fault->at.value_or(0);
  return harm;
}

// True when every byte that was promised left.
bool send_bytes(exchange& to, const stored_blob& blob, const delivery& plan, tampering harm) {
  std::vector<std::byte> piece(piece_size);
  for (std::uint64_t at = plan.range.first; at < plan.range.end;) {
    const auto part = std::span(piece).first(std::min<std::uint64_t>(piece.size(), plan.range.end - at));
    blob.read(at, part);
    if (harm.write(to, part) != tampering::result::passed) return false;
    at += part.size();
  }
  for (std::uint64_t left = plan.extra; left > 0;) {
    const auto part = std::span(piece).first(std::min<std::uint64_t>(piece.size(), left));
    to.write(part);
    left -= part.size();
  }
  return true;
}

void log_download(const visit& request, std::string_view via, const byte_range& range, bool whole) {
  request.site.log.add({{"event", "download"},
                        {"repo", request.to.repository},
                        {"oid", request.to.oid},
                        {"via", via},
                        {"connection", request.exchange.on().peer_port()},
                        {"range", std::to_string(range.first) + "-" + std::to_string(range.end)},
                        {"status", request.exchange.status()},
                        {"bytes", request.exchange.sent_bytes()},
                        {"complete", whole}});
}

void refuse_download(const visit& request, std::string_view via, const reply& answer) {
  request.exchange.send(answer);
  log_download(request, via, {}, false);
}

void deliver(const visit& request, std::string_view via) {
  exchange& with = request.exchange;
  if (const auto fault = request.take("blob_status")) return refuse_download(request, via, status_reply(*fault, 503));
  if (request.take("link_revoked")) return refuse_download(request, via, {403, {}, "AccessDenied\n"});
  const auto oid = lfs_oid::from_hex(request.to.oid);
  const auto blob = oid ? request.site.blobs.open(request.site.repository_folder(request.to), *oid) : std::nullopt;
  if (!blob) return refuse_download(request, via, lfs_error(404, "Object does not exist"));

  const std::uint64_t total = blob->size().value();
  delivery plan;
  plan.headers = {{"Accept-Ranges", "bytes"}, {"Content-Type", "application/octet-stream"}};
  const auto verdict = read_range(with.header("Range"), total, plan.range);
  if (verdict == range_verdict::unsatisfiable) {
    return refuse_download(request, via, {416, {{"Content-Range", "bytes */" + std::to_string(total)}}, ""});
  }
  const auto limit = request.site.manners->unranged_limit();
  if (verdict == range_verdict::whole && limit && blob->size() > *limit) {
    return refuse_download(request, via, lfs_error(400, "Object is too large for a request without Range"));
  }
  plan.status = verdict == range_verdict::part ? 206 : 200;
  distort(plan, total, request);
  bool whole = false;
  try {
    with.begin(plan.status, plan.headers, plan.range.size() + plan.extra);
    if (with.method() != "HEAD") whole = send_bytes(with, *blob, plan, tampering_for(plan, request));
  } catch (...) {
    log_download(request, via, plan.range, false);
    throw;
  }
  log_download(request, via, plan.range, whole);
}

}  // namespace

void serve_download(const visit& request) {
  if (request.refused(access_rules::need::read)) return log_download(request, "own", {}, false);
  deliver(request, "own");
}

void serve_cdn(const visit& request) {
  if (request.exchange.header("Authorization")) {
    return refuse_download(request, "cdn",
                           {400, {{"Content-Type", "text/plain"}}, "only one auth mechanism allowed\n"});
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  switch (check_signed_path(request.to.path, request.to.query, seconds, request.site.signing_key)) {
    case signature_verdict::good:
      return deliver(request, "cdn");
    case signature_verdict::expired:
      return refuse_download(request, "cdn", {403, {}, "Request has expired\n"});
    case signature_verdict::forged:
      return refuse_download(request, "cdn", {403, {}, "SignatureDoesNotMatch\n"});
  }
}

}  // namespace hfpipe::forge
