#include "transports/git/receive_pack.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/every_split.hpp"
#include "tests/support/smart_git_peer.hpp"
#include "tests/support/spawned_task.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;
using git::ref_command;

namespace receive_pack_test {

constexpr std::string_view advertised = "receive-pack-advertisement";
constexpr std::string_view answered = "receive-pack-result";

ref_command create(std::string_view name) {
  const auto id = git_oid::from_hex(std::string(40, '1')).value();
  return {ref_name::parse(name).value(), git_oid::zero(object_format::sha1), id};
}

/// Lends its pieces in order, then ends, fails or waits for ever.
class piece_source final : public chunk_source {
 public:
  explicit piece_source(std::vector<std::string> pieces, std::optional<failure> broken = {})
      : pieces_(std::move(pieces)), broken_(std::move(broken)) {}
  bool stalls = false;
  bool waits = false;  ///< the last piece was taken and the next is waited for

  task<std::span<const std::byte>> next() override {
    if (given_ < pieces_.size()) co_return bytes_of(pieces_[given_++]);
    if (broken_) throw failed(*broken_);
    waits = stalls;
    if (stalls) co_await sleep_for(20s);
    co_return std::span<const std::byte>();
  }

 private:
  std::vector<std::string> pieces_;
  std::size_t given_ = 0;
  std::optional<failure> broken_;
};

struct setting : git_setting {
  git::receive_pack_options push_options;
  std::vector<seen_request> seen;

  git::receive_pack target() { return {client(), peer.url("/a/b.git"), {}, push_options}; }

  /// One connection that answers request after request.
  void answer(std::vector<std::string> replies) {
    peer.script([this, replies = std::move(replies)](peer_link& link) {
      for (const auto& reply : replies) {
        seen.push_back(read_request(link));
        link.send(reply);
      }
    });
  }
  void answer_with_report() { answer({git_reply(answered, read_fixture("git/push_report.bin"))}); }

  git::push_report push(chunk_source* pack, std::optional<byte_count> length) {
    auto to = target();
    return run_task(loop, to.push({create("refs/heads/a")}, pack, length));
  }
  failure push_failure(chunk_source* pack, std::optional<byte_count> length) {
    auto to = target();
    return failure_of(to.push({create("refs/heads/a")}, pack, length));
  }
};

/// What a request begins with when nothing was advertised.
std::string commands() {
  const ref_command one[]{create("refs/heads/a")};
  return make_push_commands(one, {}, git::atomicity::each_ref_for_itself);
}

}  // namespace receive_pack_test

BOOST_FIXTURE_TEST_SUITE(receive_pack_test, setting)

