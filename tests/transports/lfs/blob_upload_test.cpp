#include "transports/lfs/blob_upload.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/lfs_peer.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace blob_upload_test {

constexpr std::uint64_t plenty = 64U << 20;  // more than the sockets between us can swallow
const std::string created = http_reply("200 OK", "");

/// Lends `parts` one after the other, then ends or fails.
class scripted_body : public chunk_source {
 public:
  explicit scripted_body(std::vector<std::string> parts, std::optional<failure> then = {})
      : parts_(std::move(parts)), then_(std::move(then)) {}

  task<std::span<const std::byte>> next() override {
    if (given_ < parts_.size()) co_return std::as_bytes(std::span(parts_[given_++]));
    if (then_) throw failed(*then_);
    co_return std::span<const std::byte>();
  }

 private:
  std::vector<std::string> parts_;
  std::optional<failure> then_;
  std::size_t given_ = 0;
};

/// Lends `size` zeros, 64 KiB at a time.
class endless_body : public chunk_source {
 public:
  explicit endless_body(std::uint64_t size) : left_(size) {}
  task<std::span<const std::byte>> next() override {
    const std::size_t part = static_cast<std::size_t>(std::min<std::uint64_t>(left_, zeros_.size()));
    left_ -= part;
    co_return std::span<const std::byte>(zeros_).first(part);
  }

 private:
  std::vector<std::byte> zeros_ = std::vector<std::byte>(64U << 10);
  std::uint64_t left_;
};

struct setting : client_setting {
  std::vector<heard_request> log;  // outlives the peer, whose thread writes it
  loopback_peer peer;
  std::vector<http::header_field> action_header;
  lfs::upload_options options{.parts_from = byte_count(2 * plenty), .verify_pause = 1ms};
  unsigned times_sent = 0;

  lfs::blob_upload make() { return lfs::blob_upload(client, peer.url("/o/n"), canary_for(peer), options); }
  lfs::batch_entry entry_of(std::uint64_t size) {
    return {object_of('a', size), {}, lfs::action{peer.url("/up"), action_header, {}, {}}, {}, {}};
  }
  lfs::batch_entry verified_entry() {
    lfs::batch_entry entry = entry_of(4);
    entry.verify = lfs::action{peer.url("/verify"), action_header, {}, {}};
    return entry;
  }

  task<> put_task(lfs::blob_upload& upload, const lfs::batch_entry& entry, chunk_source& body) {
    const std::function<void()> sent = [this] { ++times_sent; };
    co_await upload.put(entry, body, sent);
  }
  void put(const lfs::batch_entry& entry, chunk_source&& body) {
    lfs::blob_upload upload = make();
    run(put_task(upload, entry, body));
  }
  failure put_in_vain(const lfs::batch_entry& entry, chunk_source&& body) {
    lfs::blob_upload upload = make();
    return failure_of(put_task(upload, entry, body));
  }
  /// Puts four bytes, as `reply` answers.
  failure put_refused_with(const std::string& reply) {
    answer(peer, log, {reply});
    return put_in_vain(entry_of(4), scripted_body({"abcd"}));
  }
};

}  // namespace blob_upload_test

BOOST_FIXTURE_TEST_SUITE(blob_upload_test, setting)

BOOST_AUTO_TEST_CASE(only_what_the_reply_names_without_an_action_is_present) {
  const lfs_object present = object_of('b', 1), refused = object_of('c', 1), wanted = object_of('a', 4);
  const lfs_object left_out = object_of('d', 1);
  answer(peer, log,
         {http_reply("200 OK", batch_json(entry_json(refused, R"(,"error":{"code":422,"message":"no"})") + "," +
                                          entry_json(present) + "," +
                                          entry_json(wanted, R"(,"actions":{"upload":{"href":"/up"}})")))});
  lfs::blob_upload upload = make();
  const auto entries = run(upload.missing({wanted, present, refused, left_out}));

  BOOST_REQUIRE(entries.size() == 4U);
  BOOST_TEST(entries[0].upload.has_value());
  BOOST_CHECK(entries[1].object == present);
  BOOST_TEST((!entries[1].upload && !entries[1].error));
  BOOST_TEST(entries[2].error.value().code == 422);
  BOOST_TEST(entries[3].error.value().code == lfs::no_answer);
}

