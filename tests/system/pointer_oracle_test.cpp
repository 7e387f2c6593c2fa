#include <boost/test/unit_test.hpp>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "protocol/lfs/pointer.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/git_repository.hpp"
#include "tests/support/pointer_variants.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/walk_pack.hpp"

// What the walker says of packs that real git made, against what git and git-lfs say of the same repositories.

using namespace hfpipe;
using namespace hfpipe::testing;

namespace pointer_oracle_test {

std::string some_file(std::mt19937_64& random) {
  const std::string pointer = pointer_to(numbered_object(random() % 20));
  const std::string digest_line = pointer.substr(43, 76);
  switch (random() % 8) {
    case 0:  // the same sha256 again: what git makes deltas of
      return pointer.substr(0, pointer.size() - 1);
    case 1:
      return "\r\n" + pointer;
    case 2:
      return pointer.substr(0, pointer.find("size ") + 5) + std::to_string(random() % 1000) + "\n";
    case 3: {
      std::string manifest;
      for (int i = 0; i < 12; ++i)
        manifest += pointer_to(numbered_object((random() % 4) * 5 + static_cast<unsigned>(i) % 5));
      return manifest;
    }
    case 4:
      return pointer.substr(0, 43) + "ext-0-foo" + digest_line.substr(3) + pointer.substr(43);
    case 5:
      return noise(random() % 5000, static_cast<unsigned>(random()));
    case 6:
      return digest_line + digest_line + pointer;
    default:
      return pointer;
  }
}

/// A few dozen commits of files that share their parts, packed as tightly as git can.
git_repository random_repository(const std::filesystem::path& folder, std::uint64_t seed, object_format format) {
  std::mt19937_64 random(seed);
  const git_repository made = git_repository::make(folder, format);
  git_repository filled = made;
  for (int commit = 0; commit < 25; ++commit) {
    git_repository::file_map files;
    for (int file = 0; file < 12; ++file) {
      files["folder" + std::to_string(random() % 3) + "/file" + std::to_string(random() % 40)] = some_file(random);
    }
    filled.commit("main", files);
  }
  made.git({"-c", "pack.window=250", "-c", "pack.depth=50", "repack", "-adfq"});
  return made;
}

std::string packed(const git_repository& repository, bool by_offset) {
  std::vector<std::string> arguments{"git", "pack-objects", "--all", "--stdout", "-q"};
  if (by_offset) arguments.push_back("--delta-base-offset");
  const child_result done =
      run_child({.arguments = arguments, .environment = quiet_git_environment(), .folder = repository.path()});
  BOOST_REQUIRE(done.exit_code == 0);
  return done.out;
}

/// Each reachable blob given to parse_pointer.
std::set<lfs_object> pointers_by_cat_file(const git_repository& repository) {
  const std::string listed = repository.git({"rev-list", "--objects", "--all", "--no-object-names"});
  const std::string dump = repository.git({"cat-file", "--batch"}, listed + "\n") + "\n";
  std::set<lfs_object> found;
  for (std::size_t at = 0; at < dump.size();) {
    const std::size_t line_end = dump.find('\n', at);
    std::istringstream line(dump.substr(at, line_end - at));
    std::string id, type;
    std::size_t size = 0;
    line >> id >> type >> size;
    const auto object = lfs::parse_pointer(std::string_view(dump).substr(line_end + 1, size));
    if (type == "blob" && object && lfs::is_transferable(*object)) found.insert(*object);
    at = line_end + 1 + size + 1;
  }
  return found;
}

std::set<std::string> names_by_git_lfs(const git_repository& repository) {
  std::istringstream lines(repository.git({"lfs", "ls-files", "--all", "--long"}));
  std::set<std::string> names;
  for (std::string oid, mark, name; lines >> oid >> mark >> name;) names.insert(name);
  return names;
}

std::set<std::string> oids_by_git_lfs(const git_repository& repository) {
  std::istringstream lines(repository.git({"lfs", "ls-files", "--all", "--long"}));
  std::set<std::string> oids;
  for (std::string oid, mark, name; lines >> oid >> mark >> name;) oids.insert(oid);
  return oids;
}

/// Blobs below the cutoff that the repository's pack holds as deltas.
std::size_t small_deltas(const git_repository& repository) {
  std::istringstream lines(
      repository.git({"cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectsize) %(deltabase)"}));
  std::size_t count = 0;
  std::string type, base;
  for (std::size_t size = 0; lines >> type >> size >> base;) {
    if (type == "blob" && size < lfs::pointer_cutoff && base.find_first_not_of('0') != base.npos) ++count;
  }
  return count;
}

std::set<lfs_object> as_set(const std::vector<lfs_object>& list) {
  return {list.begin(), list.end()};
}

void check_against_git(std::uint64_t seed, object_format format) {
  const temporary_folder folder;
  const git_repository repository = random_repository(folder.path(), seed, format);
  const std::set<lfs_object> truth = pointers_by_cat_file(repository);
  BOOST_REQUIRE(truth.size() > 20);
  BOOST_REQUIRE(small_deltas(repository) > 5);

  for (const bool by_offset : {true, false}) {
    const std::string pack = packed(repository, by_offset);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{997}, pack.size()}) {
      BOOST_TEST_CONTEXT("seed " << seed << (by_offset ? ", by offset, " : ", by oid, ") << piece) {
        const pack_walk walk = walk_pack(pack, piece, piece, format);
        BOOST_TEST((as_set(walk.found) == truth));
        BOOST_TEST(walk.end.value().unresolved == 0U);
      }
    }
  }
}

}  // namespace pointer_oracle_test

