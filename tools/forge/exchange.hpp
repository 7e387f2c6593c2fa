#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/failure.hpp"
#include "tools/forge/wire.hpp"

namespace hfpipe::forge {

using header_map = std::map<std::string, std::string>;

/// A whole answer, for those that fit in memory.
struct reply {
  int status = 200;
  header_map headers;
  std::string body;
};

reply json_reply(int status, std::string body);
/// The LFS API's media type and its error shape.
reply lfs_reply(int status, std::string body);
reply lfs_error(int status, std::string_view message);

/// One HTTP/1.1 request on a wire and its answer. The body is pulled by whoever handles the request; an answer before
/// the body's end closes the connection afterwards.
/// The last bytes of an answer are held until release(): what its handler logs is in the log when the client has it.
/// Lives inside one turn of the connection loop; `input` carries over what was read beyond this request.
class exchange {
 public:
  exchange(wire& on, boost::beast::flat_buffer& input) : wire_(on), input_(input) {
    parser_.body_limit(boost::none);
    parser_.header_limit(64 * 1024);
  }

  /// False at the end of the connection. Throws system_error for what is not HTTP.
  bool read_head();

  std::string_view method() const {
    return {parser_.get().method_string().data(), parser_.get().method_string().size()};
  }
  std::string_view target() const { return {parser_.get().target().data(), parser_.get().target().size()}; }
  /// Nothing when absent.
  std::optional<std::string_view> header(std::string_view name) const;
  bool is_chunked() const { return parser_.chunked(); }
  std::optional<std::uint64_t> declared_length() const;

  /// At least one byte of the body, decoded from its framing; 0 is its end.
  std::size_t read_body(std::span<std::byte> room);
  /// The whole body, at most `limit`. Fails with errc::limit_exceeded.
  outcome<std::string> read_whole_body(std::size_t limit);
  bool body_is_done() const { return parser_.is_done(); }
  /// Whether read_body() may have bytes without the socket becoming readable.
  bool has_buffered_input() const { return input_.size() > 0 || wire_.has_buffered_input(); }
  std::uint64_t body_bytes() const { return body_bytes_; }

  void send(const reply& whole);
  /// Starts an answer whose body follows by write(); chunked without a length.
  void begin(int status, const header_map& headers, std::optional<std::uint64_t> length);
  void write(std::span<const std::byte> bytes);
  /// Ends the body: the last chunk, where there are chunks.
  void finish();
  bool has_begun() const { return status_ != 0; }
  int status() const { return status_; }
  std::uint64_t sent_bytes() const { return sent_bytes_; }

  /// Lets the end of the answer go, or breaks the connection off where it stands.
  void release();
  /// From now on the answer gets no end.
  void cut();
  /// Breaks the connection off when so much of the body was read and more is wanted: read_body() throws.
  void cut_body_at(std::uint64_t bytes) { body_cut_ = bytes; }
  /// How long release() waits before it lets the end of the answer go.
  void delay_end(std::chrono::milliseconds delay) { delay_ = delay; }
  bool keeps_connection() const { return keep_; }
  bool was_cut() const { return cut_; }
  wire& on() { return wire_; }

 private:
  std::string head_text(int status, const header_map& headers, std::optional<std::uint64_t> length);

  wire& wire_;
  boost::beast::flat_buffer& input_;
  boost::beast::http::request_parser<boost::beast::http::buffer_body> parser_;
  std::uint64_t body_bytes_ = 0;
  std::uint64_t sent_bytes_ = 0;
  int status_ = 0;
  std::uint64_t left_ = 0;  // of a declared length
  std::string held_;
  bool chunked_reply_ = false;
  bool without_body_ = false;
  bool keep_ = false;
  bool cut_ = false;
  std::optional<std::uint64_t> body_cut_;
  std::chrono::milliseconds delay_{0};
};

}  // namespace hfpipe::forge
