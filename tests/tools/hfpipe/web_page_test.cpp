#include "tools/hfpipe/web_page.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;
using namespace hfpipe::cli;

namespace web_page_test {

using subject = web_page::subject;

std::optional<web_page> read(std::string_view address) {
  return page_at(http::url::parse(address).value(), http::url::parse("https://hub.example/proxy").value());
}

}  // namespace web_page_test

BOOST_AUTO_TEST_SUITE(web_page_test)

BOOST_AUTO_TEST_CASE(pages_name_their_repository_and_what_they_show_of_it) {
  struct row {
    std::string_view address, repository;
    subject what;
    std::string_view revision = {};
  };
  for (const row& each : {
           row{"https://hub.example/proxy/o/n/tree/main", "https://hub.example/proxy/o/n", subject::repository},
           row{"https://hub.example/proxy/o/n/tree/v1", "https://hub.example/proxy/o/n", subject::revision, "v1"},
           row{"https://hub.example/proxy/datasets/o/n/tree/refs%2Fpr%2F1", "https://hub.example/proxy/datasets/o/n",
               subject::revision, "refs/pr/1"},
           row{"https://hub.example/proxy/o/n/tree/v1/folder", "https://hub.example/proxy/o/n", subject::folder},
           row{"https://hub.example/proxy/o/n/resolve/main/x", "https://hub.example/proxy/o/n", subject::folder},
           row{"https://hub.example/proxy/o/n/discussions", "https://hub.example/proxy/o/n", subject::other},
           row{"https://hub.example/proxy/spaces/o/n/settings", "https://hub.example/proxy/spaces/o/n", subject::other},
           row{"https://hub.example/proxy/gpt2/tree/main", "https://hub.example/proxy/gpt2", subject::repository},
           row{"https://hub.example/proxy/datasets/squad/blob/main/x", "https://hub.example/proxy/datasets/squad",
               subject::folder},
           row{"https://git.example/g/s/n/-/tree/main", "https://git.example/g/s/n", subject::revision, "main"},
           row{"https://git.example/g/n/-/tree/main/folder", "https://git.example/g/n", subject::folder},
           row{"https://git.example/g/n/-/blob/main/x", "https://git.example/g/n", subject::folder},
           row{"https://git.example/g/n/-/merge_requests/1", "https://git.example/g/n", subject::other},
           row{"https://git.example/o/n/src/branch/main", "https://git.example/o/n", subject::revision, "main"},
           row{"https://git.example/o/n/src/tag/v1", "https://git.example/o/n", subject::revision, "v1"},
           row{"https://git.example/git/o/n/src/branch/main/folder", "https://git.example/git/o/n", subject::folder},
           row{"https://git.example/o/n/src/commit/0123", "https://git.example/o/n", subject::other},
           row{"https://git.example/o/n/commits/branch/main", "https://git.example/o/n", subject::other},
           row{"https://github.com/o/n/tree/main", "https://github.com/o/n", subject::revision, "main"},
           row{"https://github.com/o/n/tree/feature/x", "https://github.com/o/n", subject::folder},
           row{"https://github.com/o/n/blob/main/README.md", "https://github.com/o/n", subject::folder},
           row{"https://github.com/o/n/pull/7", "https://github.com/o/n", subject::other},
           row{"https://modelscope.cn/models/o/n", "https://modelscope.cn/models/o/n.git", subject::repository},
           row{"https://www.modelscope.ai/studios/o/n/files", "https://www.modelscope.ai/studios/o/n.git",
               subject::repository},
           row{"https://modelscope.cn/models/o/n/file/view/master/x", "https://modelscope.cn/models/o/n.git",
               subject::other},
           row{"https://openxlab.org.cn/models/detail/o/n/tree/main", "https://code.openxlab.org.cn/o/n",
               subject::other},
       }) {
    BOOST_TEST_CONTEXT(each.address) {
      const auto page = read(each.address);
      BOOST_REQUIRE(page.has_value());
      BOOST_TEST(page->repository.shown() == each.repository);
      BOOST_CHECK(page->what == each.what);
      BOOST_TEST(page->revision == each.revision);
    }
  }
}

BOOST_AUTO_TEST_CASE(only_gitea_s_address_says_that_it_is_a_tag) {
  BOOST_TEST(read("https://git.example/o/n/src/tag/v1")->is_tag);
  BOOST_TEST(!read("https://git.example/o/n/src/branch/v1")->is_tag);
  BOOST_TEST(!read("https://git.example/g/n/-/tree/v1")->is_tag);
}

BOOST_AUTO_TEST_CASE(what_may_be_a_repository_s_own_address_is_no_page) {
  for (const std::string_view address :
       {"https://hub.example/proxy/o/n", "https://hub.example/proxy/datasets/o/n",
        "https://hub.example/proxy/tree/main", "https://hub.example/other/n/tree/main",
        "https://git.example/o/n/tree/main", "https://github.com/o/n", "https://github.com/o/n.git",
        "https://github.com/orgs/acme/repositories", "https://git.example/-/n",
        "https://git.example/group/src/branch/name.git", "https://git.example/src/branch/name",
        "https://modelscope.cn/o/n.git", "https://modelscope.cn/models/o/n.git", "https://openxlab.org.cn/datasets/o/n",
        "https://code.openxlab.org.cn/o/n"}) {
    BOOST_TEST(!read(address).has_value(), address);
  }
}

BOOST_AUTO_TEST_SUITE_END()
