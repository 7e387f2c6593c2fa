#include "transports/net/http_client.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "transports/net/connection_pool.hpp"
#include "transports/net/exchange.hpp"
#include "transports/net/request_head.hpp"

namespace hfpipe::net {
namespace {

/// The hub needs two (a renamed repository, then the CDN); browsers stop at 20, but nothing we call is a web site.
constexpr int redirect_limit = 5;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool follows(const request& what) {
  return what.redirects == redirects::follow && std::holds_alternative<no_body>(what.body) &&
         (what.method == "GET" || what.method == "HEAD");
}

/// Turns `what` into the request that the redirect asks for.
void follow(request& what, const http::reply_head& from) {
  const auto refused = [&](std::string why) {
    return failed(failure(errc::redirect_refused).detail(std::move(why)).http_status(from.status));
  };
  const auto location = from.header("Location");
  if (!location) throw refused("a redirect that does not say where to");
  const auto next = what.url.resolve(*location);
  if (!next) throw refused("to what is no http or https URL");
  const auto& here = what.url.origin();
  const auto& there = next->origin();
  if (here.scheme == http::scheme::https && there.scheme == http::scheme::http) {
    throw refused("from https to " + next->shown());
  }
  // Once away they stay away: a second redirect back home proves nothing about who asked for it.
  if (here != there) {
    drop_private_headers(what);
    what.credential = nullptr;
  }
  what.url = *next;
}

task<exchange> run(connection_pool& pool, request what, const std::string* whole_body) {
  for (int hops = 0;; ++hops) {
    std::string frame = what.url.shown();
    try {
      auto made = std::make_unique<exchange::state>(pool, what, whole_body);
      if (rate_limit* const limit = pool.options().requests) co_await limit->take(1);
      co_await made->open();
      if (!follows(what)) co_return exchange(std::move(made));
      const auto* head = co_await made->reply(made->idle());
      if (!is_redirect(head->status)) co_return exchange(std::move(made));
      if (hops == redirect_limit) {
        throw failed(failure(errc::redirect_refused).detail("more than 5 redirects").http_status(head->status));
      }
      follow(what, *head);
      exchange left(std::move(made));
      co_await left.read_excerpt();  // a short body read to its end gives the connection back
    } catch (failed& broken) {
      broken.why().add_frame(std::move(frame));
      throw;
    }
  }
}

}  // namespace

// ---- exchange ------------------------------------------------------------------------------------------------------

exchange::exchange(std::unique_ptr<state> made) : state_(std::move(made)) {}
exchange::exchange(exchange&&) noexcept = default;
exchange& exchange::operator=(exchange&&) noexcept = default;
exchange::~exchange() = default;

const http::url& exchange::url() const {
  return state_->url();
}

bool exchange::carries_credential() const {
  return state_->carries_credential();
}

// Each of these adds the frame itself: within() would cost the byte path one more coroutine.

task<bool> exchange::write(std::span<const std::byte> part) {
  try {
    co_return co_await state_->write(part);
  } catch (failed& broken) {
    broken.why().add_frame(url().shown());
    throw;
  }
}

task<> exchange::finish() {
  try {
    co_await state_->finish();
  } catch (failed& broken) {
    broken.why().add_frame(url().shown());
    throw;
  }
}

task<const http::reply_head*> exchange::reply(std::optional<duration> patience) {
  const duration limit = patience.value_or(state_->idle());
  try {
    co_return co_await state_->reply(limit);
  } catch (failed& broken) {
    broken.why().add_frame(url().shown());
    throw;
  }
}

task<std::size_t> exchange::read_some(std::span<std::byte> room, std::optional<duration> patience) {
  const duration limit = patience.value_or(state_->idle());
  try {
    co_return co_await state_->read_some(room, limit);
  } catch (failed& broken) {
    broken.why().add_frame(url().shown());
    throw;
  }
}

task<std::string> exchange::read_all(byte_count limit) {
  std::string all;
  std::array<std::byte, 4096> room;
  while (true) {
    const std::size_t got = co_await read_some(room);
    if (got == 0) break;
    if (byte_count(all.size() + got) > limit) {
      throw failed(failure(errc::limit_exceeded).detail("a reply of more than " + to_text(limit)).at(url().shown()));
    }
    all.append(reinterpret_cast<const char*>(room.data()), got);
  }
  co_return all;
}

task<std::string> exchange::read_excerpt() {
  std::string text;
  std::array<std::byte, server_text_limit> room;
  try {
    while (text.size() < server_text_limit) {
      const auto free = std::span(room).first(server_text_limit - text.size());
      const std::size_t got = co_await state_->read_some(free, state_->idle());
      if (got == 0) break;
      text.append(reinterpret_cast<const char*>(room.data()), got);
    }
  } catch (const failed& broken) {
    if (broken.why().code() == errc::cancelled) throw;
  }
  co_return text;
}

// ---- http_client ---------------------------------------------------------------------------------------------------

http_client::http_client(asio::any_io_executor executor, client_options options)
    : pool_(std::make_unique<connection_pool>(std::move(executor), std::move(options))) {}
http_client::~http_client() = default;

task<exchange> http_client::start(request what) {
  return run(*pool_, std::move(what), nullptr);
}

task<exchange> http_client::send(request what, std::string body, std::optional<duration> patience) {
  what.body = sized_body{byte_count(body.size())};
  auto running = co_await run(*pool_, std::move(what), &body);
  co_await running.reply(patience);
  co_return running;
}

task<failure> failure_of(exchange& of) {
  const auto* head = co_await of.reply();
  const std::string excerpt = co_await of.read_excerpt();
  failure why = http::failure_of(*head, excerpt, std::chrono::system_clock::now());
  // The hub's answer to a token that it does not know; "needs a token" would send its owner the wrong way.
  if (why.code() == errc::not_found && head->status == 401 && of.carries_credential()) {
    why = std::move(why).hint("check the name, and that the token may read it");
  }
  why.add_frame(of.url().shown());
  co_return why;
}

}  // namespace hfpipe::net
