#include "engine/named_refs.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

using namespace hfpipe;

BOOST_AUTO_TEST_SUITE(named_refs_test)

BOOST_AUTO_TEST_CASE(hosts_name_refs_in_their_own_ways) {
  struct row {
    const char* said;
    const char* ref;
    bool named;
  };
  const std::vector<row> table{
      {"refs/pr/ is reserved", "refs/pr/1", true},
      {"refs/pr/* is reserved", "refs/pr/1", true},
      {"refs/pr is reserved", "refs/pr/1", true},
      {"refs/pr is reserved", "refs/prx/1", false},
      {"- model.bin (ref: refs/heads/main)", "refs/heads/main", true},
      {"- model.bin (ref: refs/heads/main)", "refs/heads/main2", false},
      {"You cannot push 'refs/heads/main'.", "refs/heads/main", true},
      {"Gitea: branch main is protected from force push", "refs/heads/main", true},
      {"Gitea: Not allowed to push to protected branch main", "refs/heads/main", true},
      {"Gitea: Tag v1.0 is protected", "refs/tags/v1.0", true},
      {"Gitea: Tag v1.0 is protected", "refs/heads/v1.0", false},
      {"GitLab: You are not allowed to push code to protected branches on this project.", "refs/heads/main", false},
      {"the main thing", "refs/heads/main", false},
      {"all of refs/ is closed", "refs/heads/main", false},
      {"", "refs/heads/main", false},
  };
  for (const auto& r : table) {
    const ref_name ref = ref_name::parse(r.ref).value();
    const auto named = refs_named_in({"something else", r.said});
    const bool found = std::ranges::any_of(named, [&](const named_ref& one) { return one.means(ref); });
    BOOST_TEST(found == r.named, r.said << " / " << r.ref);
  }
}

BOOST_AUTO_TEST_CASE(a_page_of_words_becomes_a_line) {
  BOOST_TEST(in_short({"one", "", "two"}) == "one / two");
  BOOST_TEST(in_short({std::string(1000, 'x')}).size() == 303U);
}

BOOST_AUTO_TEST_SUITE_END()
