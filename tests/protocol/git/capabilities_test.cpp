#include "protocol/git/capabilities.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/fails_with.hpp"

using namespace hfpipe;
using namespace hfpipe::git;
using testing::fails_with;

namespace capabilities_test {

capabilities listed(std::string_view line) {
  capabilities can;
  can.add_list(line).value();
  return can;
}

}  // namespace capabilities_test

BOOST_AUTO_TEST_SUITE(capabilities_test)

BOOST_AUTO_TEST_CASE(a_name_is_found_whole) {
  const auto can = listed("  side-band-64k  agent=git/2 ofs-delta");
  BOOST_TEST(can.has("side-band-64k"));
  BOOST_TEST(!can.has("side-band"));
  BOOST_TEST(can.has("agent"));
  BOOST_TEST(can.value("agent").value() == "git/2");
  BOOST_TEST(can.value("ofs-delta").value() == "");
  BOOST_TEST(!can.value("filter"));
}

BOOST_AUTO_TEST_CASE(a_repeated_name_has_every_value) {
  const auto can = listed("symref=HEAD:refs/heads/a symref=refs/x:refs/y");
  BOOST_TEST(can.values("symref").size() == 2U);
  BOOST_TEST(can.values("symref")[1] == "refs/x:refs/y");
}

BOOST_AUTO_TEST_CASE(features_are_words_of_a_value) {
  capabilities can;
  can.add("fetch=shallow wait-for-done filter").value();
  BOOST_TEST(can.has_feature("fetch", "filter"));
  BOOST_TEST(can.has_feature("fetch", "shallow"));
  BOOST_TEST(!can.has_feature("fetch", "wait"));
  BOOST_TEST(!can.has_feature("ls-refs", "unborn"));
}

BOOST_AUTO_TEST_CASE(the_format_is_sha1_unless_the_server_says_sha256) {
  BOOST_CHECK(listed("agent=x").format().value() == object_format::sha1);
  BOOST_CHECK(listed("object-format=sha1").format().value() == object_format::sha1);
  BOOST_CHECK(listed("object-format=sha256").format().value() == object_format::sha256);
}

BOOST_AUTO_TEST_CASE(an_unknown_format_is_refused) {
  BOOST_TEST(fails_with(listed("object-format=blake3").format(), errc::bad_advertisement));
}

BOOST_AUTO_TEST_CASE(an_endless_list_is_refused) {
  capabilities can;
  outcome<void> added;
  for (int i = 0; i < 100 && added.has_value(); ++i) added = can.add(std::string(1000, 'x'));
  BOOST_TEST(fails_with(added, errc::limit_exceeded));
}

BOOST_AUTO_TEST_CASE(a_v2_command_repeats_only_what_was_advertised) {
  BOOST_TEST(begin_v2_command("fetch", {}) == "0012command=fetch\n0001");
  BOOST_TEST(begin_v2_command("ls-refs", listed("object-format=sha256 agent=y")) ==
             "0014command=ls-refs\n0017agent=hfpipe/" HFPIPE_VERSION "\n0019object-format=sha256\n0001");
}

BOOST_AUTO_TEST_SUITE_END()
