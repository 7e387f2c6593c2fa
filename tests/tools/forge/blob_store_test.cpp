#include "tools/forge/blob_store.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/temporary_folder.hpp"

using namespace hfpipe;
using namespace hfpipe::forge;

namespace blob_store_test {

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

lfs_oid oid_of(std::string_view text) {
  digest hash = digest::sha256();
  hash.update(bytes(text));
  return lfs_oid::from_raw(hash.finish().first<32>());
}

std::size_t files_below(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) count += entry.is_regular_file();
  return count;
}

struct fixture {
  testing::temporary_folder folder;
  const std::filesystem::path& repository = folder.path();
  blob_store store;
};

}  // namespace blob_store_test

BOOST_FIXTURE_TEST_SUITE(blob_store_test, fixture)

BOOST_AUTO_TEST_CASE(an_object_that_was_kept_is_read_back_from_any_place) {
  incoming_blob incoming = store.receive(repository, oid_of("hello"));
  incoming.write(bytes("hel"));
  incoming.write(bytes("lo"));
  BOOST_TEST(incoming.keep(5_B).has_value());

  const auto blob = store.open(repository, oid_of("hello"));

  BOOST_TEST_REQUIRE(blob.has_value());
  BOOST_CHECK(store.find(repository, oid_of("hello")) == 5_B);
  std::string read(3, ' ');
  blob->read(2, std::as_writable_bytes(std::span(read)));
  BOOST_TEST(read == "llo");
}

BOOST_AUTO_TEST_CASE(wrong_bytes_are_never_visible_and_leave_no_file) {
  {
    incoming_blob incoming = store.receive(repository, oid_of("hello"));
    incoming.write(bytes("jello"));
    BOOST_CHECK(incoming.keep(5_B).error().code() == errc::digest_mismatch);
  }
  BOOST_TEST(!store.find(repository, oid_of("hello")).has_value());
  BOOST_TEST(files_below(repository) == 0u);
}

BOOST_AUTO_TEST_CASE(another_size_than_announced_is_refused) {
  incoming_blob incoming = store.receive(repository, oid_of("hello"));
  incoming.write(bytes("hello"));

  BOOST_CHECK(incoming.keep(6_B).error().code() == errc::size_mismatch);
  BOOST_TEST(!store.find(repository, oid_of("hello")).has_value());
}

BOOST_AUTO_TEST_CASE(an_object_that_breaks_off_leaves_no_file) {
  { store.receive(repository, oid_of("hello")).write(bytes("hel")); }

  BOOST_TEST(files_below(repository) == 0u);
}

BOOST_AUTO_TEST_CASE(a_generated_object_is_served_without_a_file_of_its_size) {
  const generated_blob blob{7, 1000_B};
  register_generated(repository, blob.compute_oid(), blob);

  const auto found = store.open(repository, blob.compute_oid());

  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_CHECK(found->size() == 1000_B);
  std::vector<std::byte> served(16), expected(16);
  found->read(100, served);
  blob.fill(100, expected);
  BOOST_TEST(to_hex(served) == to_hex(expected));
}

BOOST_AUTO_TEST_CASE(a_store_that_discards_checks_and_remembers_all_the_same) {
  blob_store discards(blob_store::writes::discard);
  incoming_blob good = discards.receive(repository, oid_of("hello"));
  good.write(bytes("hello"));
  incoming_blob bad = discards.receive(repository, oid_of("world"));
  bad.write(bytes("hello"));

  BOOST_TEST(good.keep(std::nullopt).has_value());
  BOOST_TEST(bad.keep(std::nullopt).has_error());
  BOOST_CHECK(discards.find(repository, oid_of("hello")) == 5_B);
  BOOST_TEST(!discards.find(repository, oid_of("world")).has_value());
  BOOST_TEST(!discards.open(repository, oid_of("hello")).has_value());
  BOOST_TEST(files_below(repository) == 0u);
}

BOOST_AUTO_TEST_CASE(objects_of_one_repository_are_unknown_to_another) {
  incoming_blob incoming = store.receive(repository / "a", oid_of("hello"));
  incoming.write(bytes("hello"));
  BOOST_TEST(incoming.keep(5_B).has_value());

  BOOST_TEST(!store.find(repository / "b", oid_of("hello")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
