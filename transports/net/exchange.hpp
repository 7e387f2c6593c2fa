#pragma once

#include <memory>
#include <span>
#include <string>

#include "transports/net/connection_pool.hpp"
#include "transports/net/http_client.hpp"
#include "transports/net/reply_reader.hpp"

namespace hfpipe::net {

/// What an exchange is made of: one hop, one connection, replaced at most once.
class exchange::state {
 public:
  /// With `whole_body`, the request's body is that, sent together with the head.
  state(connection_pool& pool, const request& what, const std::string* whole_body);

  /// Finds a connection and sends the head.
  task<> open();
  task<bool> write(std::span<const std::byte> part);
  task<> finish();
  task<const http::reply_head*> reply(duration patience);
  task<std::size_t> read_some(std::span<std::byte> room, duration patience);

  const http::url& url() const { return url_; }
  bool carries_credential() const { return carries_credential_; }
  duration idle() const { return pool_.options().timeouts.idle; }

 private:
  task<bool> push(std::span<const std::byte> part);
  bool receive_head();
  task<> await_head(duration patience);
  bool look_for_refusal();
  bool is_refused_after_break();
  bool can_replace(const failed& broken) const;
  task<> replace();
  task<> begin_body();
  void release();

  connection_pool& pool_;
  http::url url_;
  std::string method_;
  body_framing framing_;
  byte_count unwritten_;  ///< of a sized body
  std::string opening_;   ///< the head, with the whole body where that is known
  std::unique_ptr<connection> link_;
  reply_reader reader_;
  bool carries_credential_;
  bool wants_fresh_;          ///< no connection from the pool
  bool replaceable_ = false;  ///< came from the pool, so it may have died unseen
  bool body_begun_ = false;
  bool finished_ = false;
  bool refused_ = false;  ///< the server answered before the request was whole, and not with a success
};

}  // namespace hfpipe::net
