#include "transports/git/upload_pack.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "protocol/git/fetch_dialogue.hpp"
#include "tests/support/every_split.hpp"
#include "tests/support/smart_git_peer.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace upload_pack_test {

constexpr std::string_view advertised = "upload-pack-advertisement";
constexpr std::string_view answered = "upload-pack-result";

git_oid id(char digit) {
  return git_oid::from_hex(std::string(40, digit)).value();
}

fetch_request one_want() {
  return {{id('1')}, {}, true, {}};
}

/// The pack in the recorded v2 answer.
std::string recorded_pack() {
  const auto answer = read_fixture("git/fetch_v2.bin");
  git::advertisement v2;
  v2.version = git::protocol_version::v2;
  git::fetch_dialogue dialogue(v2);
  std::string pack;
  for (auto rest = bytes_of(answer); !rest.empty();) {
    const auto fed = dialogue.feed(rest).value();
    pack.append(reinterpret_cast<const char*>(fed.pack.data()), fed.pack.size());
    rest = rest.subspan(fed.consumed);
  }
  return pack;
}

task<std::string> read_all(byte_source& from, std::size_t room_size) {
  std::string all;
  std::vector<std::byte> buffer(room_size);
  const std::span<std::byte> room(buffer);
  for (std::size_t got = 1; got != 0;) {
    got = co_await from.read_some(room);
    all.append(reinterpret_cast<const char*>(buffer.data()), got);
  }
  co_return all;
}

/// Lists, then fetches the pack.
task<std::string> list_and_fetch(git::upload_pack& source, fetch_request request, std::size_t room = 65536) {
  co_await source.list();
  const auto pack = co_await source.fetch(std::move(request));
  co_return co_await read_all(*pack, room);
}

struct setting : git_setting {
  git::upload_pack_options upload_options;
  std::vector<seen_request> seen;

  git::upload_pack source(std::string_view path = "/a/b") { return {client(), peer.url(path), {}, upload_options}; }

  /// One connection that answers request after request.
  void answer(std::vector<std::string> replies) {
    peer.script([this, replies = std::move(replies)](peer_link& link) {
      for (const auto& reply : replies) {
        seen.push_back(read_request(link));
        link.send(reply);
      }
    });
  }
  /// The same, beginning with the recorded v2 listing.
  void answer_after_listing(std::string reply) {
    answer({git_reply(advertised, read_fixture("git/upload_pack_v2.bin")),
            git_reply(answered, read_fixture("git/ls_refs.bin")), std::move(reply)});
  }
  failure listing_failure() {
    auto from = source();
    return failure_of(from.list());
  }
  failure fetch_failure(fetch_request request = one_want()) {
    auto from = source();
    return failure_of(list_and_fetch(from, std::move(request)));
  }
};

}  // namespace upload_pack_test

BOOST_FIXTURE_TEST_SUITE(upload_pack_test, setting)

BOOST_AUTO_TEST_CASE(v2_is_asked_for_and_its_refs_are_listed) {
  answer({git_reply(advertised, read_fixture("git/upload_pack_v2.bin")),
          git_reply(answered, read_fixture("git/ls_refs.bin"))});
  auto from = source("/a/b/");

  const auto result = run_task(loop, from.list());

  peer.join();
  BOOST_TEST(result.can_filter);
  BOOST_TEST(result.listing.refs.size() == 3U);
  BOOST_TEST(result.listing.default_branch.value().text() == "refs/heads/main");
  BOOST_REQUIRE(seen.size() == 2U);
  BOOST_TEST(seen[0].line() == "GET /a/b/info/refs?service=git-upload-pack HTTP/1.1");
  BOOST_TEST(seen[1].line() == "POST /a/b/git-upload-pack HTTP/1.1");
  BOOST_TEST(header_of(seen[1].head, "Content-Type") == "application/x-git-upload-pack-request");
  for (const auto& request : seen) BOOST_TEST(header_of(request.head, "Git-Protocol") == "version=2");
}

BOOST_AUTO_TEST_CASE(a_v0_answer_to_a_v2_question_is_enough) {
  answer({git_reply(advertised, read_fixture("git/upload_pack_v0.bin"))});
  auto from = source();

  const auto result = run_task(loop, from.list());

  BOOST_TEST(result.listing.refs.size() == 3U);
  BOOST_TEST(result.listing.default_branch.value().text() == "refs/heads/main");
  BOOST_TEST(result.can_filter);
}

