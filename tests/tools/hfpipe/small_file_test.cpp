#include "tools/hfpipe/small_file.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.hpp"

using namespace hfpipe;
using namespace hfpipe::cli;

namespace small_file_test {

outcome<std::string> read_back(const std::string& content) {
  const testing::temporary_folder folder;
  const auto path = (folder.path() / "token").string();
  std::ofstream(path, std::ios::binary) << content;
  const auto read = read_small_file(path);
  if (!read) return read.error();
  return read->content;
}

}  // namespace small_file_test

BOOST_AUTO_TEST_SUITE(small_file_test)

BOOST_AUTO_TEST_CASE(a_file_comes_back_byte_by_byte) {
  BOOST_TEST(read_back(" token\r\n").value() == " token\r\n");
  BOOST_TEST(read_back("").value().empty());
}

BOOST_AUTO_TEST_CASE(the_limit_itself_still_fits) {
  BOOST_TEST(read_back(std::string(small_file_limit.as_size(), 'x')).value().size() == small_file_limit.value());
  BOOST_CHECK(read_back(std::string(small_file_limit.as_size() + 1, 'x')).error().code() == errc::bad_option);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_named_with_the_reason) {
  const testing::temporary_folder folder;
  const auto missing = read_small_file((folder.path() / "missing").string());
  BOOST_TEST(missing.error().detail().find("missing: No such file") != std::string::npos);
  BOOST_CHECK(missing.error().code() == errc::not_found);
  BOOST_CHECK(read_small_file(folder.path().string()).error().code() == errc::not_found);
}

BOOST_AUTO_TEST_CASE(who_else_can_read_a_file_is_known) {
  const testing::temporary_folder folder;
  const auto path = (folder.path() / "token").string();
  std::ofstream(path) << "x";
  using std::filesystem::perms;
  const std::vector<std::pair<perms, bool>> rows{{perms::owner_read, false},
                                                 {perms::owner_read | perms::owner_write, false},
                                                 {perms::owner_read | perms::group_read, true},
                                                 {perms::owner_read | perms::others_read, true}};
  for (const auto& [allowed, seen] : rows) {
    std::filesystem::permissions(path, allowed);
    BOOST_TEST_CONTEXT(static_cast<unsigned>(allowed))
    BOOST_TEST(read_small_file(path).value().readable_by_others == seen);
  }
}

BOOST_AUTO_TEST_SUITE_END()
