#include "engine/generated_source.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <vector>

#include "protocol/digest.hpp"

namespace hfpipe {

namespace {

constexpr std::size_t word_size = sizeof(std::uint64_t);
constexpr std::size_t hashed_at_once = 256 * 1024;
/// Seeds beside each other must not make streams that are each other's tails.
constexpr std::uint64_t odd_step = 0xd1342543de82ef95;

/// The n-th word of a stream (splitmix64's mixing of a counter): nothing that a host could compress.
std::uint64_t word_at(std::uint64_t seed, std::uint64_t n) {
  std::uint64_t x = seed * odd_step + (n + 1) * 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

task<> let_others_run() {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  co_await asio::post(here, asio::use_awaitable);
  co_await stop_if_cancelled();
}

class generated_stream final : public byte_source {
 public:
  generated_stream(std::uint64_t seed, byte_count from, byte_count size) : seed_(seed), at_(from), size_(size) {}

  task<std::size_t> read_some(std::span<std::byte> room) override {
    // What never waits would keep the thread to itself.
    co_await let_others_run();
    const byte_count many = std::min(byte_count(room.size()), size_ - at_);
    generate(seed_, at_.value(), room.first(many.as_size()));
    at_ += many;
    co_return many.as_size();
  }

 private:
  std::uint64_t seed_;
  byte_count at_, size_;
};

}  // namespace

void generate(std::uint64_t seed, std::uint64_t from, std::span<std::byte> room) {
  while (!room.empty()) {
    const std::uint64_t value = word_at(seed, from / word_size);
    const std::size_t skipped = from % word_size;
    const std::size_t many = std::min(room.size(), word_size - skipped);
    std::array<std::byte, word_size> bytes;
    std::memcpy(bytes.data(), &value, word_size);
    std::memcpy(room.data(), bytes.data() + skipped, many);
    room = room.subspan(many);
    from += many;
  }
}

task<lfs_object> generated_objects::add(byte_count size) {
  const std::uint64_t seed = next_++;
  digest hash = digest::sha256();
  std::vector<std::byte> room(hashed_at_once);
  for (byte_count at; at < size;) {
    const byte_count many = std::min(byte_count(room.size()), size - at);
    const std::span<std::byte> some = std::span(room).first(many.as_size());
    generate(seed, at.value(), some);
    hash.update(some);
    at += many;
    co_await let_others_run();
  }
  const lfs_oid oid = lfs_oid::from_hex(to_hex(hash.finish())).value();
  seeds_.emplace(oid, seed);
  co_return lfs_object{oid, size};
}

std::optional<std::uint64_t> generated_objects::seed_of(const lfs_oid& oid) const {
  const auto found = seeds_.find(oid);
  if (found == seeds_.end()) return std::nullopt;
  return found->second;
}

task<std::vector<lfs::batch_entry>> generated_source::locate(std::vector<lfs_object> wanted) {
  const lfs::action nowhere{http::url::parse("https://nowhere.invalid/").value(), {}, {}, {}};
  std::vector<lfs::batch_entry> entries;
  for (const lfs_object& object : wanted) {
    if (objects_.seed_of(object.oid)) {
      entries.push_back({object, nowhere, {}, {}, {}});
    } else {
      entries.push_back({object, {}, {}, {}, lfs::object_error{404, "it was not generated"}});
    }
  }
  co_return entries;
}

task<std::unique_ptr<byte_source>> generated_source::open(const lfs::batch_entry& entry, byte_count from,
                                                          connection_use, std::optional<byte_count> until) {
  const auto seed = objects_.seed_of(entry.object.oid);
  if (!seed) throw failed(failure(errc::not_found));
  co_return std::make_unique<generated_stream>(*seed, from, until.value_or(entry.object.size));
}

}  // namespace hfpipe
