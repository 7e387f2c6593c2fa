#pragma once

#include <functional>

#include "protocol/byte_count.hpp"
#include "transports/endpoint.hpp"

namespace hfpipe {

/// Lends what `inner` lends, and tells how much was taken so far: a piece counts when the next one is asked for,
/// because only then has it left. `inner` and what `told` refers to must outlive it.
class counted_source final : public chunk_source {
 public:
  counted_source(chunk_source& inner, std::function<void(byte_count)> told) : inner_(inner), told_(std::move(told)) {}

  task<std::span<const std::byte>> next() override {
    if (lent_ > byte_count(0)) {
      taken_ += lent_;
      told_(taken_);
    }
    const auto piece = co_await inner_.next();
    lent_ = byte_count(piece.size());
    co_return piece;
  }

 private:
  chunk_source& inner_;
  std::function<void(byte_count)> told_;
  byte_count lent_;
  byte_count taken_;
};

}  // namespace hfpipe