BOOST_AUTO_TEST_SUITE(pointer_oracle_test)

BOOST_AUTO_TEST_CASE(in_random_histories_the_same_pointers_are_found_as_git_shows) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) check_against_git(seed, object_format::sha1);
}

BOOST_AUTO_TEST_CASE(in_a_repository_of_sha256_objects_too) {
  check_against_git(4, object_format::sha256);
}

BOOST_AUTO_TEST_CASE(git_lfs_lists_the_same_oids) {
  const temporary_folder folder;
  const git_repository repository = random_repository(folder.path(), 5, object_format::sha1);
  const pack_walk walk = walk_pack(packed(repository, true));

  std::set<std::string> found;
  for (const lfs_object& object : walk.found) found.insert(object.oid.hex());

  BOOST_TEST(found == oids_by_git_lfs(repository), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(case_36_git_lfs_agrees_with_every_accepted_and_rejected_variant) {
  const temporary_folder folder;
  git_repository repository = git_repository::make(folder.path());
  git_repository::file_map files;
  std::set<std::string> expected;
  const auto add = [&](const std::string& kind, const std::vector<pointer_variant>& variants) {
    for (std::size_t i = 0; i < variants.size(); ++i) files[kind + std::to_string(i)] = variants[i].blob;
  };
  add("accepted", accepted_pointers());
  add("rejected", rejected_pointers());
  for (std::size_t i = 0; i < accepted_pointers().size(); ++i) {
    // It never lists what it never transfers.
    if (accepted_pointers()[i].size != 0) expected.insert("accepted" + std::to_string(i));
  }
  repository.commit("main", files);

  BOOST_TEST(names_by_git_lfs(repository) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(git_lfs_takes_pointers_of_size_0_for_pointers) {
  const temporary_folder folder;
  const std::filesystem::path file = folder.path() / "pointer";
  for (const pointer_variant& variant : accepted_pointers()) {
    if (variant.size != 0) continue;
    std::ofstream(file, std::ios::binary) << variant.blob;
    const child_result done = run_child({.arguments = {"git", "lfs", "pointer", "--check", "--file=" + file.string()},
                                         .environment = quiet_git_environment(),
                                         .folder = folder.path()});
    BOOST_TEST_CONTEXT(variant.what) BOOST_TEST(done.exit_code == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
