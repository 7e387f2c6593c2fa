#include "protocol/lfs/address.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

BOOST_AUTO_TEST_SUITE(address_test)

BOOST_AUTO_TEST_CASE(the_endpoint_follows_git_lfs) {
  struct row {
    const char* repository;
    const char* endpoint;
  };
  for (const row& r :
       {row{"https://h/o/n", "/o/n.git/info/lfs"}, row{"https://h/o/n.git", "/o/n.git/info/lfs"},
        row{"https://h/o/n/", "/o/n.git/info/lfs"}, row{"https://h/o/n.git//", "/o/n.git/info/lfs"},
        row{"https://h/o/n?x=1", "/o/n.git/info/lfs"}, row{"https://h/o/digit", "/o/digit.git/info/lfs"}}) {
    BOOST_TEST_CONTEXT(r.repository) {
      BOOST_TEST(lfs::lfs_endpoint(http::url::parse(r.repository).value()).target().reveal() == r.endpoint);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
