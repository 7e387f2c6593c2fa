#include "transports/net/exchange.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

#include "transports/net/proxy_plan.hpp"
#include "transports/net/request_head.hpp"

namespace hfpipe::net {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// The size line before a chunk's data.
std::string chunk_line(std::size_t size) {
  std::array<char, 18> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + 16, size, 16).ptr;
  return std::string(digits.data(), end) + "\r\n";
}

std::string head_clock(duration limit) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "headers not whole in %g s", in_seconds(limit));
  return text.data();
}

failure misuse(std::string what) {
  return failure(errc::internal).detail(std::move(what));
}

}  // namespace

exchange::state::state(connection_pool& pool, const request& what, const std::string* whole_body)
    : pool_(pool),
      url_(what.url),
      method_(what.method),
      framing_(what.body),
      reader_(what.method),
      carries_credential_(what.credential != nullptr && what.credential->allows(what.url.origin())),
      wants_fresh_(what.fresh_connection) {
  const auto& options = pool.options();
  const auto& to = url_.origin();
  const bool plain = to.scheme == http::scheme::http;
  if (plain && !options.allow_http && !to.is_loopback()) throw failed(failure(errc::insecure_refused));

  const head_setting setting{options.user_agent, plain ? proxy_for(options.proxies, to) : nullptr};
  opening_ = encode_head(what, setting).value();
  if (whole_body != nullptr) opening_ += *whole_body;
  finished_ = whole_body != nullptr || std::holds_alternative<no_body>(framing_);
  if (const auto* sized = std::get_if<sized_body>(&framing_); sized != nullptr && !finished_)
    unwritten_ = sized->length;
}

// ---- the connection ------------------------------------------------------------------------------------------------

task<> exchange::state::open() {
  if (!wants_fresh_) link_ = pool_.take_idle(url_.origin());
  replaceable_ = link_ != nullptr;
  if (!link_) link_ = co_await pool_.dial(url_.origin());
  try {
    co_await push(bytes_of(opening_));
    co_return;
  } catch (const failed& broken) {
    if (!can_replace(broken)) throw;
  }
  co_await replace();
}

bool exchange::state::can_replace(const failed& broken) const {
  return replaceable_ && !body_begun_ && !reader_.has_begun() && broken.why().code() == errc::connection_lost;
}

task<> exchange::state::replace() {
  replaceable_ = false;
  reader_ = reply_reader(method_);
  link_.reset();
  link_ = co_await pool_.dial(url_.origin());
  co_await push(bytes_of(opening_));
}

void exchange::state::release() {
  if (link_ && finished_ && !refused_ && reader_.leaves_open()) pool_.keep(url_.origin(), std::move(link_));
  link_.reset();
}

// ---- sending -------------------------------------------------------------------------------------------------------

/// As the reader's read_head(); a port that speaks TLS often just closes when it hears plain HTTP.
bool exchange::state::receive_head() {
  try {
    return reader_.read_head(*link_);
  } catch (failed& broken) {
    failure& why = broken.why();
    const bool without_a_word = why.code() == errc::connection_lost && !reader_.has_begun();
    if (without_a_word && url_.origin().scheme == http::scheme::http)
      why = std::move(why).hint("if that port speaks TLS, write https://; if not, run the same command again");
    throw;
  }
}

bool exchange::state::look_for_refusal() {
  if (!reader_.has_head() && !receive_head()) return false;
  // A success so early is no reason to stop: git http-backend sends its 200 before it reads the pack.
  refused_ = !reader_.head().is_success();
  return refused_;
}

bool exchange::state::is_refused_after_break() {
  try {
    return look_for_refusal();
  } catch (const failed&) {
    return false;  // the break is told, not what it did to the reply
  }
}

