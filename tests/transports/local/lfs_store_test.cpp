#include "transports/local/lfs_store.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/fails_with.hpp"
#include "tests/support/git_repository.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
namespace fs = std::filesystem;

namespace lfs_store_test {

const std::string content = "three layers, one head";

struct setting {
  temporary_folder folder;
  git_repository repository = git_repository::make(folder.path() / "r.git");
  lfs_object object = repository.put_object(content);

  local::lfs_store store() const { return local::lfs_store::of_repository(repository.path().string()); }
  fs::path left_behind(const std::string& name, std::chrono::hours age) const {
    const fs::path file = store().folder() / "tmp" / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << "half";
    fs::last_write_time(file, fs::file_time_type::clock::now() - age);
    return file;
  }
};

}  // namespace lfs_store_test

BOOST_AUTO_TEST_SUITE(lfs_store_test)

BOOST_AUTO_TEST_CASE(objects_lie_where_git_lfs_puts_them) {
  setting at;
  const std::string hex = at.object.oid.hex();
  const fs::path place = at.repository.path() / "lfs" / "objects" / hex.substr(0, 2) / hex.substr(2, 2) / hex;
  BOOST_TEST(fs::equivalent(at.store().file_of(at.object.oid), place));
  BOOST_TEST(at.store().has(at.object));
}

BOOST_AUTO_TEST_CASE(a_file_of_another_size_is_not_the_object) {
  setting at;
  fs::resize_file(at.store().file_of(at.object.oid), content.size() - 1);
  BOOST_TEST(!at.store().has(at.object));
}

BOOST_AUTO_TEST_CASE(a_folder_of_that_name_is_not_the_object) {
  setting at;
  fs::remove(at.store().file_of(at.object.oid));
  fs::create_directory(at.store().file_of(at.object.oid));
  BOOST_TEST(!at.store().has(at.object));
}

BOOST_AUTO_TEST_CASE(the_repository_may_name_another_place) {
  setting at;
  const fs::path other = at.folder.path() / "elsewhere";
  at.repository.git({"config", "lfs.storage", other.string()});
  BOOST_TEST(at.store().folder() == other);
  BOOST_TEST(!at.store().has(at.object));
}

BOOST_AUTO_TEST_CASE(an_object_that_was_dropped_or_is_wrong_leaves_no_file) {
  setting at;
  const auto store = at.store();
  const lfs_object wanted{at.object.oid, byte_count(3)};
  {
    local::incoming_object dropped(store, wanted);
    dropped.append(std::as_bytes(std::span("ab").first(2)));
  }
  {
    local::incoming_object wrong(store, wanted);
    wrong.append(std::as_bytes(std::span("abc").first(3)));
    BOOST_CHECK_EXCEPTION(wrong.finish(), failed,
                          [](const failed& broken) { return broken.why().code() == errc::digest_mismatch; });
  }
  BOOST_TEST(fs::is_empty(store.folder() / "tmp"));
}

BOOST_AUTO_TEST_CASE(only_what_an_hfpipe_of_long_ago_left_is_swept) {
  setting at;
  const std::string name = at.object.oid.hex();
  const auto old = at.left_behind(name + "-hfpipe-1-1", std::chrono::hours(3));
  const auto fresh = at.left_behind(name + "-hfpipe-2-1", std::chrono::hours(0));
  const auto of_git_lfs = at.left_behind(name + "-123", std::chrono::hours(3));

  at.store().sweep();

  BOOST_TEST(!fs::exists(old));
  BOOST_TEST(fs::exists(fresh));
  BOOST_TEST(fs::exists(of_git_lfs));
}

BOOST_AUTO_TEST_CASE(a_store_that_is_not_there_yet_can_be_swept) {
  temporary_folder folder;
  const git_repository empty = git_repository::make(folder.path() / "r.git");
  local::lfs_store::of_repository(empty.path().string()).sweep();
  BOOST_TEST(!fs::exists(empty.path() / "lfs"));
}

BOOST_AUTO_TEST_SUITE_END()
