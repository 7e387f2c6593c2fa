#include "protocol/git/push_dialogue.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

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

namespace push_dialogue_test {

const git_oid zero = git_oid::zero(object_format::sha1);
const git_oid one = git_oid::from_hex(std::string(40, '1')).value();

ref_command create(std::string_view name) {
  return {ref_name::parse(name).value(), zero, one};
}

capabilities listed(std::string_view line) {
  capabilities can;
  can.add_list(line).value();
  return can;
}

std::string packet(const std::string& payload) {
  std::string written;
  append_pkt_line(written, payload);
  return written;
}

outcome<push_report> read(const pieces& input) {
  push_report_reader reader(3);
  for (const auto& piece : input) {
    const auto fed = reader.feed(piece);
    if (fed.has_error()) return fed.error();
  }
  return reader.finish();
}

outcome<push_report> read(std::string_view body) {
  return read(pieces{testing::copy_of(testing::bytes_of(body))});
}

/// What a server may write where it quotes the address it was asked at, or one that it signed.
const std::string echo = "cannot read https://me:canary@h.example/x.git?token=canary";
const std::string clean_echo = "cannot read https://...@h.example/x.git?...";

}  // namespace push_dialogue_test

BOOST_AUTO_TEST_SUITE(push_dialogue_test)

BOOST_AUTO_TEST_CASE(the_first_command_carries_what_was_advertised) {
  const ref_command commands[]{create("refs/heads/a"), {ref_name::parse("refs/heads/b").value(), one, zero}};
  const auto can =
      listed("report-status report-status-v2 delete-refs side-band-64k quiet atomic ofs-delta agent=git/2");
  BOOST_TEST(make_push_commands(commands, can, atomicity::each_ref_for_itself) ==
             packet(zero.hex() + ' ' + one.hex() + " refs/heads/a" + '\0' + " report-status-v2 side-band-64k " +
                    std::string(agent_capability)) +
                 packet(one.hex() + ' ' + zero.hex() + " refs/heads/b") + "0000");
}

BOOST_AUTO_TEST_CASE(atomic_is_sent_only_when_asked_and_offered) {
  const ref_command commands[]{create("refs/heads/a")};
  const auto has_atomic = [&](std::string_view can, atomicity mode) {
    return make_push_commands(commands, listed(can), mode).find("atomic") != std::string::npos;
  };
  BOOST_TEST(has_atomic("atomic", atomicity::all_or_none));
  BOOST_TEST(!has_atomic("atomic", atomicity::each_ref_for_itself));
  BOOST_TEST(!has_atomic("report-status", atomicity::all_or_none));
}

BOOST_AUTO_TEST_CASE(the_older_report_is_asked_for_where_there_is_no_newer) {
  const ref_command commands[]{create("refs/heads/a")};
  const auto request = make_push_commands(commands, listed("report-status object-format=sha1"), {});
  BOOST_TEST(
      request.ends_with("\0 report-status object-format=sha1"
                        "0000"s));
}

BOOST_AUTO_TEST_CASE(the_empty_pack_is_the_one_git_writes) {
  BOOST_TEST(to_hex(empty_pack(object_format::sha1)) ==
             "5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e");
  BOOST_TEST(empty_pack(object_format::sha256).size() == 12U + 32U);
}

BOOST_AUTO_TEST_CASE(a_recorded_report_is_read_at_every_split) {
  at_every_split(read_fixture("git/push_report.bin"), [](const pieces& input) {
    const auto report = read(input).value();
    BOOST_TEST(report.unpacked);
    BOOST_REQUIRE(report.verdicts.size() == 3U);
    BOOST_TEST(report.verdicts[0].accepted);
    BOOST_TEST(report.verdicts[1].name.text() == "refs/heads/no");
    BOOST_TEST(!report.verdicts[1].accepted);
    BOOST_TEST(report.verdicts[1].reason == "hook declined");
    BOOST_TEST(report.remote_lines.size() == 4U);
    BOOST_TEST(report.remote_lines[2] == "error: hook declined to update refs/heads/no");
  });
}

BOOST_AUTO_TEST_CASE(a_recorded_report_without_sideband_is_read_at_every_split) {
  at_every_split(read_fixture("git/push_report_plain.bin"), [](const pieces& input) {
    const auto report = read(input).value();
    BOOST_TEST(report.unpacked);
    BOOST_REQUIRE(report.verdicts.size() == 2U);
    BOOST_TEST(report.verdicts[0].reason == "failed to update ref");
    BOOST_TEST(report.verdicts[1].accepted);
  });
}

BOOST_AUTO_TEST_CASE(a_recorded_refusal_of_the_pack_is_read) {
  const auto report = read(read_fixture("git/push_report_early_eof.bin")).value();
  BOOST_TEST(!report.unpacked);
  BOOST_TEST(report.unpack_error == "unpack-objects abnormal exit");
  BOOST_TEST(report.verdicts.front().reason == "unpacker error");
  BOOST_TEST(report.remote_lines.front() == "fatal: early EOF");
}

