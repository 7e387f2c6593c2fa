#include "transports/lfs/blob_download.hpp"

#include <array>
#include <boost/test/unit_test.hpp>

#include "tests/support/lfs_peer.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;

namespace blob_download_test {

const std::string content = "0123456789";
const lfs_object ten = object_of('a', 10);

std::string partial(std::string_view body, const std::string& range) {
  return http_reply("206 Partial Content", body, "Content-Range: " + range + "\r\n");
}

std::string chunked(std::string_view status, std::string_view chunks, const std::string& headers = "") {
  return "HTTP/1.1 " + std::string(status) + "\r\nTransfer-Encoding: chunked\r\n" + headers + "\r\n" +
         std::string(chunks);
}

/// Reads to the end in pieces of three bytes; `got` keeps what came before a failure.
task<> read_into(lfs::blob_download& from, const lfs::batch_entry& entry, byte_count start, std::string& got,
                 std::optional<byte_count> until = {}) {
  const std::unique_ptr<byte_source> source = co_await from.open(entry, start, connection_use::any, until);
  std::array<std::byte, 3> buffer{};
  const std::span<std::byte> room(buffer);
  for (std::size_t count = 1; count != 0;) {
    count = co_await source->read_some(room);
    got.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
  const std::size_t again = co_await source->read_some(room);
  BOOST_TEST(again == 0U);
}

struct setting : client_setting {
  std::vector<heard_request> log;  // outlives the peer, whose thread writes it
  loopback_peer peer;
  std::vector<http::header_field> action_header;
  std::string got;

  lfs::blob_download make() { return lfs::blob_download(client, peer.url("/o/n"), canary_for(peer)); }
  lfs::batch_entry entry_at(const http::url& href) {
    return {ten, lfs::action{href, action_header, {}, {}}, {}, {}, {}};
  }
  lfs::batch_entry entry() { return entry_at(peer.url("/blob?Signature=hidden")); }

  std::string read(const lfs::batch_entry& of, std::uint64_t from = 0) {
    lfs::blob_download download = make();
    got.clear();
    run(read_into(download, of, byte_count(from), got));
    return got;
  }
  failure read_in_vain(const std::string& reply, std::uint64_t from = 0) {
    answer(peer, log, {reply});
    lfs::blob_download download = make();
    const lfs::batch_entry wanted = entry();
    got.clear();
    return failure_of(read_into(download, wanted, byte_count(from), got));
  }
  std::vector<lfs::batch_entry> locate(const std::string& reply, std::vector<lfs_object> wanted) {
    answer(peer, log, {http_reply("200 OK", reply)});
    lfs::blob_download download = make();
    return run(download.locate(std::move(wanted)));
  }
};

}  // namespace blob_download_test

BOOST_FIXTURE_TEST_SUITE(blob_download_test, setting)

BOOST_AUTO_TEST_CASE(every_object_is_located_or_has_an_error) {
  const lfs_object left_out = object_of('b', 1), no_action = object_of('c', 1), gone = object_of('d', 1);
  const auto entries =
      locate(batch_json(entry_json(gone, R"(,"error":{"code":410,"message":"gone"})") + "," + entry_json(no_action) +
                        "," + entry_json(ten, R"(,"actions":{"download":{"href":"https://cdn/x"}})")),
             {ten, left_out, no_action, gone});

  BOOST_REQUIRE(entries.size() == 4U);
  BOOST_TEST(entries[0].download.value().href.shown() == "https://cdn/x");
  BOOST_TEST(!entries[0].error.has_value());
  BOOST_CHECK(entries[1].object == left_out);
  BOOST_TEST(entries[1].error.value().code == lfs::no_answer);
  BOOST_TEST(entries[2].error.value().code == lfs::no_answer);
  BOOST_TEST(entries[3].error.value().code == 410);
}

BOOST_AUTO_TEST_CASE(a_batch_call_that_fails_is_the_source_s) {
  answer(peer, log, {http_reply("500 Oops", "")});
  lfs::blob_download download = make();
  BOOST_CHECK(failure_of(download.locate({ten})).blamed() == side::source);
}

BOOST_AUTO_TEST_CASE(a_target_that_is_asked_what_it_has_is_blamed_as_the_target) {
  answer(peer, log, {http_reply("401 Unauthorized", "")});
  lfs::blob_download download(client, peer.url("/o/n"), std::nullopt, {}, side::target);
  BOOST_CHECK(failure_of(download.locate({ten})).blamed() == side::target);
}

BOOST_AUTO_TEST_CASE(a_range_is_always_asked_for) {
  answer(peer, log, {partial(content, "bytes 0-9/10")});
  BOOST_TEST(read(entry()) == content);

  peer.join();
  BOOST_TEST(log.at(0).line == "GET /blob?Signature=hidden HTTP/1.1");
  BOOST_TEST(log[0].header("Range") == "bytes=0-");
  BOOST_TEST(log[0].header("Accept-Encoding") == "identity");
}

BOOST_AUTO_TEST_CASE(every_offset_is_read_to_the_end) {
  for (std::size_t from = 0; from < content.size(); ++from) {
    const std::string rest = content.substr(from);
    answer(peer, log, {partial(rest, "bytes " + std::to_string(from) + "-9/10")});
    BOOST_TEST_CONTEXT(from) BOOST_TEST(read(entry(), from) == rest);
  }
  peer.join();
  BOOST_TEST(log.at(7).header("Range") == "bytes=7-");
}

BOOST_AUTO_TEST_CASE(a_range_with_an_end_is_asked_for_and_read_to_it) {
  for (const std::uint64_t until : {5U, 9U, 10U, 11U}) {
    const std::size_t last = std::min<std::size_t>(until, 10) - 1;
    answer(peer, log, {partial(content.substr(3, last - 2), "bytes 3-" + std::to_string(last) + "/10")});
    lfs::blob_download download = make();
    got.clear();
    run(read_into(download, entry(), 3_B, got, byte_count(until)));
    BOOST_TEST_CONTEXT(until) BOOST_TEST(got == content.substr(3, last - 2));
  }
  peer.join();
  BOOST_TEST(log.at(0).header("Range") == "bytes=3-4");
  BOOST_TEST(log.at(1).header("Range") == "bytes=3-8");
  BOOST_TEST(log.at(2).header("Range") == "bytes=3-");
  BOOST_TEST(log.at(3).header("Range") == "bytes=3-");
}

BOOST_AUTO_TEST_CASE(a_range_that_begins_where_it_ends_is_not_asked_for) {
  lfs::blob_download download = make();
  got.clear();
  run(read_into(download, entry(), 4_B, got, 4_B));
  BOOST_TEST(got.empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_to_a_range_with_an_end_is_a_bad_range) {
  for (const std::string& reply :
       {http_reply("200 OK", content), partial(content, "bytes 0-9/10"), partial("0123456", "bytes 0-6/10"),
        partial("123", "bytes 1-3/10"), partial("0123", "bytes 0-3/11")}) {
    answer(peer, log, {reply});
    lfs::blob_download download = make();
    const lfs::batch_entry wanted = entry();
    got.clear();
    BOOST_TEST_CONTEXT(reply) {
      BOOST_TEST(name_of(failure_of(read_into(download, wanted, 0_B, got, 4_B))) == "bad_range_reply");
      BOOST_TEST(got.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(replies_that_servers_really_give_are_read) {
  struct row {
    const char* what;
    std::uint64_t from;
    std::string reply;
  };
  for (const row& r :
       {row{"all at offset zero", 0, http_reply("200 OK", content)},
        row{"a total nobody knows", 4, partial("456789", "bytes 4-9/*")},
        row{"Gitea's total", 4, partial("456789", "bytes 4-9/6")},
        row{"chunked", 4, chunked("206 OK", "4\r\n4567\r\n2\r\n89\r\n0\r\n\r\n", "Content-Range: bytes 4-9/10\r\n")},
        row{"ended by the close", 0, "HTTP/1.1 200 OK\r\n\r\n" + content}}) {
    answer(peer, log, {r.reply});
    BOOST_TEST_CONTEXT(r.what) BOOST_TEST(read(entry(), r.from) == content.substr(r.from));
  }
}

BOOST_AUTO_TEST_CASE(another_range_than_asked_is_refused_before_a_byte_is_read) {
  struct row {
    const char* what;
    std::string reply;
  };
  for (const row& r :
       {row{"200 at an offset", http_reply("200 OK", content)},
        row{"starts too early", partial(content, "bytes 0-9/10")},
        row{"starts too late", partial("56789", "bytes 5-9/10")},
        row{"another object's total", partial("456789", "bytes 4-9/11")},
        row{"no Content-Range", http_reply("206 Partial Content", "456789")},
        row{"a broken one", partial("456789", "bytes 9-4/10")}, row{"no content", "HTTP/1.1 204 No Content\r\n\r\n"}}) {
    const failure why = read_in_vain(r.reply, 4);
    BOOST_TEST_CONTEXT(r.what) {
      BOOST_TEST(name_of(why) == "bad_range_reply");
      BOOST_CHECK(why.blamed() == side::source);
      BOOST_TEST(got == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(another_size_than_named_is_noticed_before_a_byte_is_read) {
  struct row {
    const char* what;
    std::string reply;
  };
  for (const row& r :
       {row{"fewer", partial("4567", "bytes 4-9/10")}, row{"more", partial("4567890", "bytes 4-9/10")},
        row{"none at all", partial("", "bytes 4-9/10")},
        row{"no such byte", http_reply("416 Range Not Satisfiable", "", "Content-Range: bytes */4\r\n")}}) {
    const failure why = read_in_vain(r.reply, 4);
    BOOST_TEST_CONTEXT(r.what) {
      BOOST_TEST(name_of(why) == "size_mismatch");
      BOOST_CHECK(why.blamed() == side::source);
      BOOST_TEST(got == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_chunked_body_that_ends_early_is_a_size_mismatch) {
  const failure why = read_in_vain(chunked("200 OK", "4\r\n0123\r\n0\r\n\r\n"));
  BOOST_TEST(name_of(why) == "size_mismatch");
  BOOST_TEST(got == "0123");
}

BOOST_AUTO_TEST_CASE(a_chunked_206_without_a_byte_is_a_size_mismatch) {
  const failure why = read_in_vain(chunked("206 OK", "0\r\n\r\n", "Content-Range: bytes 0-9/10\r\n"));
  BOOST_TEST(name_of(why) == "size_mismatch");
}

BOOST_AUTO_TEST_CASE(one_byte_too_many_is_noticed_before_the_last_one_is_given) {
  const failure why = read_in_vain(chunked("200 OK", "a\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n"));
  BOOST_TEST(name_of(why) == "size_mismatch");
  BOOST_TEST(got == "012345678");
}

BOOST_AUTO_TEST_CASE(a_body_cut_anywhere_is_a_lost_connection) {
  for (std::size_t length = 0; length < content.size(); ++length) {
    const std::string whole = partial(content, "bytes 0-9/10");
    const failure why = read_in_vain(whole.substr(0, whole.size() - content.size() + length));
    BOOST_TEST_CONTEXT(length) {
      BOOST_TEST(name_of(why) == "connection_lost");
      BOOST_CHECK(why.blamed() == side::source);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_only_the_close_ends_was_cut_when_it_is_short) {
  BOOST_TEST(name_of(read_in_vain("HTTP/1.1 200 OK\r\n\r\n0123")) == "connection_lost");
}

BOOST_AUTO_TEST_CASE(statuses_have_their_meaning) {
  struct row {
    const char* status;
    const char* code;
  };
  for (const row& r :
       {row{"403 Forbidden", "forbidden"}, row{"404 Not Found", "not_found"}, row{"410 Gone", "not_found"},
        row{"401 Unauthorized", "unauthorized"}, row{"503 Busy", "server_failed"}, row{"429 Slow", "rate_limited"}}) {
    const failure why = read_in_vain(http_reply(r.status, "", "Retry-After: 7\r\n"));
    BOOST_TEST_CONTEXT(r.status) {
      BOOST_TEST(name_of(why) == r.code);
      BOOST_CHECK(why.blamed() == side::source);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_failure_shows_the_signature) {
  for (const std::string& reply :
       {http_reply("403 Forbidden", R"({"message":"bad /blob?Signature=hidden"})"), http_reply("200 OK", content),
        partial("", "bytes 4-9/10"), std::string("HTTP/1.1 206 OK\r\n")}) {
    const failure why = read_in_vain(reply, 4);
    std::string shown = why.what() + std::string(why.hint());
    for (const std::string& frame : why.where()) shown += frame;
    BOOST_TEST_CONTEXT(reply) BOOST_TEST(shown.find("hidden") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(only_an_error_of_the_batch_reply_makes_an_object_missing) {
  lfs::blob_download download = make();
  const lfs::batch_entry left_out{ten, {}, {}, {}, {}};
  const lfs::batch_entry refused{ten, {}, {}, {}, lfs::object_error{422, "no"}};

  const lfs::batch_entry unsaid{ten, {}, {}, {}, lfs::object_error{lfs::no_answer, "left out"}};
  const lfs::batch_entry gone{ten, {}, {}, {}, lfs::object_error{410, "gone"}};

  BOOST_TEST(name_of(failure_of(download.open(left_out, 0_B))) == "bad_batch_reply");
  BOOST_TEST(name_of(failure_of(download.open(unsaid, 0_B))) == "bad_batch_reply");
  BOOST_TEST(name_of(failure_of(download.open(gone, 0_B))) == "object_missing");
  BOOST_TEST(name_of(failure_of(download.open(refused, 0_B))) == "unexpected_status");
  BOOST_TEST(peer.connections() == 0U);
}

BOOST_AUTO_TEST_CASE(behind_the_last_byte_nothing_is_asked_for) {
  BOOST_TEST(read(entry(), 10) == "");
  BOOST_TEST(peer.connections() == 0U);
}

BOOST_AUTO_TEST_CASE(the_action_s_headers_go_along_as_they_are) {
  action_header = {
      {"X-Odd~Name", secret("a\tb  c")}, {"Authorization", secret("RemoteAuth xyz")}, {"Range", secret("bytes=3-")}};
  answer(peer, log, {partial(content, "bytes 0-9/10")});
  read(entry());

  peer.join();
  BOOST_TEST(log.at(0).header("X-Odd~Name") == "a\tb  c");
  BOOST_TEST(log[0].header("Authorization") == "RemoteAuth xyz");
  BOOST_TEST(log[0].header("Range") == "bytes=0-");
}

BOOST_AUTO_TEST_CASE(our_credential_goes_to_its_own_origin_when_the_action_brings_none) {
  answer(peer, log, {partial(content, "bytes 0-9/10")});
  read(entry());

  peer.join();
  BOOST_TEST(log.at(0).header("Authorization") == canary_authorization);
}

BOOST_AUTO_TEST_CASE(our_credential_never_goes_to_another_origin) {
  loopback_peer cdn;
  answer(cdn, log, {partial(content, "bytes 0-9/10")});
  read(entry_at(cdn.url("/blob")));

  cdn.join();
  BOOST_TEST(log.at(0).header("Authorization") == "(none)");
}

BOOST_AUTO_TEST_CASE(a_redirect_is_followed_with_the_range_and_without_any_secret) {
  loopback_peer cdn;
  std::vector<heard_request> heard_there;
  answer(cdn, heard_there, {partial("456789", "bytes 4-9/10")});
  answer(peer, log, {http_reply("302 Found", "", "Location: " + cdn.url("/there").shown() + "\r\n")});
  action_header = {{"Authorization", secret("RemoteAuth xyz")}, {"X-Token", secret("xyz")}};

  BOOST_TEST(read(entry(), 4) == "456789");

  cdn.join();
  BOOST_TEST(heard_there.at(0).line == "GET /there HTTP/1.1");
  BOOST_TEST(heard_there[0].header("Range") == "bytes=4-");
  BOOST_TEST(heard_there[0].header("Authorization") == "(none)");
  BOOST_TEST(heard_there[0].header("X-Token") == "(none)");
}

BOOST_AUTO_TEST_CASE(the_next_object_uses_the_same_connection) {
  answer_in_one_connection(peer, log,
                           {partial(content, "bytes 0-9/10"), chunked("200 OK", "a\r\n0123456789\r\n0\r\n\r\n"),
                            partial("9", "bytes 9-9/10")});
  read(entry());
  read(entry());
  read(entry(), 9);

  peer.join();
  BOOST_TEST(log.size() == 3U);
  BOOST_TEST(peer.connections() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
