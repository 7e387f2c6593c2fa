#include "protocol/git/have_answers.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "protocol/git/fetch_dialogue.hpp"
#include "tests/support/every_split.hpp"
#include "tests/support/fails_with.hpp"

using namespace hfpipe;
using namespace hfpipe::git;
using testing::at_every_split;
using testing::bytes_of;
using testing::fails_with;
using testing::pieces;

namespace have_answers_test {

git_oid id(char digit) {
  return git_oid::from_hex(std::string(40, digit)).value();
}

advertisement server(protocol_version version, std::initializer_list<std::string_view> capabilities) {
  advertisement made;
  made.version = version;
  for (const auto one : capabilities) made.can.add(one).value();
  return made;
}

const std::vector<git_oid> wants{id('1'), id('2')};
const std::vector<git_oid> haves{id('3'), id('4')};

std::string line(const std::string& text) {
  std::string written;
  append_text_line(written, text);
  return written;
}

std::string ack(char digit, const std::string& more = "") {
  return line("ACK " + id(digit).hex() + more);
}

outcome<std::vector<git_oid>> read(const pieces& input) {
  have_answers answers(object_format::sha1);
  for (const auto& piece : input) {
    if (const auto fed = answers.feed(piece); !fed) return fed.error();
  }
  return answers.finish();
}

outcome<std::vector<git_oid>> read(const std::string& text) {
  return read(pieces{testing::copy_of(bytes_of(text))});
}

}  // namespace have_answers_test

BOOST_AUTO_TEST_SUITE(have_answers_test)

BOOST_AUTO_TEST_CASE(a_request_never_says_done) {
  const auto v2 = make_have_request(server(protocol_version::v2, {"fetch=shallow wait-for-done filter"}), wants, haves);
  BOOST_TEST(v2.find("wait-for-done") != v2.npos);
  BOOST_TEST(v2.find("000ddone\n") == v2.npos);
  BOOST_TEST(v2.find("want " + id('2').hex()) < v2.find("have " + id('3').hex()));
  BOOST_TEST(v2.ends_with(line("have " + id('4').hex()) + "0000"));
  const auto older = make_have_request(server(protocol_version::v2, {"fetch"}), wants, haves);
  BOOST_TEST(older.find("wait-for-done") == older.npos);
  const auto v0 = make_have_request(server(protocol_version::v0, {"multi_ack_detailed", "agent=git/2"}), wants, haves);
  BOOST_TEST(v0 == line("want " + id('1').hex() + " multi_ack_detailed " + std::string(agent_capability)) +
                       line("want " + id('2').hex()) + "0000" + line("have " + id('3').hex()) +
                       line("have " + id('4').hex()) + "0000");
}

BOOST_AUTO_TEST_CASE(only_servers_that_answer_each_have_are_asked) {
  BOOST_TEST(answers_haves(server(protocol_version::v2, {"fetch"})));
  BOOST_TEST(answers_haves(server(protocol_version::v0, {"multi_ack_detailed"})));
  BOOST_TEST(!answers_haves(server(protocol_version::v0, {"multi_ack"})));
}

BOOST_AUTO_TEST_CASE(more_haves_than_a_request_carries_are_cut) {
  const std::vector<git_oid> many(haves_limit + 5, id('3'));
  const auto request = make_have_request(server(protocol_version::v2, {"fetch"}), wants, many);
  const auto one = line("have " + id('3').hex()).size();
  BOOST_TEST(request.size() < one * haves_limit + 1000);
}

BOOST_AUTO_TEST_CASE(the_haves_that_are_known_are_told_each_once) {
  const std::string v2 = line("acknowledgments") + ack('4') + ack('3') + "0000";
  at_every_split(v2, [](const pieces& input) { BOOST_TEST((read(input).value() == haves)); });
  const std::string v0 = ack('3', " common") + ack('4', " common") + ack('4', " ready") + line("NAK");
  at_every_split(v0, [](const pieces& input) { BOOST_TEST((read(input).value() == haves)); });
}

BOOST_AUTO_TEST_CASE(nothing_known_is_an_answer) {
  BOOST_TEST(read(line("acknowledgments") + line("NAK") + "0000").value().empty());
  BOOST_TEST(read(line("NAK")).value().empty());
}

BOOST_AUTO_TEST_CASE(what_follows_the_answer_is_a_pack_that_nobody_reads) {
  have_answers answers(object_format::sha1);
  const std::string text = line("acknowledgments") + ack('3') + line("ready") + "0001" + line("packfile") + "\x01PACK";
  answers.feed(bytes_of(text)).value();
  BOOST_TEST(answers.pack_follows());
  answers.feed(bytes_of("any bytes at all")).value();
  BOOST_TEST(answers.finish().value().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_cut_answer_is_none) {
  BOOST_TEST(fails_with(read(std::string()), errc::empty_reply));
  BOOST_TEST(fails_with(read("0000"), errc::bad_fetch_reply));
  const std::string whole = line("acknowledgments") + ack('3');
  BOOST_TEST(fails_with(read(whole.substr(0, whole.size() - 3)), errc::bad_fetch_reply));
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_is_refused) {
  BOOST_TEST(fails_with(read(line("packfile")), errc::bad_fetch_reply));
  BOOST_TEST(fails_with(read(line("ACK nonsense")), errc::bad_fetch_reply));
  BOOST_TEST(fails_with(read(line("ACK " + std::string(64, 'a'))), errc::bad_fetch_reply));
  BOOST_TEST(fails_with(read(line("\x01PACK")), errc::bad_fetch_reply));
  BOOST_TEST(fails_with(read(line("ERR upload-pack: not our ref " + id('1').hex())), errc::ref_vanished));
}

BOOST_AUTO_TEST_SUITE_END()