BOOST_AUTO_TEST_CASE(case_40_a_report_in_packets_of_one_byte_with_keep_alives_is_read) {
  std::string body;
  for (const char c : packet("unpack ok\n") + packet("ok refs/heads/a\n") + packet("option refname refs/heads/z\n") +
                          packet("ng refs/heads/b\n") + "0000") {
    body += packet("\x01"s) + packet("\x01"s + c);
  }
  body += "0000";
  at_every_split(body, [](const pieces& input) {
    const auto report = read(input).value();
    BOOST_REQUIRE(report.verdicts.size() == 2U);
    BOOST_TEST(report.verdicts[0].accepted);
    BOOST_TEST(!report.verdicts[1].accepted);
    BOOST_TEST(report.verdicts[1].reason.empty());
  });
}

BOOST_AUTO_TEST_CASE(only_the_last_hundred_remote_lines_are_kept) {
  std::string body;
  for (int i = 0; i < 150; ++i) body += packet("\x02line " + std::to_string(i) + "\n");
  body += packet("\x01" + packet("unpack ok\n") + "0000") + "0000";
  const auto report = read(body).value();
  BOOST_TEST(report.remote_lines.size() == 100U);
  BOOST_TEST(report.remote_lines.front() == "line 50");
}

BOOST_AUTO_TEST_CASE(a_report_cut_anywhere_before_its_own_flush_is_missing) {
  const auto whole = read_fixture("git/push_report.bin");
  for (std::size_t size = 0; size + 4 < whole.size(); ++size) {  // the outer flush adds nothing
    BOOST_TEST_CONTEXT(size)
    BOOST_TEST(fails_with(read(std::string_view(whole).substr(0, size)), errc::bad_push_report));
  }
}

BOOST_AUTO_TEST_CASE(a_missing_report_is_explained_by_the_last_remote_line) {
  BOOST_TEST(read(packet("\x02"
                         "fatal: disk full\n") +
                  "0000")
                 .error()
                 .detail() == "server said: fatal: disk full");
}

BOOST_AUTO_TEST_CASE(what_breaks_the_report_is_refused) {
  for (const auto& inner :
       {packet("ok refs/heads/a\n"), packet("nonsense\n"), packet("unpack ok\n") + packet("unpack ok\n"),
        packet("unpack ok\n") + packet("ok HEAD\n"), packet("unpack ok\n") + "0001",
        packet("unpack ok\n") + "0000" + packet("ok refs/heads/a\n"), "0000"s}) {
    BOOST_TEST_CONTEXT(inner) {
      BOOST_TEST(fails_with(read(inner + "0000"), errc::bad_push_report));
      BOOST_TEST(fails_with(read(packet("\x01" + inner + "0000") + "0000"), errc::bad_push_report));
    }
  }
}

BOOST_AUTO_TEST_CASE(fatal_words_on_band_three_are_whole_at_every_split) {
  at_every_split(packet("\x03quota exceeded\n"), [](const pieces& input) {
    const auto report = read(input);
    BOOST_TEST(fails_with(report, errc::remote_error));
    BOOST_TEST(report.error().detail() == "server said: quota exceeded");
  });
}

BOOST_AUTO_TEST_CASE(an_err_line_is_the_servers_word) {
  BOOST_TEST(fails_with(read(packet("ERR access denied\n")), errc::remote_error));
}

BOOST_AUTO_TEST_CASE(an_endless_answer_is_refused) {
  const std::string noise = packet("\x02" + std::string(65'000, 'x'));
  push_report_reader reader(3);
  outcome<void> fed;
  for (int i = 0; i < 2000 && fed.has_value(); ++i) fed = reader.feed(testing::bytes_of(noise));
  BOOST_TEST(fails_with(fed, errc::limit_exceeded));
}

BOOST_AUTO_TEST_CASE(more_verdicts_than_can_be_right_are_refused) {
  std::string inner = packet("unpack ok\n") + packet("ok refs/heads/a\n") + packet("ng refs/heads/b no\n") +
                      packet("ok refs/heads/c\n");
  BOOST_TEST(read(inner + "0000").value().verdicts.size() == 3U);
  inner += packet("ok refs/heads/d\n");
  BOOST_TEST(fails_with(read(inner + "0000"), errc::limit_exceeded));
}

BOOST_AUTO_TEST_CASE(a_report_shows_no_secret_of_a_url) {
  const auto report = read(packet("\2" + echo + "\n") + packet("unpack " + echo + "\n") +
                           packet("ng refs/heads/a " + echo + "\n") + "0000")
                          .value();
  BOOST_TEST(report.unpack_error == clean_echo);
  BOOST_TEST(report.verdicts.front().reason == clean_echo);
  BOOST_TEST(report.remote_lines.front() == clean_echo);
}

BOOST_AUTO_TEST_CASE(a_report_that_breaks_shows_no_secret_of_a_url) {
  struct row {
    std::string body, words;
  };
  const std::string unpack_ok = packet("unpack ok\n");
  for (const auto& [body, words] :
       {row{packet("ERR " + echo), clean_echo}, row{packet("\3" + echo), clean_echo},
        row{packet("\2" + echo + "\n"), clean_echo}, row{packet(echo), clean_echo},
        row{unpack_ok + packet(echo), clean_echo},
        row{unpack_ok + packet("ok https://me:canary@h/x?token=canary"), "https://...@h/x?..."},
        row{unpack_ok + packet("ng https://me:canary@h/x?token=canary no"), "https://...@h/x?..."}}) {
    const std::string detail = read(body + "0000").error().detail();
    BOOST_TEST(detail.find(words) != std::string::npos, detail);
    BOOST_TEST(detail.find("canary") == std::string::npos, detail);
  }
}

BOOST_AUTO_TEST_SUITE_END()