BOOST_AUTO_TEST_CASE(a_redirect_of_the_listing_moves_all_that_follows) {
  answer({plain_reply("301 Moved", "Location: /new/name.git/info/refs?service=git-upload-pack\r\n"),
          git_reply(advertised, read_fixture("git/upload_pack_v2.bin")),
          git_reply(answered, read_fixture("git/ls_refs.bin"))});
  auto from = source();

  run_task(loop, from.list());

  peer.join();
  BOOST_TEST(seen.back().line() == "POST /new/name.git/git-upload-pack HTTP/1.1");
}

BOOST_AUTO_TEST_CASE(a_redirect_that_leads_to_no_repository_is_refused) {
  answer({plain_reply("302 Found", "Location: /sign_in\r\n"),
          git_reply(advertised, read_fixture("git/upload_pack_v2.bin"))});

  BOOST_CHECK(listing_failure().code() == errc::redirect_refused);
}

BOOST_AUTO_TEST_CASE(a_web_page_is_no_git_host) {
  answer({"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 2\r\n\r\nhi"});

  const auto why = listing_failure();

  BOOST_CHECK(why.code() == errc::not_a_git_host);
  BOOST_TEST(why.detail() == "a web page");
}

BOOST_AUTO_TEST_CASE(a_missing_repository_is_the_sources_fault) {
  answer({plain_reply("404 Not Found")});

  const auto why = listing_failure();

  BOOST_CHECK(why.code() == errc::not_found);
  BOOST_CHECK(why.blamed() == side::source);
}

BOOST_AUTO_TEST_CASE(an_advertisement_that_cannot_be_read_says_where_it_came_from) {
  answer({git_reply(advertised, "001e# service=git-upload-pack\n0000")});

  const auto why = listing_failure();

  BOOST_CHECK(why.code() == errc::connection_lost);
  BOOST_REQUIRE(!why.where().empty());
  BOOST_TEST(why.where().front() == peer.url("/a/b/info/refs").shown());
}

BOOST_AUTO_TEST_CASE(a_pack_is_the_same_in_rooms_of_any_size) {
  for (const std::size_t room : {1U, 7U, 65536U}) {
    BOOST_TEST_CONTEXT(room) {
      answer_after_listing(git_reply(answered, read_fixture("git/fetch_v2.bin")));
      auto from = source();
      BOOST_TEST((run_task(loop, list_and_fetch(from, one_want(), room)) == recorded_pack()));
      made.reset();
    }
  }
}

BOOST_AUTO_TEST_CASE(a_pack_that_arrives_in_small_segments_is_the_same) {
  peer.script([](peer_link& link) {
    read_request(link);
    link.send(git_reply(advertised, read_fixture("git/upload_pack_v2.bin")));
    read_request(link);
    link.send(git_reply(answered, read_fixture("git/ls_refs.bin")));
    read_request(link);
    link.send(git_reply(answered, read_fixture("git/fetch_v2.bin")), 13);
  });
  auto from = source();

  BOOST_TEST((run_task(loop, list_and_fetch(from, one_want())) == recorded_pack()));
}

BOOST_AUTO_TEST_CASE(a_v0_pack_is_fetched_without_the_v2_header) {
  answer({git_reply(advertised, read_fixture("git/upload_pack_v0.bin")),
          git_reply(answered, read_fixture("git/fetch_v0.bin"))});
  auto from = source();

  BOOST_TEST(run_task(loop, list_and_fetch(from, one_want())).starts_with("PACK"));

  peer.join();
  BOOST_TEST(header_of(seen.back().head, "Git-Protocol").empty());
  BOOST_TEST(seen.back().body.starts_with("0"));
  BOOST_TEST(seen.back().body.find("want " + id('1').hex() + " side-band-64k") == 4U);
}

BOOST_AUTO_TEST_CASE(many_haves_are_compressed) {
  answer_after_listing(git_reply(answered, read_fixture("git/fetch_v2.bin")));
  auto from = source();
  fetch_request request = one_want();
  request.haves.assign(1000, id('2'));

  run_task(loop, list_and_fetch(from, std::move(request)));

  peer.join();
  BOOST_TEST(header_of(seen.back().head, "Content-Encoding") == "gzip");
  BOOST_TEST(seen.back().body.starts_with("\x1f\x8b"));
  BOOST_TEST(seen.back().body.size() < 2000U);
}

