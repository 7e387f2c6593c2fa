#include "transports/local/loose_objects.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/git_repository.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
namespace fs = std::filesystem;

namespace loose_objects_test {

struct setting {
  temporary_folder folder;
  testing::git_repository repository = testing::git_repository::make(folder.path() / "r.git");
  hfpipe::git_oid blob = repository.blob(noise(20'000, 7));

  fs::path file() const {
    const std::string hex = blob.hex();
    return repository.path() / "objects" / hex.substr(0, 2) / hex.substr(2);
  }
  /// The size that libgit2 reads; nothing when it refuses.
  std::optional<std::size_t> read_in(const testing::git_repository& where) const {
    const local::repository opened = local::open_repository(where.path().string());
    local::guard_loose_objects(opened);
    const local::object_store store = local::objects_of(opened);
    const ::git_oid id = local::to_theirs(blob);
    git_odb_object* read = nullptr;
    if (git_odb_read(&read, store.get(), &id) != 0) return std::nullopt;
    const local::stored_object held(read);
    return git_odb_object_size(held.get());
  }
  void damage(std::size_t at) const {
    fs::permissions(file(), fs::perms::owner_all);
    std::fstream bytes(file(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(static_cast<std::streamoff>(at));
    bytes << "no stream";
  }
};

}  // namespace loose_objects_test

BOOST_AUTO_TEST_SUITE(loose_objects_test)

BOOST_AUTO_TEST_CASE(whole_objects_are_read) {
  setting at;
  BOOST_TEST((at.read_in(at.repository) == std::size_t{20'000}));
}

BOOST_AUTO_TEST_CASE(one_that_was_cut_anywhere_is_refused_and_not_read_for_ever) {
  setting at;
  fs::permissions(at.file(), fs::perms::owner_all);
  for (std::size_t left = fs::file_size(at.file()) - 1; left > 0; left /= 3) {
    fs::resize_file(at.file(), left);
    BOOST_TEST(!at.read_in(at.repository).has_value(), left << " bytes are left");
  }
  fs::resize_file(at.file(), 0);
  BOOST_TEST(!at.read_in(at.repository).has_value());
}

BOOST_AUTO_TEST_CASE(one_with_other_bytes_is_refused) {
  setting at;
  at.damage(10'000);
  BOOST_TEST(!at.read_in(at.repository).has_value());
}

BOOST_AUTO_TEST_CASE(objects_of_alternates_are_read_and_guarded_too) {
  setting at;
  const testing::git_repository borrower = testing::git_repository::make(at.folder.path() / "borrower.git");
  std::ofstream(borrower.path() / "objects" / "info" / "alternates") << "../../r.git/objects\n";
  BOOST_TEST((at.read_in(borrower) == std::size_t{20'000}));

  fs::permissions(at.file(), fs::perms::owner_all);
  fs::resize_file(at.file(), 100);
  BOOST_TEST(!at.read_in(borrower).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
