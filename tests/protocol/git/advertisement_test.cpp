#include "protocol/git/advertisement.hpp"

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

namespace advertisement_test {

const std::string id_a(40, 'a');
const std::string id_b(40, 'b');
const std::string zero(40, '0');

std::string line(const std::string& text) {
  std::string written;
  append_text_line(written, text);
  return written;
}

outcome<advertisement> parse(const pieces& input, service asked = service::upload_pack) {
  advertisement_parser parser(asked);
  for (const auto& piece : input) {
    const auto fed = parser.feed(piece);
    if (fed.has_error()) return fed.error();
  }
  return parser.finish();
}

outcome<advertisement> parse(std::string_view body, service asked = service::upload_pack) {
  return parse(pieces{testing::copy_of(testing::bytes_of(body))}, asked);
}

void check_recorded_refs(const advertisement& read) {
  BOOST_REQUIRE(read.listing.refs.size() == 3U);
  BOOST_TEST(read.listing.refs[0].name.text() == "refs/heads/feature");
  BOOST_TEST(read.listing.refs[1].name.text() == "refs/heads/main");
  BOOST_TEST(read.listing.refs[1].id.hex() == "8d2da9341cf41c06adf6ef29a522cc28811e0e1b");
  BOOST_TEST(read.listing.refs[2].name.text() == "refs/tags/v1");
  BOOST_TEST(read.listing.default_branch.value().text() == "refs/heads/main");
  BOOST_TEST(read.can.has("filter"));
  BOOST_TEST(!read.is_shallow);
}

}  // namespace advertisement_test

BOOST_AUTO_TEST_SUITE(advertisement_test)

BOOST_AUTO_TEST_CASE(recorded_v0_is_read_at_every_split) {
  at_every_split(read_fixture("git/upload_pack_v0.bin"), [](const pieces& input) {
    const auto read = parse(input).value();
    BOOST_CHECK(read.version == protocol_version::v0);
    check_recorded_refs(read);
  });
}

BOOST_AUTO_TEST_CASE(recorded_v1_is_read) {
  const auto read = parse(read_fixture("git/upload_pack_v1.bin")).value();
  BOOST_CHECK(read.version == protocol_version::v1);
  check_recorded_refs(read);
}

BOOST_AUTO_TEST_CASE(v0_without_banner_is_read) {
  const auto recorded = read_fixture("git/upload_pack_v0.bin");
  check_recorded_refs(parse(recorded.substr(0x1e + 4)).value());
}

BOOST_AUTO_TEST_CASE(recorded_v2_is_read_at_every_split) {
  at_every_split(read_fixture("git/upload_pack_v2.bin"), [](const pieces& input) {
    const auto read = parse(input).value();
    BOOST_CHECK(read.version == protocol_version::v2);
    BOOST_TEST(read.can.has_feature("fetch", "filter"));
    BOOST_TEST(read.can.has_feature("ls-refs", "unborn"));
    BOOST_TEST(read.listing.refs.empty());
  });
}

BOOST_AUTO_TEST_CASE(v2_with_banner_is_read) {
  const auto body = line("# service=git-upload-pack") + "0000" + read_fixture("git/upload_pack_v2.bin");
  BOOST_CHECK(parse(body).value().version == protocol_version::v2);
}

BOOST_AUTO_TEST_CASE(v2_says_the_object_format) {
  const auto read = parse(line("version 2") + line("object-format=sha256") + "0000").value();
  BOOST_CHECK(read.listing.format == object_format::sha256);
}

BOOST_AUTO_TEST_CASE(an_empty_receive_pack_has_capabilities_and_no_refs) {
  const auto read = parse(read_fixture("git/receive_pack_empty.bin"), service::receive_pack).value();
  BOOST_TEST(read.can.has("delete-refs"));
  BOOST_TEST(read.listing.refs.empty());
  BOOST_TEST(!read.listing.default_branch);
}

BOOST_AUTO_TEST_CASE(an_empty_upload_pack_may_have_nothing_but_flushes) {
  BOOST_TEST(parse(line("# service=git-upload-pack") + "00000000").value().listing.refs.empty());
  BOOST_TEST(parse("0000").value().listing.refs.empty());
}

BOOST_AUTO_TEST_CASE(have_lines_are_no_refs_even_on_the_first_line) {
  const auto body = line(id_a + " .have\0 report-status ofs-delta"s) + line(id_b + " .have") +
                    line(id_a + " refs/heads/main") + "0000";
  const auto read = parse(body, service::receive_pack).value();
  BOOST_TEST(read.listing.extra_haves.size() == 2U);
  BOOST_TEST(read.listing.refs.size() == 1U);
  BOOST_TEST(read.can.has("ofs-delta"));
}

BOOST_AUTO_TEST_CASE(shallow_lines_are_flagged) {
  const auto read = parse(line(id_a + " refs/heads/main\0x"s) + line("shallow " + id_b) + "0000").value();
  BOOST_TEST(read.is_shallow);
  BOOST_TEST(read.listing.refs.size() == 1U);
}

