#include "protocol/git/ls_refs.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "protocol/git/ref_line.hpp"
#include "tests/support/every_split.hpp"
#include "tests/support/fails_with.hpp"
#include "tests/support/fixture.hpp"

using namespace hfpipe;
using namespace hfpipe::git;
using namespace std::string_literals;
using testing::at_every_split;
using testing::fails_with;
using testing::pieces;
using testing::read_fixture;

namespace ls_refs_test {

const std::string id_a(40, 'a');

std::string line(const std::string& text) {
  std::string written;
  append_text_line(written, text);
  return written;
}

outcome<ref_listing> parse(const pieces& input, object_format format = object_format::sha1) {
  ls_refs_parser parser(format);
  for (const auto& piece : input) {
    const auto fed = parser.feed(piece);
    if (fed.has_error()) return fed.error();
  }
  return parser.finish();
}

outcome<ref_listing> parse(std::string_view body, object_format format = object_format::sha1) {
  return parse(pieces{testing::copy_of(testing::bytes_of(body))}, format);
}

capabilities with_unborn() {
  capabilities can;
  can.add("ls-refs=unborn").value();
  return can;
}

}  // namespace ls_refs_test

BOOST_AUTO_TEST_SUITE(ls_refs_test)

BOOST_AUTO_TEST_CASE(a_recorded_answer_is_read_at_every_split) {
  at_every_split(read_fixture("git/ls_refs.bin"), [](const pieces& input) {
    const auto listing = parse(input).value();
    BOOST_REQUIRE(listing.refs.size() == 3U);
    BOOST_TEST(listing.refs[0].name.text() == "refs/heads/feature");
    BOOST_TEST(listing.refs[2].id.hex() == "cee87836b0c51ce86b33bae2cd1df457bb1e0064");
    BOOST_TEST(listing.default_branch.value().text() == "refs/heads/main");
  });
}

BOOST_AUTO_TEST_CASE(an_unborn_head_names_the_default_branch_and_is_no_ref) {
  const auto listing = parse(read_fixture("git/ls_refs_unborn.bin")).value();
  BOOST_TEST(listing.refs.empty());
  BOOST_TEST(listing.default_branch.value().text() == "refs/heads/main");
}

BOOST_AUTO_TEST_CASE(only_the_symref_of_head_is_the_default_branch) {
  const auto body = line(id_a + " refs/remotes/x/HEAD symref-target:refs/heads/x") + line(id_a + " HEAD") + "0000";
  const auto listing = parse(body).value();
  BOOST_TEST(!listing.default_branch);
  BOOST_TEST(listing.refs.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_ref_with_the_zero_id_fails) {
  const auto body = line(id_a + " refs/heads/a") + line(std::string(40, '0') + " refs/heads/b") + "0000";
  BOOST_TEST(fails_with(parse(body), errc::bad_advertisement));
}

BOOST_AUTO_TEST_CASE(attributes_that_are_unknown_are_skipped) {
  const auto body = line(id_a + " HEAD new:x symref-target:refs/heads/m peeled:" + id_a) +
                    line(id_a + " refs/heads/m peeled:" + id_a) + "0000";
  const auto listing = parse(body).value();
  BOOST_TEST(listing.default_branch.value().text() == "refs/heads/m");
  BOOST_TEST(listing.refs.front().name.text() == "refs/heads/m");
}

BOOST_AUTO_TEST_CASE(a_flush_alone_is_an_empty_repository) {
  BOOST_TEST(parse("0000").value().refs.empty());
}

BOOST_AUTO_TEST_CASE(what_breaks_the_answer_fails) {
  for (const auto& body :
       {line("nonsense"), line(id_a), line("zz refs/heads/a"), line(id_a + " refs/heads/a..b"), "0001"s, "0006\x01x"s,
        "00000000"s, line(id_a + " refs/heads/a") + line(id_a + " refs/heads/a")}) {
    BOOST_TEST_CONTEXT(body) BOOST_TEST(fails_with(parse(body + "0000"), errc::bad_advertisement));
  }
}

BOOST_AUTO_TEST_CASE(ids_have_the_format_that_was_advertised) {
  const auto body = line(id_a + " refs/heads/a") + "0000";
  BOOST_TEST(fails_with(parse(body, object_format::sha256), errc::bad_advertisement));
}

BOOST_AUTO_TEST_CASE(no_body_is_an_empty_reply) {
  BOOST_TEST(fails_with(parse(""), errc::empty_reply));
}

BOOST_AUTO_TEST_CASE(a_body_that_is_cut_anywhere_fails) {
  const auto whole = read_fixture("git/ls_refs.bin");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    BOOST_TEST_CONTEXT(size)
    BOOST_TEST(fails_with(parse(std::string_view(whole).substr(0, size)), errc::connection_lost));
  }
}

BOOST_AUTO_TEST_CASE(an_err_line_is_the_servers_word) {
  BOOST_TEST(fails_with(parse(line("ERR no")), errc::remote_error));
}

BOOST_AUTO_TEST_CASE(an_endless_list_is_refused) {
  std::string million;
  while (million.size() < 1'000'000) million += line(id_a + " HEAD");
  ls_refs_parser parser(object_format::sha1);
  outcome<void> fed;
  for (std::size_t given = 0; fed.has_value() && given < 2 * ref_list_limit.value(); given += million.size()) {
    fed = parser.feed(testing::bytes_of(million));
  }
  BOOST_TEST(fails_with(fed, errc::limit_exceeded));
}

BOOST_AUTO_TEST_CASE(a_request_asks_for_head_and_all_refs) {
  BOOST_TEST(make_ls_refs_request(with_unborn(), ls_refs_scope::all_refs) ==
             "0014command=ls-refs\n0001000csymrefs\n000bunborn\n0014ref-prefix HEAD\n0015ref-prefix refs/\n0000");
}

BOOST_AUTO_TEST_CASE(unborn_is_asked_for_only_where_it_is_offered) {
  BOOST_TEST(make_ls_refs_request({}, ls_refs_scope::head_only) ==
             "0014command=ls-refs\n0001000csymrefs\n0014ref-prefix HEAD\n0000");
}

BOOST_AUTO_TEST_SUITE_END()
