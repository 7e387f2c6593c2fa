#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "transports/endpoint.hpp"

namespace hfpipe {

/// The shortest, the median and the longest of some waits.
struct wait_times {
  duration least{};
  duration median{};
  duration most{};
};

/// What a speed test sees pass, on all its threads.
class speed_meter {
 public:
  void moved(byte_count more) { bytes_.fetch_add(more.value(), std::memory_order_relaxed); }
  /// A host gave its first byte after `wait`.
  void answered(duration wait);

  byte_count bytes() const { return byte_count(bytes_.load(std::memory_order_relaxed)); }
  /// Nothing: no host gave any.
  std::optional<wait_times> first_bytes() const;

 private:
  std::atomic<std::uint64_t> bytes_{0};
  mutable std::mutex lock_;  // guards the rest; held for a moment for each stream that is opened
  std::vector<duration> waits_;
};

/// The same source, with the time from each open() to its first byte in `meter`. Both must outlive it.
class metered_source final : public blob_source {
 public:
  metered_source(blob_source& inner, speed_meter& meter) : inner_(inner), meter_(meter) {}

  task<std::vector<lfs::batch_entry>> locate(std::vector<lfs_object> wanted) override {
    return inner_.locate(std::move(wanted));
  }
  task<std::unique_ptr<byte_source>> open(const lfs::batch_entry& entry, byte_count from, connection_use use,
                                          std::optional<byte_count> until) override;

 private:
  blob_source& inner_;
  speed_meter& meter_;
};

/// The same target, with what it took in `meter`. Both must outlive it.
class metered_target final : public blob_target {
 public:
  metered_target(blob_target& inner, speed_meter& meter) : inner_(inner), meter_(meter) {}

  task<std::vector<lfs::batch_entry>> missing(std::vector<lfs_object> wanted) override {
    return inner_.missing(std::move(wanted));
  }
  task<> put(const lfs::batch_entry& entry, chunk_source& body, const std::function<void()>& sent) override;
  byte_count working_memory(const lfs::batch_entry& entry) const override { return inner_.working_memory(entry); }

 private:
  blob_target& inner_;
  speed_meter& meter_;
};

}  // namespace hfpipe
