#include "engine/pack_guard.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/fake_endpoints.hpp"
#include "tests/support/pack_builder.hpp"
#include "tests/support/run_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace pack_guard_test {

std::string pack_of(object_format format, std::size_t blob = 100) {
  pack_builder pack(format);
  pack.add_blob(some_bytes(blob, 1));
  pack.add_blob("second");
  return pack.finish();
}

/// Lends `bytes` in pieces of `size`, then ends or fails. A piece's memory is overwritten with the next call.
class lending final : public chunk_source {
 public:
  lending(std::string bytes, std::size_t size, std::optional<failure> broken = {})
      : bytes_(std::move(bytes)), size_(size), broken_(std::move(broken)) {}

  task<std::span<const std::byte>> next() override {
    std::ranges::fill(lent_, '?');
    lent_ = bytes_.substr(at_, size_);
    at_ += lent_.size();
    if (lent_.empty() && broken_) throw failed(*broken_);
    co_return std::as_bytes(std::span(lent_));
  }

 private:
  std::string bytes_;
  std::size_t size_;
  std::optional<failure> broken_;
  std::string lent_;
  std::size_t at_ = 0;
};

/// What came through, and why no more did.
struct passage {
  std::string bytes;
  std::vector<std::size_t> pieces;
  std::optional<failure> broken;
};

passage read_all(chunk_source& from) {
  passage seen;
  const auto read = [&]() -> task<> {
    for (;;) {
      const auto piece = co_await from.next();
      if (piece.empty()) co_return;
      seen.bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
      seen.pieces.push_back(piece.size());
    }
  };
  try {
    run_task(read());
  } catch (const failed& thrown) {
    seen.broken = thrown.why();
  }
  return seen;
}

passage pass(const std::string& bytes, std::size_t piece, object_format format = object_format::sha1,
             std::optional<failure> broken = {}) {
  lending from(bytes, piece, std::move(broken));
  pack_guard guard(from, format);
  passage seen = read_all(guard);
  BOOST_TEST(guard.is_whole() == !seen.broken.has_value());
  return seen;
}

}  // namespace pack_guard_test

BOOST_AUTO_TEST_SUITE(pack_guard_test)

BOOST_AUTO_TEST_CASE(a_whole_pack_passes_unchanged_in_every_split) {
  for (const object_format format : {object_format::sha1, object_format::sha256}) {
    const std::string pack = pack_of(format);
    for (std::size_t piece = 1; piece <= pack.size() + 1; ++piece) {
      BOOST_TEST_CONTEXT("pieces of " << piece) {
        const passage seen = pass(pack, piece, format);
        BOOST_TEST((seen.bytes == pack));
        BOOST_TEST(!seen.broken.has_value());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_smallest_pack_passes) {
  const std::string pack = pack_builder().finish();
  BOOST_TEST((pass(pack, 5).bytes == pack));
}

BOOST_AUTO_TEST_CASE(it_tells_how_large_the_pack_is) {
  const std::string pack = pack_of(object_format::sha1);
  lending from(pack, 50);
  pack_guard guard(from, object_format::sha1);
  read_all(guard);
  BOOST_TEST(guard.objects() == 2u);
  BOOST_TEST(guard.bytes().value() == pack.size());
}

BOOST_AUTO_TEST_CASE(case_23_with_any_byte_flipped_the_last_twenty_never_leave) {
  const std::string pack = pack_of(object_format::sha1);
  for (std::size_t at = 0; at < pack.size(); ++at) {
    BOOST_TEST_CONTEXT("byte " << at) {
      std::string wrong = pack;
      wrong[at] = static_cast<char>(wrong[at] ^ 1);
      const passage seen = pass(wrong, 7);
      BOOST_REQUIRE(seen.broken.has_value());
      BOOST_CHECK(seen.broken->code() == errc::pack_corrupt);
      BOOST_CHECK(seen.broken->blamed() == side::source);
      BOOST_TEST(seen.bytes.size() <= pack.size() - 20);
    }
  }
}

BOOST_AUTO_TEST_CASE(cut_anywhere_its_last_twenty_bytes_never_leave) {
  const std::string pack = pack_of(object_format::sha1);
  for (std::size_t size = 0; size < pack.size(); ++size) {
    BOOST_TEST_CONTEXT(size << " bytes") {
      const passage ended = pass(pack.substr(0, size), 7);
      BOOST_REQUIRE(ended.broken.has_value());
      BOOST_TEST(ended.bytes.size() == size - std::min<std::size_t>(size, 20));
      const passage broken = pass(pack.substr(0, size), 7, object_format::sha1, failure(errc::connection_lost));
      BOOST_REQUIRE(broken.broken.has_value());
      BOOST_CHECK(broken.broken->code() == errc::connection_lost);
      BOOST_TEST(broken.bytes.size() == size - std::min<std::size_t>(size, 20));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_source_that_breaks_after_the_last_byte_keeps_the_last_twenty) {
  const std::string pack = pack_of(object_format::sha1);
  const passage seen = pass(pack, pack.size(), object_format::sha1, failure(errc::remote_error));
  BOOST_REQUIRE(seen.broken.has_value());
  BOOST_CHECK(seen.broken->code() == errc::remote_error);
  BOOST_TEST(seen.bytes.size() == pack.size() - 20);
}

BOOST_AUTO_TEST_CASE(what_is_no_pack_never_begins) {
  for (const std::string& start : {std::string("PUCK\0\0\0\2\0\0\0\1", 12), std::string("PACK\0\0\0\4\0\0\0\1", 12)}) {
    const passage seen = pass(start + std::string(100, 'x'), 3);
    BOOST_REQUIRE(seen.broken.has_value());
    BOOST_CHECK(seen.broken->code() == errc::pack_corrupt);
    BOOST_TEST(seen.bytes.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_byte_that_trickles_in_lets_one_out) {
  const passage seen = pass(pack_of(object_format::sha1), 1);
  BOOST_TEST(std::count(seen.pieces.begin(), seen.pieces.end(), 1u) == static_cast<long>(seen.pieces.size()) - 1);
  BOOST_TEST(seen.pieces.back() == 20u);
}

BOOST_AUTO_TEST_CASE(a_failure_stays) {
  lending from("PACK", 4);
  pack_guard guard(from, object_format::sha1);
  BOOST_TEST(read_all(guard).broken.has_value());
  BOOST_TEST(read_all(guard).broken.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
