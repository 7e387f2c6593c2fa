#include "protocol/lfs/lfsconfig.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

namespace lfsconfig_test {

std::string named(std::string_view blob) {
  return lfs::server_named_in(blob).value_or("none");
}

}  // namespace lfsconfig_test

BOOST_AUTO_TEST_SUITE(lfsconfig_test)

BOOST_AUTO_TEST_CASE(the_url_of_the_section_is_the_server) {
  for (const char* text :
       {"[lfs]\n\turl = https://h/x\n", "[lfs]\nurl=https://h/x", "[LFS]\r\n  URL =  https://h/x  \r\n",
        "# a note\n[core]\nurl = no\n[lfs]\nfetchexclude = a\nurl = \"https://h/x\" ; because\n"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(named(text) == "https://h/x");
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_such_file_names_none) {
  for (const char* text : {"", "version https://git-lfs.github.com/spec/v1\n", "[lfs]\n", "[lfs]\nurl =\n", "url = x",
                           "[lfs \"https://h\"]\naccess = basic\nurl = x\n", "[remote \"origin\"]\nurl = https://h/x\n",
                           "[1, 2, 3]", "[lfs", "[lfs]\npushurl = https://h/x\n"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(named(text) == "none");
  }
}

BOOST_AUTO_TEST_CASE(a_password_is_left_out) {
  BOOST_TEST(named("[lfs]\nurl = https://me:secret@h/x@y\n") == "https://h/x@y");
  BOOST_TEST(named("[lfs]\nurl = ssh://git@h:22/x\n") == "ssh://h:22/x");
  BOOST_TEST(named("[lfs]\nurl = git@h\n") == "h");
}

BOOST_AUTO_TEST_CASE(no_cut_of_a_file_is_more_than_the_file) {
  const std::string_view whole = "[lfs]\n\turl = \"https://h/x\"\n";
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    const std::string found = named(whole.substr(0, cut));
    BOOST_TEST((found == "none" || std::string_view("https://h/x").starts_with(found)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