task<bool> exchange::state::push(std::span<const std::byte> part) {
  while (true) {
    if (look_for_refusal()) co_return false;
    io_result done = link_->write_now(part);
    part = part.subspan(done.bytes);
    if (done.status == io_status::moved && part.empty()) {
      done = link_->flush_now();
      if (done.status == io_status::moved) co_return true;
    }
    if (done.status == io_status::broken) {
      const failure why = link_->why();
      if (is_refused_after_break()) co_return false;
      throw failed(why);
    }
    if (done.status == io_status::would_block) {
      // With the answer's head read, its body may make the socket readable for ever.
      const auto what = reader_.has_head() ? connection::until::writable : connection::until::either;
      co_await link_->wait(what, idle(), idle_clock(idle()));
    }
    if (link_->owes_turn(done.bytes)) co_await link_->let_others_run();
  }
}

task<> exchange::state::begin_body() {
  if (body_begun_) co_return;
  bool dead = false;
  try {
    look_for_refusal();
  } catch (const failed& broken) {
    if (!can_replace(broken)) throw;
    dead = true;
  }
  if (dead) co_await replace();
  body_begun_ = true;
}

task<bool> exchange::state::write(std::span<const std::byte> part) {
  co_await begin_body();
  if (refused_) co_return false;
  if (part.empty()) co_return true;  // an empty chunk would end the body
  if (finished_) throw failed(misuse("bytes written behind the end of a body"));
  if (std::holds_alternative<sized_body>(framing_)) {
    if (byte_count(part.size()) > unwritten_) throw failed(misuse("a body longer than its Content-Length"));
    unwritten_ -= byte_count(part.size());
    co_return co_await push(part);
  }
  const std::string line = chunk_line(part.size());
  link_->write_now(bytes_of(line));
  const bool sent = co_await push(part);
  if (!sent) co_return false;
  co_return co_await push(bytes_of("\r\n"));
}

task<> exchange::state::finish() {
  if (finished_) co_return;
  co_await begin_body();
  if (!refused_ && unwritten_ != byte_count(0)) throw failed(misuse("a body shorter than its Content-Length"));
  finished_ = true;
  if (!refused_ && std::holds_alternative<chunked_body>(framing_)) co_await push(bytes_of("0\r\n\r\n"));
}

// ---- receiving -----------------------------------------------------------------------------------------------------

task<> exchange::state::await_head(duration patience) {
  using clock = std::chrono::steady_clock;
  // A head that has begun is small and due at once: one that drips would keep a clock of silences quiet for hours.
  std::optional<clock::time_point> due;
  while (!reader_.has_head() && !receive_head()) {
    if (!reader_.is_inside_head()) due.reset();
    if (reader_.is_inside_head() && !due) due = clock::now() + idle();
    const duration limit = due ? *due - clock::now() : patience;
    std::string name = idle_clock(limit);
    if (due) name = head_clock(idle());
    if (limit <= duration::zero()) throw failed(failure(errc::timed_out).at(std::move(name)));
    co_await link_->wait(connection::until::readable, limit, std::move(name));
  }
}

task<const http::reply_head*> exchange::state::reply(duration patience) {
  bool dead = false;
  try {
    co_await await_head(patience);
  } catch (const failed& broken) {
    if (!can_replace(broken)) throw;
    dead = true;
  }
  if (dead) {
    co_await replace();
    co_await await_head(patience);
  }
  if (reader_.ended()) release();
  co_return &reader_.head();
}

task<std::size_t> exchange::state::read_some(std::span<std::byte> room, duration patience) {
  if (!reader_.has_head()) co_await reply(patience);
  while (!reader_.ended()) {
    const auto got = reader_.read_body(*link_, room);
    if (reader_.ended()) {
      release();
    } else if (!got) {
      co_await link_->wait(connection::until::readable, patience, idle_clock(patience));
    } else if (link_->owes_turn(*got)) {
      co_await link_->let_others_run();
    }
    if (got) co_return *got;
  }
  co_return 0;
}

}  // namespace hfpipe::net
