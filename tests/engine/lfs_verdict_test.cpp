#include "engine/lfs_verdict.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/fake_endpoints.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace lfs_verdict_test {

blob_trouble trouble(std::string_view bytes, errc code, side whose) {
  return {blob_of(bytes), failure(code).blame(whose)};
}

const blob_trouble busy_source = trouble("a", errc::server_failed, side::source);
const blob_trouble full_target = trouble("b", errc::forbidden, side::target);
const blob_trouble nowhere = trouble("c", errc::object_missing, side::source);

ref_row refused(std::string reason) {
  const ref_name name = ref_name::parse("refs/heads/main").value();
  return {name, ref_action::create, {}, {}, ref_status::rejected, std::move(reason)};
}

}  // namespace lfs_verdict_test

BOOST_AUTO_TEST_SUITE(lfs_verdict_test)

BOOST_AUTO_TEST_CASE(refs_move_unless_an_object_failed_or_nobody_has_it_and_that_is_not_allowed) {
  struct row {
    const char* says;
    std::vector<blob_trouble> failed, missing;
    bool strict;
    std::optional<errc> code;
    std::optional<side> whose;
  };
  const std::vector<row> table{
      {"all there", {}, {}, true, {}, {}},
      {"neither side has it", {}, {nowhere}, false, {}, {}},
      {"neither side has it, strictly", {}, {nowhere}, true, errc::object_missing, side::source},
      {"the source failed", {busy_source}, {}, false, errc::blobs_incomplete, side::source},
      {"the target failed", {full_target, busy_source}, {}, false, errc::blobs_incomplete, side::target},
      {"both kinds", {full_target}, {nowhere}, true, errc::blobs_incomplete, side::target},
  };
  for (const row& r : table) {
    lfs_totals totals;
    totals.objects = 7;
    totals.failed = r.failed;
    totals.missing = r.missing;
    const auto verdict = verdict_of(totals, r.strict);
    BOOST_TEST_CONTEXT(r.says) {
      BOOST_REQUIRE(verdict.has_value() == r.code.has_value());
      if (!verdict) continue;
      BOOST_CHECK(verdict->code() == *r.code);
      BOOST_CHECK(verdict->blamed() == *r.whose);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_verdict_counts_what_failed_and_names_the_first) {
  lfs_totals totals;
  totals.objects = 7;
  totals.failed = {busy_source, full_target};
  const std::string detail = verdict_of(totals, false)->detail();
  BOOST_TEST(detail.find("2 of 7 failed, first " + busy_source.blob.oid.short_hex()) == 0u);
}

BOOST_AUTO_TEST_CASE(missing_objects_are_counted_in_words) {
  lfs_totals totals;
  BOOST_TEST(!warning_of_missing(totals));
  totals.missing = {nowhere};
  BOOST_TEST(*warning_of_missing(totals) ==
             "1 LFS pointer names an object that neither the source nor the target has, "
             "first " +
                 nowhere.blob.oid.short_hex());
  totals.missing.push_back(busy_source);
  BOOST_TEST(warning_of_missing(totals)->find("2 LFS pointers name objects") == 0u);
}

BOOST_AUTO_TEST_CASE(refused_pointers_are_explained_only_where_some_were_left_behind_and_the_host_speaks_of_lfs) {
  const std::vector<ref_row> speaks{refused("hook declined"), refused("GitLab: LFS objects are missing")};
  BOOST_TEST(!warning_of_refused_pointers(speaks, 0));
  BOOST_TEST(!warning_of_refused_pointers({refused("hook declined")}, 3));
  ref_row moved = refused("LFS");
  moved.status = ref_status::ok;
  BOOST_TEST(!warning_of_refused_pointers({moved}, 3));
  BOOST_TEST(warning_of_refused_pointers(speaks, 1)->find("names 1 LFS object that") != std::string::npos);
  BOOST_TEST(warning_of_refused_pointers(speaks, 3)->find("names 3 LFS objects that") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_server_is_named_without_its_user) {
  const std::string shown = warning_of_server("https://me:secret@lfs.example/x");
  BOOST_TEST(shown.find("https://lfs.example/x") != std::string::npos);
  BOOST_TEST(shown.find("secret") == std::string::npos);
  BOOST_TEST(warning_of_server("not a url").find("another server") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
