#include "transports/local/pack_stream.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/child_process.hpp"
#include "tests/support/fails_with.hpp"
#include "tests/support/git_repository.hpp"
#include "tests/support/temporary_folder.hpp"
#include "transports/local/object_walk.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using testing::fails_with;

namespace pack_stream_test {

struct history {
  temporary_folder folder;
  testing::git_repository repository = testing::git_repository::make(folder.path() / "r.git");
  hfpipe::git_oid tip = repository.commit("main", {{"a", "1"}, {"b", noise(100'000, 1)}, {"empty", ""}});
  local::repository opened = local::open_repository(repository.path().string());
  local::stop_flag stop = false;

  std::vector<::git_oid> objects() const { return local::objects_between(opened, {tip}, {}, {}, 1_MiB, stop); }

  /// The pack as it comes in pieces of `room` bytes.
  std::string read(std::size_t room, byte_count limit = 16_MiB) const {
    local::pack_stream pack(opened, objects(), limit);
    std::string bytes;
    std::vector<std::byte> some(room);
    while (const std::size_t got = pack.read(some, stop)) {
      bytes.append(reinterpret_cast<const char*>(some.data()), got);
    }
    BOOST_TEST(pack.read(some, stop) == 0u);
    return bytes;
  }

  std::filesystem::path file_of(const std::string& hex) const {
    return repository.path() / "objects" / hex.substr(0, 2) / hex.substr(2);
  }
};

template <class Work>
outcome<void> caught(const Work& work) {
  try {
    work();
  } catch (const failed& broken) {
    return broken.why();
  }
  return {};
}

}  // namespace pack_stream_test

BOOST_AUTO_TEST_SUITE(pack_stream_test)

BOOST_AUTO_TEST_CASE(real_git_takes_the_pack_and_finds_every_object) {
  history h;
  const testing::git_repository other = testing::git_repository::make(h.folder.path() / "other.git");
  other.git({"index-pack", "--stdin", "--strict"}, h.read(4096));
  BOOST_TEST(other.git({"rev-list", "--objects", h.tip.hex()}) ==
             h.repository.git({"rev-list", "--objects", h.tip.hex()}));
}

BOOST_AUTO_TEST_CASE(the_room_changes_nothing_of_the_pack) {
  history h;
  const std::string whole = h.read(1 << 20);
  for (const std::size_t room : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
    BOOST_TEST((h.read(room) == whole));
  }
}

BOOST_AUTO_TEST_CASE(no_objects_make_the_empty_pack) {
  history h;
  local::pack_stream pack(h.opened, {}, 1_MiB);
  std::vector<std::byte> room(100);
  BOOST_TEST(pack.read(room, h.stop) == 32u);
}

BOOST_AUTO_TEST_CASE(an_object_beyond_its_memory_is_not_read) {
  history h;
  const auto refused = caught([&] { h.read(4096, byte_count(150'000)); });
  BOOST_TEST(fails_with(refused, errc::budget_exceeded));
  BOOST_TEST(refused.error().detail().find(h.repository.git({"rev-parse", "main:b"})) != std::string::npos);
  BOOST_TEST(std::string(refused.error().hint()) == "give --max-buffer-memory 1MiB");
}

BOOST_AUTO_TEST_CASE(an_object_whose_file_was_cut_breaks_the_pack_off) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{10}, std::size_t{500}}) {
    history h;
    const auto listed = h.objects();
    const auto file = h.file_of(h.repository.git({"rev-parse", "main:b"}));
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    std::filesystem::resize_file(file, size);
    local::pack_stream pack(h.opened, listed, 16_MiB);
    std::vector<std::byte> room(4096);
    const auto broken = caught([&] {
      while (pack.read(room, h.stop) != 0) {
      }
    });
    BOOST_TEST_CONTEXT(size << " bytes") BOOST_TEST(fails_with(broken, errc::pack_corrupt));
  }
}

BOOST_AUTO_TEST_CASE(a_commit_whose_file_was_cut_ends_the_walk) {
  history h;
  const auto file = h.file_of(h.tip.hex());
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  std::filesystem::resize_file(file, 20);
  BOOST_TEST(fails_with(caught([&] { h.objects(); }), errc::pack_corrupt));
}

BOOST_AUTO_TEST_CASE(an_object_that_cannot_be_read_breaks_the_pack_off) {
  history h;
  const auto listed = h.objects();
  const auto file = h.file_of(h.repository.git({"rev-parse", "main:b"}));
  BOOST_TEST_REQUIRE(std::filesystem::exists(file));
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
  damaged.seekp(500);
  damaged << "these are no bytes of a stream";
  damaged.close();
  local::pack_stream pack(h.opened, listed, 16_MiB);
  std::vector<std::byte> room(4096);
  const auto broken = caught([&] {
    while (pack.read(room, h.stop) != 0) {
    }
  });
  BOOST_TEST(fails_with(broken, errc::pack_corrupt));
}

BOOST_AUTO_TEST_CASE(a_pack_that_nobody_waits_for_ends) {
  history h;
  local::pack_stream pack(h.opened, h.objects(), 16_MiB);
  h.stop = true;
  std::vector<std::byte> room(10);
  BOOST_TEST(fails_with(caught([&] { pack.read(room, h.stop); }), errc::cancelled));
}

BOOST_AUTO_TEST_SUITE_END()
