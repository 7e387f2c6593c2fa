#include "protocol/git/fetch_dialogue.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "protocol/digest.hpp"
#include "tests/support/every_split.hpp"
#include "tests/support/fails_with.hpp"
#include "tests/support/fixture.hpp"

using namespace hfpipe;
using namespace hfpipe::git;
using namespace std::string_literals;
using testing::at_every_split;
using testing::bytes_of;
using testing::fails_with;
using testing::pieces;
using testing::read_fixture;

namespace fetch_dialogue_test {

git_oid id(char digit) {
  return git_oid::from_hex(std::string(40, digit)).value();
}

advertisement server(protocol_version version, std::initializer_list<std::string_view> capabilities) {
  advertisement made;
  made.version = version;
  for (const auto one : capabilities) made.can.add(one).value();
  return made;
}

const advertisement v2 = server(protocol_version::v2, {"fetch=shallow filter", "agent=git/2", "object-format=sha1"});
const advertisement v0 = server(protocol_version::v0, {"side-band-64k", "side-band", "ofs-delta", "filter"});
const advertisement v0_bare = server(protocol_version::v0, {"ofs-delta"});

std::string line(const std::string& text) {
  std::string written;
  append_text_line(written, text);
  return written;
}

std::string on_band(char which, const std::string& text) {
  std::string written;
  append_pkt_line(written, which + text);
  return written;
}

outcome<std::string> pack_in(const advertisement& from, const pieces& input) {
  fetch_dialogue dialogue(from);
  std::string pack;
  for (const auto& piece : input) {
    std::span<const std::byte> rest = piece;
    while (!rest.empty()) {
      const auto fed = dialogue.feed(rest);
      if (fed.has_error()) return fed.error();
      BOOST_REQUIRE(fed->consumed > 0);
      for (const auto b : fed->pack) pack += std::to_integer<char>(b);
      rest = rest.subspan(fed->consumed);
    }
  }
  const auto ended = dialogue.finish();
  if (ended.has_error()) return ended.error();
  return pack;
}

outcome<std::string> pack_in(const advertisement& from, std::string_view body) {
  return pack_in(from, pieces{testing::copy_of(bytes_of(body))});
}

bool is_whole_pack(std::string_view pack) {
  digest checksum = digest::of(object_format::sha1);
  checksum.update(bytes_of(pack.substr(0, pack.size() - 20)));
  const auto sum = checksum.finish();
  return pack.starts_with("PACK") && std::equal(sum.begin(), sum.end(), bytes_of(pack).last(20).begin());
}

}  // namespace fetch_dialogue_test

BOOST_AUTO_TEST_SUITE(fetch_dialogue_test)

BOOST_AUTO_TEST_CASE(a_v2_request_asks_for_everything_that_is_offered) {
  const git_oid wants[]{id('1'), id('2')};
  const git_oid haves[]{id('3')};
  const auto request = make_fetch_request(v2, {.wants = wants, .haves = haves, .filter = "blob:limit=1024"});
  BOOST_TEST(request == line("command=fetch") + line(std::string(agent_capability)) + line("object-format=sha1") +
                            "0001" + line("no-progress") + line("ofs-delta") + line("filter blob:limit=1024") +
                            line("want " + id('1').hex()) + line("want " + id('2').hex()) +
                            line("have " + id('3').hex()) + line("done") + "0000");
}

BOOST_AUTO_TEST_CASE(a_v0_request_has_capabilities_on_its_first_want_and_no_flush_after_done) {
  const git_oid wants[]{id('1'), id('2')};
  const git_oid haves[]{id('3')};
  const auto request = make_fetch_request(v0, {.wants = wants, .haves = haves, .filter = "blob:limit=1024"});
  BOOST_TEST(request == line("want " + id('1').hex() + " side-band-64k ofs-delta filter") +
                            line("want " + id('2').hex()) + line("filter blob:limit=1024") + "0000" +
                            line("have " + id('3').hex()) + line("done"));
}

