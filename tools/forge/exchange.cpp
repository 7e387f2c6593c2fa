#include "tools/forge/exchange.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <thread>

namespace hfpipe::forge {

namespace http = boost::beast::http;

namespace {

bool is_quiet_end(const error_code& error) {
  return error == http::error::end_of_stream || error == boost::asio::error::eof ||
         error == boost::asio::error::timed_out || error == boost::asio::error::connection_reset;
}

}  // namespace

reply json_reply(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

reply lfs_reply(int status, std::string body) {
  return {status, {{"Content-Type", "application/vnd.git-lfs+json"}}, std::move(body)};
}

reply lfs_error(int status, std::string_view message) {
  const boost::json::object body{{"message", message}};
  return lfs_reply(status, boost::json::serialize(body));
}

bool exchange::read_head() {
  error_code error;
  http::read_header(wire_, input_, parser_, error);
  if (error && is_quiet_end(error)) return false;
  if (error) throw boost::system::system_error(error);
  keep_ = parser_.keep_alive();
  return true;
}

std::optional<std::string_view> exchange::header(std::string_view name) const {
  const auto& fields = parser_.get();
  const auto found = fields.find(boost::beast::string_view(name.data(), name.size()));
  if (found == fields.end()) return std::nullopt;
  return std::string_view(found->value().data(), found->value().size());
}

std::optional<std::uint64_t> exchange::declared_length() const {
  const auto length = parser_.content_length();
  if (!length) return std::nullopt;
  return *length;
}

std::size_t exchange::read_body(std::span<std::byte> room) {
  if (parser_.is_done()) return 0;
  if (body_cut_ && body_bytes_ >= *body_cut_) {
    wire_.cut();
    throw boost::system::system_error(boost::asio::error::connection_aborted);
  }
  if (body_cut_) room = room.first(std::min<std::uint64_t>(room.size(), *body_cut_ - body_bytes_));
  if (body_bytes_ == 0 && !has_begun() && header("Expect")) {
    wire_.write(bytes_of("HTTP/1.1 100 Continue\r\n\r\n"));
  }
  auto& body = parser_.get().body();
  body.data = room.data();
  body.size = room.size();
  body.more = true;
  while (!parser_.is_done() && body.size == room.size()) {
    error_code error;
    http::read_some(wire_, input_, parser_, error);
    if (error == http::error::need_buffer) error = {};
    if (error) throw boost::system::system_error(error);
  }
  const std::size_t got = room.size() - body.size;
  body_bytes_ += got;
  return got;
}

outcome<std::string> exchange::read_whole_body(std::size_t limit) {
  std::string whole;
  std::array<std::byte, 16 * 1024> piece;
  while (const std::size_t got = read_body(piece)) {
    if (whole.size() + got > limit) return failure(errc::limit_exceeded);
    whole.append(reinterpret_cast<const char*>(piece.data()), got);
  }
  return whole;
}

void exchange::send(const reply& whole) {
  held_ = head_text(whole.status, whole.headers, whole.body.size());
  if (without_body_) return;
  held_ += whole.body;
  sent_bytes_ = whole.body.size();
}

void exchange::begin(int status, const header_map& headers, std::optional<std::uint64_t> length) {
  std::string head = head_text(status, headers, length);
  left_ = length.value_or(0);
  if (length == 0u || without_body_) {
    held_ = std::move(head);
  } else {
    wire_.write(bytes_of(head));
  }
}

std::string exchange::head_text(int status, const header_map& headers, std::optional<std::uint64_t> length) {
  // The rest of a request that is not read would be taken for the next one.
  if (!body_is_done()) keep_ = false;
  status_ = status;
  chunked_reply_ = !length;
  without_body_ = method() == "HEAD" || status == 204 || status == 304;
  const auto reason = http::obsolete_reason(static_cast<http::status>(status));
  std::string head = "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason) + "\r\nServer: forge\r\n";
  for (const auto& [name, value] : headers) head += name + ": " + value + "\r\n";
  if (length) {
    if (status != 204) head += "Content-Length: " + std::to_string(*length) + "\r\n";
  } else {
    head += "Transfer-Encoding: chunked\r\n";
  }
  if (!keep_) head += "Connection: close\r\n";
  return head + "\r\n";
}

void exchange::write(std::span<const std::byte> bytes) {
  if (bytes.empty() || without_body_) return;
  sent_bytes_ += bytes.size();
  if (!chunked_reply_) {
    left_ -= bytes.size();
    if (left_ == 0) {
      held_ = static_cast<char>(bytes.back());
      bytes = bytes.first(bytes.size() - 1);
    }
    return wire_.write(bytes);
  }
  std::array<char, 24> size{};
  const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  std::string framed(size.data(), static_cast<std::size_t>(digits));
  framed.append(reinterpret_cast<const char*>(bytes.data()), bytes.size()).append("\r\n");
  wire_.write(bytes_of(framed));
}

void exchange::finish() {
  if (chunked_reply_ && !without_body_) held_ = "0\r\n\r\n";
}

void exchange::release() {
  std::this_thread::sleep_for(delay_);
  cut_ ? wire_.cut() : wire_.write(bytes_of(held_));
}

void exchange::cut() {
  cut_ = true;
  keep_ = false;
}

}  // namespace hfpipe::forge