BOOST_AUTO_TEST_CASE(sha256_ids_need_the_capability) {
  const std::string wide(64, 'c');
  const auto read = parse(line(wide + " refs/heads/main\0object-format=sha256"s) + "0000").value();
  BOOST_CHECK(read.listing.format == object_format::sha256);
  BOOST_TEST(fails_with(parse(line(wide + " refs/heads/main\0x"s) + "0000"), errc::bad_advertisement));
}

BOOST_AUTO_TEST_CASE(a_bad_name_below_refs_fails_and_is_named) {
  const auto read = parse(line(id_a + " refs/heads/main\0x"s) + line(id_a + " refs/heads/a..b") + "0000");
  BOOST_TEST(fails_with(read, errc::bad_advertisement));
  BOOST_TEST(read.error().detail().find("refs/heads/a..b") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_ref_with_the_zero_id_fails_and_is_named) {
  for (const auto asked : {service::upload_pack, service::receive_pack}) {
    const auto first = parse(line(zero + " refs/heads/gone\0x"s) + "0000", asked);
    BOOST_TEST(fails_with(first, errc::bad_advertisement));
    BOOST_TEST(first.error().detail().find("refs/heads/gone") != std::string::npos);
    const auto later = line(id_a + " refs/heads/main\0x"s) + line(zero + " refs/tags/gone") + "0000";
    BOOST_TEST(fails_with(parse(later, asked), errc::bad_advertisement));
  }
}

BOOST_AUTO_TEST_CASE(the_zero_id_of_an_empty_repository_is_legal) {
  BOOST_TEST(parse(line(zero + " capabilities^{}\0x"s) + "0000").value().listing.refs.empty());
}

BOOST_AUTO_TEST_CASE(a_ref_that_stands_there_twice_fails) {
  const auto twice = line(id_a + " refs/heads/main\0x"s) + line(id_b + " refs/heads/main") + "0000";
  BOOST_TEST(fails_with(parse(twice), errc::bad_advertisement));
}

BOOST_AUTO_TEST_CASE(lines_that_do_not_belong_fail) {
  const auto first = line(id_a + " refs/heads/main\0x"s);
  for (const auto& rest : {line("nonsense"), line("xyz refs/heads/a"), "0001"s, "0002"s, "0006\x01x"s,
                           "0000"s + line(id_b + " refs/heads/b")}) {
    BOOST_TEST_CONTEXT(rest) BOOST_TEST(fails_with(parse(first + rest + "0000"), errc::bad_advertisement));
  }
}

BOOST_AUTO_TEST_CASE(the_banner_of_another_service_fails) {
  const auto recorded = read_fixture("git/upload_pack_v0.bin");
  BOOST_TEST(fails_with(parse(recorded, service::receive_pack), errc::bad_advertisement));
}

BOOST_AUTO_TEST_CASE(receive_pack_has_no_version_2) {
  BOOST_TEST(fails_with(parse(line("version 2") + "0000", service::receive_pack), errc::bad_advertisement));
}

BOOST_AUTO_TEST_CASE(what_is_no_smart_host_is_told_at_every_split) {
  const auto dumb = id_a + "\trefs/heads/main\n" + id_b + "\trefs/heads/b\n";
  const auto low_length_dumb = "000a" + id_a.substr(4) + "\trefs/heads/main\n";
  for (const auto& body : {dumb, low_length_dumb, "<!DOCTYPE html><html></html>"s, "Not Found"s, "\x01\x02"s}) {
    at_every_split(body, [&](const pieces& input) { BOOST_TEST(fails_with(parse(input), errc::not_a_git_host)); });
  }
}

BOOST_AUTO_TEST_CASE(an_err_line_is_the_servers_word) {
  const auto read = parse(line("ERR Repository not found."));
  BOOST_TEST(fails_with(read, errc::remote_error));
  BOOST_TEST(read.error().detail() == "server said: Repository not found.");
}

BOOST_AUTO_TEST_CASE(no_body_is_an_empty_reply) {
  BOOST_TEST(fails_with(parse(""), errc::empty_reply));
}

BOOST_AUTO_TEST_CASE(a_body_that_is_cut_anywhere_fails) {
  const auto whole = read_fixture("git/upload_pack_v0.bin");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    BOOST_TEST_CONTEXT(size) {
      const auto code = size < 0x1e ? errc::not_a_git_host : errc::connection_lost;
      BOOST_TEST(fails_with(parse(std::string_view(whole).substr(0, size)), code));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_endless_list_is_refused) {
  std::string million = line(id_a + " refs/heads/main\0x"s);
  while (million.size() < 1'000'000) million += line(id_a + " HEAD");
  advertisement_parser parser(service::upload_pack);
  outcome<void> fed = parser.feed(testing::bytes_of(million));
  std::size_t given = million.size();
  while (fed.has_value() && given < 2 * ref_list_limit.value()) {
    fed = parser.feed(testing::bytes_of(million).subspan(line(id_a + " refs/heads/main\0x"s).size()));
    given += million.size();
  }
  BOOST_TEST(fails_with(fed, errc::limit_exceeded));
}

BOOST_AUTO_TEST_SUITE_END()