BOOST_AUTO_TEST_CASE(a_small_request_is_sent_as_it_is) {
  answer_after_listing(git_reply(answered, read_fixture("git/fetch_v2.bin")));
  auto from = source();

  run_task(loop, list_and_fetch(from, one_want()));

  peer.join();
  BOOST_TEST(header_of(seen.back().head, "Content-Encoding").empty());
  BOOST_TEST(seen.back().body.starts_with("0012command=fetch\n"));
}

BOOST_AUTO_TEST_CASE(a_want_that_is_gone_fails_the_fetch_itself) {
  answer_after_listing(git_reply(answered, read_fixture("git/fetch_v2_not_our_ref.bin")));

  const auto why = fetch_failure();

  BOOST_CHECK(why.code() == errc::ref_vanished);
  BOOST_CHECK(why.blamed() == side::source);
}

BOOST_AUTO_TEST_CASE(success_with_nothing_in_it_is_an_empty_reply) {
  answer_after_listing(git_reply(answered, ""));
  BOOST_CHECK(fetch_failure().code() == errc::empty_reply);
}

BOOST_AUTO_TEST_CASE(an_answer_of_another_type_is_no_pack) {
  answer_after_listing("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi");
  BOOST_CHECK(fetch_failure().code() == errc::bad_fetch_reply);
}

BOOST_AUTO_TEST_CASE(a_shallow_source_is_not_fetched_from) {
  const std::string first = id('1').hex() + " refs/heads/main" + '\0' + "side-band-64k\n";
  std::string body;
  git::append_pkt_line(body, first);
  git::append_text_line(body, "shallow " + id('1').hex());
  git::append_flush(body);
  answer({git_reply(advertised, body)});

  BOOST_CHECK(fetch_failure().code() == errc::shallow_source);
}

BOOST_AUTO_TEST_CASE(a_proper_body_that_cuts_the_pack_is_truncated_wherever_it_ends) {
  const auto whole = read_fixture("git/fetch_v2.bin");
  for (std::size_t size = 1; size < whole.size(); size += 23) {
    BOOST_TEST_CONTEXT("cut at " << size) {
      answer_after_listing(git_reply(answered, std::string_view(whole).substr(0, size)));
      const auto why = fetch_failure();
      BOOST_CHECK(why.code() == errc::pack_truncated);
      BOOST_CHECK(why.blamed() == side::source);
      made.reset();
    }
  }
}

BOOST_AUTO_TEST_CASE(a_connection_cut_anywhere_is_never_a_pack) {
  const auto whole = git_reply(answered, read_fixture("git/fetch_v2.bin"));
  for (std::size_t size = 0; size < whole.size(); size += 31) {
    BOOST_TEST_CONTEXT("cut at " << size) {
      answer_after_listing(whole.substr(0, size));
      BOOST_CHECK(fetch_failure().code() == errc::connection_lost);
      made.reset();
    }
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_counts_silently_behind_its_head_is_waited_for) {
  options.timeouts.idle = 100ms;
  const auto reply = git_reply(answered, read_fixture("git/fetch_v2.bin"));
  const auto head_end = reply.find("\r\n\r\n") + 4;
  peer.script([&](peer_link& link) {
    read_request(link);
    link.send(git_reply(advertised, read_fixture("git/upload_pack_v2.bin")));
    read_request(link);
    link.send(git_reply(answered, read_fixture("git/ls_refs.bin")));
    read_request(link);
    link.send(reply.substr(0, head_end));
    std::this_thread::sleep_for(300ms);
    link.send(reply.substr(head_end));
  });
  auto from = source();

  BOOST_TEST((run_task(loop, list_and_fetch(from, one_want())) == recorded_pack()));
}

BOOST_AUTO_TEST_CASE(silence_before_the_first_byte_has_an_end) {
  upload_options.first_byte = 100ms;
  peer.script([](peer_link& link) {
    read_request(link);
    link.send(git_reply(advertised, read_fixture("git/upload_pack_v2.bin")));
    read_request(link);
    link.send(git_reply(answered, read_fixture("git/ls_refs.bin")));
    read_request(link);
    link.stall();
  });

  BOOST_CHECK(fetch_failure().code() == errc::timed_out);
}

BOOST_AUTO_TEST_SUITE_END()
