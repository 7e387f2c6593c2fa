#include "tools/forge/generated_blobs.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <vector>

#include "tests/support/temporary_folder.hpp"

using namespace hfpipe;
using namespace hfpipe::forge;

namespace generated_blobs_test {

std::vector<std::byte> bytes_of(const generated_blob& blob, std::uint64_t from, std::size_t size) {
  std::vector<std::byte> bytes(size);
  blob.fill(from, bytes);
  return bytes;
}

std::string oid_of(std::uint64_t seed, byte_count size) {
  const generated_blob blob{seed, size};
  return blob.compute_oid().hex();
}

}  // namespace generated_blobs_test

BOOST_AUTO_TEST_SUITE(generated_blobs_test)

// Computed by another program from the definition of splitmix64.
BOOST_AUTO_TEST_CASE(the_stream_is_what_another_implementation_says) {
  const std::vector<std::byte> first = bytes_of({7, 1000_B}, 0, 16);

  BOOST_TEST(to_hex(first) == "d70d3259e4e1cb631c663cf4d73c4c04");
  BOOST_TEST(oid_of(7, 1000_B) == "c924b7af02ecbae8261b1006aacd6264144aafbdff5ef028f5642908eb252c86");
  BOOST_TEST(oid_of(~0ull, 100003_B) == "c72b9ec9f8a618437aac21c34b84310ca41b305836e8ffd88f493f25b9200dd5");
}

BOOST_AUTO_TEST_CASE(no_bytes_are_the_empty_object) {
  BOOST_TEST(oid_of(0, 0_B) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_CASE(any_range_equals_that_part_of_the_stream) {
  const generated_blob blob{42, 64_B};
  const std::vector<std::byte> whole = bytes_of(blob, 0, 64);
  for (std::size_t from = 0; from <= 64; ++from) {
    for (std::size_t size = 0; from + size <= 64; ++size) {
      const std::vector<std::byte> part = bytes_of(blob, from, size);
      BOOST_TEST_CONTEXT(from << "+" << size)
      BOOST_TEST(std::equal(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(from)));
    }
  }
}

BOOST_AUTO_TEST_CASE(places_beyond_four_gigabytes_differ_from_their_low_halves) {
  const generated_blob blob{1, byte_count(1ull << 40)};

  BOOST_TEST(to_hex(bytes_of(blob, (1ull << 36) + 24, 16)) != to_hex(bytes_of(blob, 24, 16)));
}

BOOST_AUTO_TEST_CASE(an_oid_is_computed_once_and_then_read_from_the_cache) {
  const testing::temporary_folder folder;
  const auto cache = folder.path() / "digests.txt";
  const generated_blob blob{7, 1000_B};
  const lfs_oid computed = cached_oid(blob, cache);
  const std::string other(64, 'a');
  std::ofstream(cache) << "7 1000 " << other << "\n";

  BOOST_TEST(computed.hex() == blob.compute_oid().hex());
  BOOST_TEST(cached_oid(blob, cache).hex() == other);
  BOOST_TEST(cached_oid({8, 1000_B}, cache).hex() == oid_of(8, 1000_B));
}

BOOST_AUTO_TEST_SUITE_END()