BOOST_AUTO_TEST_CASE(refs_come_from_receive_pack_and_the_default_branch_from_upload_pack) {
  answer({git_reply(advertised, read_fixture("git/receive_pack_empty.bin")),
          git_reply("upload-pack-advertisement", read_fixture("git/upload_pack_v2.bin")),
          git_reply("upload-pack-result", read_fixture("git/ls_refs_unborn.bin"))});
  auto to = target();

  const auto result = run_task(loop, to.list(listed_refs::with_default_branch));

  peer.join();
  BOOST_TEST(result.takes_ofs_delta);
  BOOST_TEST(result.can_delete);
  BOOST_TEST(result.can_atomic);
  BOOST_TEST(result.listing.default_branch.value().text() == "refs/heads/main");
  BOOST_REQUIRE(seen.size() == 3U);
  BOOST_TEST(seen[0].line() == "GET /a/b.git/info/refs?service=git-receive-pack HTTP/1.1");
  BOOST_TEST(header_of(seen[0].head, "Git-Protocol").empty());
  BOOST_TEST(seen[1].line() == "GET /a/b.git/info/refs?service=git-upload-pack HTTP/1.1");
  BOOST_TEST(seen[2].body.find("ref-prefix refs/") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_refs_alone_take_one_question) {
  answer({git_reply(advertised, read_fixture("git/receive_pack_empty.bin"))});
  auto to = target();

  BOOST_TEST(!run_task(loop, to.list(listed_refs::alone)).listing.default_branch);

  peer.join();
  BOOST_TEST(seen.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_host_that_hides_its_default_branch_is_listed_without) {
  answer({git_reply(advertised, read_fixture("git/receive_pack_empty.bin")), plain_reply("403 Forbidden")});
  auto to = target();

  BOOST_TEST(!run_task(loop, to.list(listed_refs::with_default_branch)).listing.default_branch);
}

BOOST_AUTO_TEST_CASE(a_refused_listing_is_the_targets_fault) {
  answer({plain_reply("401 Unauthorized")});
  auto to = target();

  const auto why = failure_of(to.list(listed_refs::with_default_branch));

  BOOST_CHECK(why.code() == errc::unauthorized);
  BOOST_CHECK(why.blamed() == side::target);
}

BOOST_AUTO_TEST_CASE(a_probe_is_an_empty_push) {
  answer({git_reply(answered, "")});
  auto to = target();

  run_task(loop, to.probe());

  peer.join();
  BOOST_TEST(seen[0].line() == "POST /a/b.git/git-receive-pack HTTP/1.1");
  BOOST_TEST(seen[0].body == "0000");
  BOOST_TEST(header_of(seen[0].head, "Content-Length") == "4");
}

BOOST_AUTO_TEST_CASE(a_refused_probe_fails) {
  answer({plain_reply("403 Forbidden")});
  auto to = target();

  BOOST_CHECK(failure_of(to.probe()).code() == errc::forbidden);
}

BOOST_AUTO_TEST_CASE(a_pack_of_unknown_length_goes_chunked) {
  answer_with_report();
  piece_source pack({"PACK", "body", "tail"});

  const auto report = push(&pack, std::nullopt);

  peer.join();
  BOOST_TEST(header_of(seen[0].head, "Transfer-Encoding") == "chunked");
  BOOST_TEST(header_of(seen[0].head, "Content-Type") == "application/x-git-receive-pack-request");
  BOOST_TEST((seen[0].body == commands() + "PACKbodytail"));
  BOOST_TEST(report.unpacked);
  BOOST_TEST(report.verdicts.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_pack_of_known_length_goes_under_it) {
  answer_with_report();
  piece_source pack({"PACK", "body"});

  push(&pack, 8_B);

  peer.join();
  BOOST_TEST(header_of(seen[0].head, "Content-Length") == std::to_string(commands().size() + 8));
  BOOST_TEST((seen[0].body == commands() + "PACKbody"));
}

BOOST_AUTO_TEST_CASE(without_a_pack_only_commands_go) {
  answer_with_report();

  push(nullptr, std::nullopt);

  peer.join();
  BOOST_TEST((seen[0].body == commands()));
}

BOOST_AUTO_TEST_CASE(commands_carry_what_the_listing_learned) {
  answer({git_reply(advertised, read_fixture("git/receive_pack_empty.bin")), plain_reply("403 Forbidden")});
  answer_with_report();
  auto to = target();
  const auto list_and_push = [&]() -> task<> {
    co_await to.list(listed_refs::with_default_branch);
    std::vector<ref_command> one{create("refs/heads/a")};
    co_await to.push(std::move(one), nullptr, std::nullopt);
  };

  run_task(loop, list_and_push());

  peer.join();
  BOOST_TEST(seen.back().body.find(" report-status-v2 side-band-64k object-format=sha1 agent=") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refusal_in_the_middle_of_the_pack_ends_the_writing) {
  peer.script([](peer_link& link) {
    link.read_head();
    link.send(plain_reply("413 Payload Too Large", "Connection: close\r\n"));
    link.stall();
  });
  piece_source pack(std::vector<std::string>(2000, std::string(65536, 'x')));

  const auto why = push_failure(&pack, std::nullopt);

  BOOST_CHECK(why.code() == errc::payload_too_large);
  BOOST_CHECK(why.blamed() == side::target);
}

BOOST_AUTO_TEST_CASE(a_success_before_the_pack_was_read_does_not_end_the_writing) {
  const auto reply = git_reply(answered, read_fixture("git/push_report.bin"));
  const auto head_end = reply.find("\r\n\r\n") + 4;
  std::string body;
  peer.script([&](peer_link& link) {
    link.read_head();
    link.send(reply.substr(0, head_end));
    body = link.read_chunked();
    link.send(reply.substr(head_end));
  });
  piece_source pack(std::vector<std::string>(20, std::string(65536, 'x')));

  BOOST_TEST(push(&pack, std::nullopt).unpacked);

  peer.join();
  BOOST_TEST(body.size() == commands().size() + 20 * 65536);
}

BOOST_AUTO_TEST_CASE(a_chunked_pack_that_fails_ends_its_body_properly_and_keeps_its_blame) {
  answer({git_reply(answered, read_fixture("git/push_report_early_eof.bin"))});
  piece_source pack({"PACK", "body"}, failure(errc::pack_corrupt).blame(side::source));

  const auto why = push_failure(&pack, std::nullopt);

  peer.join();
  BOOST_CHECK(why.code() == errc::pack_corrupt);
  BOOST_CHECK(why.blamed() == side::source);
  BOOST_REQUIRE(seen.size() == 1U);  // read through its last chunk
  BOOST_TEST((seen[0].body == commands() + "PACKbody"));
}

BOOST_AUTO_TEST_CASE(a_pack_that_fails_at_once_costs_the_target_nothing) {
  piece_source pack({}, failure(errc::connection_lost).blame(side::source));

  BOOST_CHECK(push_failure(&pack, std::nullopt).code() == errc::connection_lost);

  BOOST_TEST(peer.connections() == 0U);
}

BOOST_AUTO_TEST_CASE(a_sized_pack_that_fails_is_never_completed) {
  std::size_t received = 0;
  peer.script([&](peer_link& link) {
    link.read_head();
    received = link.read_to_end();
  });
  piece_source pack({"PACK"}, failure(errc::cancelled));

  BOOST_CHECK(push_failure(&pack, 8_B).code() == errc::cancelled);

  peer.join();
  BOOST_TEST(received < commands().size() + 8);
}

BOOST_AUTO_TEST_CASE(a_cancelled_push_ends_its_chunked_body_properly) {
  answer({git_reply(answered, read_fixture("git/push_report_early_eof.bin"))});
  piece_source pack({"PACK", "body"});
  pack.stalls = true;
  auto to = target();
  const auto run = [&]() -> task<> {
    std::vector<ref_command> one{create("refs/heads/a")};
    co_await to.push(std::move(one), &pack, std::nullopt);
  };

  const auto why = run_cancelled(loop, run(), [&] { return pack.waits; });

  peer.join();
  BOOST_REQUIRE(why.has_value());
  BOOST_CHECK(why->code() == errc::cancelled);
  BOOST_REQUIRE(seen.size() == 1U);
  BOOST_TEST((seen[0].body == commands() + "PACKbody"));
}

BOOST_AUTO_TEST_CASE(a_pack_of_another_length_than_named_is_never_completed) {
  for (const auto length : {3_B, 5_B}) {
    peer.script([](peer_link& link) { link.read_to_end(); });
    piece_source pack({"PACK"});
    BOOST_CHECK(push_failure(&pack, length).code() == errc::internal);
    made.reset();
  }
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_report_leaves_the_outcome_open) {
  for (const auto& reply :
       {git_reply(answered, ""), git_reply(answered, "0000"), git_reply("upload-pack-result", "0000"),
        std::string("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi")}) {
    answer({reply});
    BOOST_CHECK(push_failure(nullptr, std::nullopt).code() == errc::bad_push_report);
    made.reset();
  }
}

BOOST_AUTO_TEST_CASE(a_connection_cut_anywhere_in_the_answer_is_never_a_report) {
  const auto whole = git_reply(answered, read_fixture("git/push_report.bin"));
  for (std::size_t size = 0; size < whole.size(); size += 29) {
    BOOST_TEST_CONTEXT("cut at " << size) {
      answer({whole.substr(0, size)});
      BOOST_CHECK(push_failure(nullptr, std::nullopt).code() == errc::connection_lost);
      made.reset();
    }
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_works_silently_behind_its_head_is_waited_for) {
  options.timeouts.idle = 100ms;
  const auto reply = git_reply(answered, read_fixture("git/push_report.bin"));
  const auto head_end = reply.find("\r\n\r\n") + 4;
  peer.script([&](peer_link& link) {
    read_request(link);
    link.send(reply.substr(0, head_end));
    std::this_thread::sleep_for(300ms);
    link.send(reply.substr(head_end));
  });

  BOOST_TEST(push(nullptr, std::nullopt).unpacked);
}

BOOST_AUTO_TEST_SUITE_END()