BOOST_AUTO_TEST_CASE(a_batch_call_that_fails_is_the_target_s) {
  answer(peer, log, {http_reply("500 Oops", "")});
  lfs::blob_upload upload = make();
  BOOST_CHECK(failure_of(upload.missing({object_of('a', 4)})).blamed() == side::target);
}

BOOST_AUTO_TEST_CASE(a_blob_is_put_under_its_length) {
  answer(peer, log, {created});
  put(entry_of(4), scripted_body({"a", "bcd"}));

  peer.join();
  BOOST_TEST(log.at(0).line == "PUT /up HTTP/1.1");
  BOOST_TEST(log[0].header("Content-Length") == "4");
  BOOST_TEST(log[0].header("Content-Type") == "application/octet-stream");
  BOOST_TEST(log[0].header("Authorization") == canary_authorization);
  BOOST_TEST(log[0].body == "abcd");
  BOOST_TEST(times_sent == 1U);
}

BOOST_AUTO_TEST_CASE(a_blob_is_chunked_when_the_action_demands_it) {
  action_header = {{"transfer-encoding", secret("Chunked")}};
  answer(peer, log, {created});
  put(entry_of(4), scripted_body({"a", "bcd"}));

  peer.join();
  BOOST_TEST(log.at(0).header("Transfer-Encoding") == "chunked");
  BOOST_TEST(log[0].header("Content-Length") == "(none)");
  BOOST_TEST(log[0].body == "abcd");
  BOOST_TEST(times_sent == 1U);
}

BOOST_AUTO_TEST_CASE(the_action_s_headers_win) {
  action_header = {{"Content-Type", secret("text/x")},
                   {"Authorization", secret("RemoteAuth xyz")},
                   {"X-Amz-Acl", secret("private")}};
  answer(peer, log, {created});
  put(entry_of(4), scripted_body({"abcd"}));

  peer.join();
  BOOST_TEST(log.at(0).header("Content-Type") == "text/x");
  BOOST_TEST(log[0].header("Authorization") == "RemoteAuth xyz");
  BOOST_TEST(log[0].header("X-Amz-Acl") == "private");
}

BOOST_AUTO_TEST_CASE(our_credential_never_goes_to_another_origin) {
  loopback_peer store;
  lfs::batch_entry entry = entry_of(4);
  entry.upload->href = store.url("/up");
  answer(store, log, {created});
  put(entry, scripted_body({"abcd"}));

  store.join();
  BOOST_TEST(log.at(0).header("Authorization") == "(none)");
}

BOOST_AUTO_TEST_CASE(an_empty_blob_is_put_too) {
  answer(peer, log, {created});
  put(entry_of(0), scripted_body({}));

  peer.join();
  BOOST_TEST(log.at(0).header("Content-Length") == "0");
  BOOST_TEST(times_sent == 1U);
}

