#include "engine/host_rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace hfpipe;

BOOST_AUTO_TEST_SUITE(host_rules_test)

BOOST_AUTO_TEST_CASE(a_namespace_is_hidden_with_all_that_is_in_it_and_nothing_beside_it) {
  struct row {
    const char* ref;
    bool gitlab, gitea;
  };
  const std::vector<row> table{
      {"refs/environments/1/deployments/2", true, false},
      {"refs/keep-around/0123", true, false},
      {"refs/merge-requests/7/head", true, false},
      {"refs/pipelines/9", true, false},
      {"refs/remotes/origin/main", true, false},
      {"refs/tmp/x", true, false},
      {"refs/for/main", false, true},
      {"refs/pull/3/head", false, true},
      {"refs/heads/main", false, false},
      {"refs/heads/refs/tmp/x", false, false},
      {"refs/tmpx/y", false, false},
      {"refs/pr/1", false, false},
  };
  for (const auto& r : table) {
    const ref_name ref = ref_name::parse(r.ref).value();
    BOOST_TEST(gitlab_rules().hides(ref) == r.gitlab, r.ref);
    BOOST_TEST(gitea_rules().hides(ref) == r.gitea, r.ref);
    BOOST_TEST(!host_rules{}.hides(ref), r.ref);
  }
}

BOOST_AUTO_TEST_SUITE_END()