BOOST_AUTO_TEST_CASE(what_is_not_offered_is_not_asked_for) {
  const git_oid wants[]{id('1')};
  const fetch_terms terms{.wants = wants, .haves = {}, .ofs_delta = true, .filter = "blob:none"};
  BOOST_TEST(make_fetch_request(server(protocol_version::v0, {}), terms) ==
             line("want " + id('1').hex()) + "0000" + line("done"));
  BOOST_TEST(make_fetch_request(server(protocol_version::v2, {"fetch=shallow"}), terms).find("filter") ==
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(ofs_delta_is_left_out_when_the_target_cannot_take_it) {
  const git_oid wants[]{id('1')};
  for (const auto* from : {&v2, &v0}) {
    const auto request = make_fetch_request(*from, {.wants = wants, .haves = {}, .ofs_delta = false, .filter = {}});
    BOOST_TEST(request.find("ofs-delta") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(haves_beyond_the_limit_are_not_sent) {
  const git_oid wants[]{id('1')};
  const std::vector<git_oid> haves(haves_limit + 5, id('3'));
  for (const auto* from : {&v2, &v0}) {
    const auto request = make_fetch_request(*from, {.wants = wants, .haves = haves, .ofs_delta = true, .filter = {}});
    std::size_t count = 0;
    for (auto at = request.find("have "); at != std::string::npos; at = request.find("have ", at + 1)) ++count;
    BOOST_TEST(count == haves_limit);
  }
}

BOOST_AUTO_TEST_CASE(recorded_answers_give_the_same_pack_at_every_split) {
  const std::pair<const char*, const advertisement*> table[]{
      {"git/fetch_v2.bin", &v2}, {"git/fetch_v0.bin", &v0}, {"git/fetch_v0_no_sideband.bin", &v0_bare}};
  for (const auto& [name, from] : table) {
    const auto recorded = read_fixture(name);
    at_every_split(recorded, [&, sender = from](const pieces& input) {
      BOOST_TEST(is_whole_pack(pack_in(*sender, input).value()));
    });
  }
}

BOOST_AUTO_TEST_CASE(pack_bytes_view_the_input) {
  const auto body = line("packfile") + on_band(1, "PACK");
  fetch_dialogue dialogue(v2);
  const auto fed = dialogue.feed(bytes_of(body)).value();
  BOOST_TEST(fed.pack.data() == bytes_of(body).data() + body.size() - 4);
}

BOOST_AUTO_TEST_CASE(sections_before_the_pack_are_passed_over) {
  const auto body = line("acknowledgments") + line("ACK " + id('1').hex()) + line("ready") + "0001" +
                    line("wanted-refs") + line(id('1').hex() + " refs/heads/a") + "0001" + line("packfile") +
                    on_band(2, "counting\r") + on_band(1, "") + on_band(1, "PA") + "0004" + on_band(1, "CK") +
                    "00000002";
  at_every_split(body, [](const pieces& input) { BOOST_TEST(pack_in(v2, input).value() == "PACK"); });
}

BOOST_AUTO_TEST_CASE(v0_acks_of_every_kind_are_passed_over) {
  const auto body = line("ACK " + id('1').hex() + " common") + line("ACK " + id('1').hex() + " ready") +
                    line("ACK " + id('1').hex()) + on_band(1, "PACK") + "0000";
  at_every_split(body, [](const pieces& input) { BOOST_TEST(pack_in(v0, input).value() == "PACK"); });
}

BOOST_AUTO_TEST_CASE(an_answer_cut_anywhere_is_never_a_pack) {
  const std::pair<const char*, const advertisement*> table[]{{"git/fetch_v2.bin", &v2}, {"git/fetch_v0.bin", &v0}};
  for (const auto& [name, from] : table) {
    const auto whole = read_fixture(name);
    for (std::size_t size = 1; size < whole.size(); ++size) {
      BOOST_TEST_CONTEXT(name << " cut at " << size)
      BOOST_TEST(fails_with(pack_in(*from, std::string_view(whole).substr(0, size)), errc::pack_truncated));
    }
  }
}

BOOST_AUTO_TEST_CASE(no_body_is_an_empty_reply) {
  for (const auto* from : {&v2, &v0, &v0_bare}) BOOST_TEST(fails_with(pack_in(*from, ""), errc::empty_reply));
}

BOOST_AUTO_TEST_CASE(a_pack_without_bytes_is_truncated) {
  BOOST_TEST(fails_with(pack_in(v2, line("packfile") + "0000"), errc::pack_truncated));
  BOOST_TEST(fails_with(pack_in(v0_bare, line("NAK")), errc::pack_truncated));
}

BOOST_AUTO_TEST_CASE(a_truncated_pack_is_explained_by_the_servers_last_words) {
  const auto read = pack_in(v2, line("packfile") + on_band(1, "PACK") + on_band(2, "fatal: bad tree\n"));
  BOOST_TEST(fails_with(read, errc::pack_truncated));
  BOOST_TEST(read.error().detail() == "server said: fatal: bad tree");
}

BOOST_AUTO_TEST_CASE(case_12_a_want_that_is_gone_is_told_apart) {
  at_every_split(read_fixture("git/fetch_v2_not_our_ref.bin"),
                 [](const pieces& input) { BOOST_TEST(fails_with(pack_in(v2, input), errc::ref_vanished)); });
  BOOST_TEST(fails_with(pack_in(v0, line("ERR upload-pack: not our ref " + id('1').hex())), errc::ref_vanished));
}

BOOST_AUTO_TEST_CASE(err_at_every_stage_is_the_servers_word) {
  const auto refused = line("ERR filter 'blob:limit' not supported");
  for (const auto& before : {""s, line("acknowledgments"), line("packfile"), line("packfile") + on_band(1, "PACK")}) {
    BOOST_TEST_CONTEXT(before) {
      const auto read = pack_in(v2, before + refused);
      BOOST_TEST(fails_with(read, errc::remote_error));
      BOOST_TEST(read.error().detail() == "server said: filter 'blob:limit' not supported");
    }
  }
}

BOOST_AUTO_TEST_CASE(fatal_words_on_band_three_are_whole_at_every_split) {
  const auto body = line("packfile") + on_band(1, "PACK") + on_band(3, "aborting due to corruption.\0"s);
  at_every_split(body, [](const pieces& input) {
    const auto read = pack_in(v2, input);
    BOOST_TEST(fails_with(read, errc::remote_error));
    BOOST_TEST(read.error().detail() == "server said: aborting due to corruption.");
  });
}

BOOST_AUTO_TEST_CASE(fatal_words_that_are_cut_are_still_the_servers) {
  const auto body = line("packfile") + on_band(3, "aborting");
  BOOST_TEST(fails_with(pack_in(v2, std::string_view(body).substr(0, body.size() - 3)), errc::remote_error));
}

BOOST_AUTO_TEST_CASE(no_word_of_the_server_shows_a_secret_of_a_url) {
  const std::string echo = "cannot read https://me:canary@h.example/x.git?token=canary";
  const std::string start = line("packfile") + on_band(1, "PACK");
  for (const std::string& body : {line("ERR " + echo), line(echo), line("packfile") + line(echo),
                                  start + on_band(2, echo + "\n"), start + on_band(3, echo)}) {
    const std::string detail = pack_in(v2, body).error().detail();
    BOOST_TEST(detail.find("https://...@h.example/x.git?...") != std::string::npos, detail);
    BOOST_TEST(detail.find("canary") == std::string::npos, detail);
  }
}

BOOST_AUTO_TEST_CASE(a_shallow_source_is_refused) {
  BOOST_TEST(fails_with(pack_in(v2, line("shallow-info") + line("shallow " + id('1').hex())), errc::shallow_source));
  BOOST_TEST(fails_with(pack_in(v0, line("shallow " + id('1').hex()) + "0000"), errc::shallow_source));
}

BOOST_AUTO_TEST_CASE(what_breaks_the_dialogue_is_refused) {
  const auto open = line("packfile") + on_band(1, "PACK");
  for (const auto& body :
       {line("packfile-uris"), line("nonsense"), "0000"s, "0001"s, on_band(1, "PACK"),
        line("acknowledgments") + line("NAK") + "0000", line("packfile") + "0001", open + line("text"),
        open + "0000" + on_band(1, "more"), open + "0000" + line("more"), open + "00000000"}) {
    BOOST_TEST_CONTEXT(body) BOOST_TEST(fails_with(pack_in(v2, body), errc::bad_fetch_reply));
  }
  for (const auto& body : {line("nonsense"), "0000"s, "0001"s, line("NAK") + on_band(1, "PACK") + "0001"}) {
    BOOST_TEST_CONTEXT(body) BOOST_TEST(fails_with(pack_in(v0, body), errc::bad_fetch_reply));
  }
}

BOOST_AUTO_TEST_CASE(broken_framing_is_refused) {
  BOOST_TEST(fails_with(pack_in(v2, "<html>"), errc::bad_pkt_line));
}

BOOST_AUTO_TEST_CASE(a_depth_is_asked_for_where_the_server_can) {
  const std::vector<git_oid> wants{id('1')};
  const fetch_terms terms{.wants = wants, .haves = {}, .filter = "tree:0", .depth = 16};
  BOOST_TEST(make_fetch_request(v2, terms).find("deepen 16\n") != std::string::npos);
  BOOST_TEST(make_fetch_request(v0, terms).find("deepen") == std::string::npos);
  BOOST_TEST(make_fetch_request(server(protocol_version::v2, {"fetch=filter"}), terms).find("deepen") ==
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_asked_for_a_depth_is_told_where_history_was_cut) {
  const std::string answer =
      line("shallow-info") + line("shallow " + id('1').hex()) + "0001" + line("packfile") + on_band(1, "PACK") + "0000";
  fetch_dialogue dialogue(v2, 16);
  std::string pack;
  for (auto rest = bytes_of(answer); !rest.empty();) {
    const auto fed = dialogue.feed(rest).value();
    for (const auto b : fed.pack) pack += std::to_integer<char>(b);
    rest = rest.subspan(fed.consumed);
  }
  dialogue.finish().value();
  BOOST_TEST(pack == "PACK");
}

BOOST_AUTO_TEST_CASE(a_server_that_talks_on_without_a_pack_is_given_up) {
  struct row {
    const char* what;
    std::string before, again;
  };
  for (const row& each : {row{"progress", line("packfile"), on_band(2, std::string(60'000, '.') + "\r")},
                          row{"keep-alives", line("packfile"), on_band(1, "")},
                          row{"acknowledgments", line("acknowledgments"), line("ACK " + id('a').hex())},
                          row{"sections", "", line("acknowledgments") + "0001"}}) {
    fetch_dialogue dialogue(v2);
    BOOST_TEST_REQUIRE(dialogue.feed(bytes_of(each.before)).has_value(), each.what);
    std::string much;
    while (much.size() < 60'000) much += each.again;
    const auto piece = bytes_of(much);
    std::size_t said = 0;

    outcome<fetch_dialogue::fed> fed = dialogue.feed(piece);
    for (; fed && said <= 2 * fetch_talk_limit.as_size(); said += piece.size()) fed = dialogue.feed(piece);

    BOOST_TEST((fed.has_error() && fed.error().code() == errc::limit_exceeded), each.what);
    BOOST_TEST(said > fetch_talk_limit.as_size() - 3 * piece.size(), each.what);
  }
}

BOOST_AUTO_TEST_SUITE_END()