BOOST_AUTO_TEST_CASE(an_answer_during_the_upload_ends_it) {
  for (const bool chunked : {false, true}) {
    for (const auto& [status, code] : {std::pair("413 Too Large", "payload_too_large"), {"401 No", "unauthorized"}}) {
      action_header.clear();
      if (chunked) action_header.push_back({"Transfer-Encoding", secret("chunked")});
      peer.script([reply = http_reply(status, "")](peer_link& c) {
        c.read_head();
        c.send(reply);
        c.stall();
      });
      const failure why = put_in_vain(entry_of(plenty), endless_body(plenty));
      BOOST_TEST_CONTEXT(status << (chunked ? " chunked" : " sized")) {
        BOOST_TEST(name_of(why) == code);
        BOOST_CHECK(why.blamed() == side::target);
        BOOST_TEST(times_sent == 0U);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(trap_07_a_413_hints_at_the_proxy) {
  BOOST_TEST(put_refused_with(http_reply("413 Too Large", "")).hint().find("client_max_body_size") !=
             std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_whole_never_completes_the_request) {
  const failure broken = failure(errc::digest_mismatch).blame(side::source);
  for (const bool chunked : {false, true}) {
    for (std::size_t parts = 0; parts <= 3; ++parts) {
      for (const bool fails : {false, true}) {
        action_header.clear();
        if (chunked) action_header.push_back({"Transfer-Encoding", secret("chunked")});
        log.clear();
        answer(peer, log, {created});
        const auto then = fails ? std::optional(broken) : std::nullopt;
        const failure why = put_in_vain(entry_of(4), scripted_body(std::vector<std::string>(parts, "x"), then));
        peer.join();

        BOOST_TEST_CONTEXT((chunked ? "chunked, " : "sized, ") << parts << (fails ? " then fails" : " then ends")) {
          BOOST_TEST(name_of(why) == (fails ? "digest_mismatch" : "size_mismatch"));
          BOOST_CHECK(why.blamed() == side::source);
          BOOST_TEST(log.size() == 1U);
          BOOST_TEST(!log.at(0).complete);
          BOOST_TEST(times_sent == 0U);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_chunked_body_that_fails_after_its_last_byte_is_not_ended) {
  action_header = {{"Transfer-Encoding", secret("chunked")}};
  answer(peer, log, {created});
  put_in_vain(entry_of(4), scripted_body({"abcd"}, failure(errc::digest_mismatch)));

  peer.join();
  BOOST_TEST(!log.at(0).complete);
}

BOOST_AUTO_TEST_CASE(a_body_longer_than_the_blob_is_not_sent) {
  for (const bool chunked : {false, true}) {
    if (chunked) action_header.push_back({"Transfer-Encoding", secret("chunked")});
    log.clear();
    answer(peer, log, {created});
    const failure why = put_in_vain(entry_of(4), scripted_body({"abc", "de"}));
    peer.join();

    BOOST_TEST(name_of(why) == "size_mismatch");
    BOOST_TEST(!log.at(0).complete);
  }
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_body_keeps_its_blame) {
  answer(peer, log, {created});
  const failure why = put_in_vain(entry_of(4), scripted_body({}, failure(errc::connection_lost)));
  BOOST_CHECK(why.blamed() == side::unknown);
}

BOOST_AUTO_TEST_CASE(statuses_have_their_meaning) {
  struct row {
    const char* status;
    const char* code;
  };
  for (const row& r : {row{"422 No", "object_refused"}, row{"403 Forbidden", "forbidden"},
                       row{"500 Oops", "server_failed"}, row{"400 SHA256 or size mismatch", "unexpected_status"},
                       row{"307 Elsewhere", "redirect_refused"}, row{"507 Full", "forbidden"}}) {
    const failure why = put_refused_with(http_reply(r.status, R"({"message":"because"})", "Location: /other\r\n"));
    BOOST_TEST_CONTEXT(r.status) {
      BOOST_TEST(name_of(why) == r.code);
      BOOST_TEST(why.detail().find("because") != std::string::npos);
      BOOST_CHECK(why.blamed() == side::target);
    }
  }
}

BOOST_AUTO_TEST_CASE(modelscope_s_refusal_under_200_is_one) {
  const failure why = put_refused_with(http_reply("200 OK", R"({"Code":7,"Message":"not logged in","Success":false})"));
  BOOST_TEST(name_of(why) == "object_refused");
  BOOST_TEST(why.detail() == "server said: not logged in");
}

BOOST_AUTO_TEST_CASE(an_entry_without_an_upload_is_refused) {
  lfs::batch_entry entry{object_of('a', 4), {}, {}, {}, lfs::object_error{422, "too large"}};
  const failure why = put_in_vain(entry, scripted_body({"abcd"}));
  BOOST_TEST(name_of(why) == "object_refused");
  BOOST_TEST(why.detail() == "server said: too large");
}

BOOST_AUTO_TEST_CASE(a_target_that_does_not_answer_is_given_up) {
  options.finalise = 50ms;
  peer.script([&](peer_link& c) {
    hear(c, log);
    c.stall();
  });
  const failure why = put_in_vain(entry_of(4), scripted_body({"abcd"}));

  BOOST_TEST(name_of(why) == "timed_out");
  BOOST_CHECK(why.blamed() == side::target);
  BOOST_TEST(times_sent == 1U);
}

BOOST_AUTO_TEST_CASE(trap_06_the_answer_may_take_longer_than_silence_is_allowed_elsewhere) {
  net::client_options impatient;
  impatient.timeouts.idle = 50ms;
  net::http_client other(loop.get_executor(), impatient);
  peer.script([&](peer_link& c) {
    hear(c, log);
    std::this_thread::sleep_for(200ms);
    c.send(created);
  });
  lfs::blob_upload upload(other, peer.url("/o/n"), {});
  const lfs::batch_entry entry = entry_of(4);
  scripted_body body({"abcd"});
  run(put_task(upload, entry, body));
  BOOST_TEST(times_sent == 1U);
}

BOOST_AUTO_TEST_CASE(a_stored_blob_is_verified_in_the_same_connection) {
  action_header = {{"Accept", secret("application/vnd.git-lfs+json;q=0.9")}, {"X-Key", secret("k")}};
  answer_in_one_connection(peer, log, {http_reply("201 Created", "stored"), created});
  put(verified_entry(), scripted_body({"abcd"}));

  peer.join();
  BOOST_REQUIRE(log.size() == 2U);
  BOOST_TEST(peer.connections() == 1U);
  BOOST_TEST(log[1].line == "POST /verify HTTP/1.1");
  BOOST_TEST(log[1].header("Accept") == "application/vnd.git-lfs+json;q=0.9");
  BOOST_TEST(log[1].header("Content-Type") == "application/vnd.git-lfs+json");
  BOOST_TEST(log[1].header("X-Key") == "k");
  BOOST_TEST(log[1].body == lfs::make_verify_request(object_of('a', 4)));
}

BOOST_AUTO_TEST_CASE(a_refused_blob_is_not_verified) {
  answer(peer, log, {http_reply("422 No", "")});
  put_in_vain(verified_entry(), scripted_body({"abcd"}));

  peer.join();
  BOOST_TEST(log.size() == 1U);
}

BOOST_AUTO_TEST_CASE(verifying_is_tried_three_times) {
  const std::string busy = http_reply("503 Busy", "", "Connection: close\r\n");
  answer(peer, log, {http_reply("200 OK", "", "Connection: close\r\n"), busy});
  peer.script([&](peer_link& c) { hear(c, log); });  // a lost connection counts as well
  answer(peer, log, {created});
  put(verified_entry(), scripted_body({"abcd"}));

  peer.join();
  BOOST_TEST(log.size() == 4U);
}

BOOST_AUTO_TEST_CASE(verifying_is_not_tried_a_fourth_time) {
  const std::string busy = http_reply("503 Busy", "", "Connection: close\r\n");
  answer(peer, log, {http_reply("200 OK", "", "Connection: close\r\n"), busy, busy, busy});
  const failure why = put_in_vain(verified_entry(), scripted_body({"abcd"}));

  BOOST_TEST(name_of(why) == "server_failed");
  BOOST_CHECK(why.blamed() == side::target);
  BOOST_TEST(peer.connections() == 4U);
}

BOOST_AUTO_TEST_CASE(what_the_target_cannot_find_again_is_refused) {
  for (const auto& [status, code] : {std::pair("404 Not Found", "object_refused"),
                                     {"409 Conflict", "object_refused"},
                                     {"422 No", "object_refused"},
                                     {"403 Forbidden", "forbidden"}}) {
    answer(peer, log, {http_reply("200 OK", "", "Connection: close\r\n"), http_reply(status, "")});
    BOOST_TEST_CONTEXT(status) {
      BOOST_TEST(name_of(put_in_vain(verified_entry(), scripted_body({"abcd"}))) == code);
    }
  }
  BOOST_TEST(peer.connections() == 8U);
}

BOOST_AUTO_TEST_SUITE_END()
