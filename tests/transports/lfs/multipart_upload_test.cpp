#include "transports/lfs/multipart_upload.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/lfs_peer.hpp"
#include "transports/lfs/blob_upload.hpp"

using namespace hfpipe;
using namespace hfpipe::testing;
using namespace std::chrono_literals;

namespace multipart_upload_test {

const std::string whole = "0123456789";
const std::string closing = "Connection: close\r\n";  // one connection for each request, as answer() scripts them

/// Lends `whole` in pieces of `step` bytes, `given` of them, and then fails or ends.
class stepped_body : public chunk_source {
 public:
  explicit stepped_body(std::size_t step, std::size_t given = whole.size(), bool fails = false)
      : step_(step), left_(given), fails_(fails) {}
  task<std::span<const std::byte>> next() override {
    const std::size_t size = std::min(step_, left_);
    if (size == 0 && fails_) throw failed(failure(errc::digest_mismatch).blame(side::source));
    lent_ = text_.substr(at_, size);  // the piece before is gone
    at_ += size;
    left_ -= size;
    co_return std::as_bytes(std::span(lent_));
  }

 private:
  std::string text_ = whole + whole;
  std::string lent_;
  std::size_t at_ = 0;
  std::size_t step_;
  std::size_t left_;
  bool fails_;
};

std::string stored(const std::string& etag) {
  return http_reply("200 OK", "", closing + "ETag: " + etag + "\r\n");
}

struct setting : client_setting {
  loopback_peer peer;   // the host
  loopback_peer store;  // where its part URLs lead
  std::vector<heard_request> calls;
  std::vector<heard_request> puts;
  http::credential own = canary_for(peer);
  unsigned times_sent = 0;
  const lfs_object object = object_of('a', whole.size());
  const std::string done = http_reply("200 OK", "{}", closing);

  /// Three parts of 4, 4 and 2 bytes at the store, with the form's calls at the host.
  lfs::multipart_plan plan_of(lfs::multipart_form form) {
    lfs::multipart_plan plan;
    plan.form = form;
    for (const std::uint64_t size : {4U, 4U, 2U}) {
      const std::string path = "/part" + std::to_string(plan.parts.size() + 1);
      plan.parts.push_back({lfs::action{store.url(path), {}, {}, {}}, "PUT", byte_count(size)});
    }
    plan.commit = lfs::plan_call{{peer.url("/commit"), {}, {}, {}}, "POST", "<list/>"};
    if (form == lfs::multipart_form::hub) return plan;
    plan.init = lfs::plan_call{{peer.url("/init"), {{"X-Init", secret("1")}}, {}, {}}, "POST", "<init/>"};
    plan.abort = lfs::plan_call{{peer.url("/abort"), {}, {}, {}}, "DELETE", ""};
    return plan;
  }
  lfs::multipart_plan hub() { return plan_of(lfs::multipart_form::hub); }
  lfs::multipart_plan giftless() { return plan_of(lfs::multipart_form::giftless); }

  task<> put_task(const lfs::multipart_plan& plan, chunk_source& body) {
    const std::function<void()> sent = [this] { ++times_sent; };
    const lfs::parts_terms terms{&own, 5s};
    co_await lfs::store_in_parts(client, terms, object, plan, body, sent);
  }
  void put(const lfs::multipart_plan& plan, chunk_source&& body) {
    run(put_task(plan, body));
    join();
  }
  failure put_in_vain(const lfs::multipart_plan& plan, chunk_source&& body) {
    const failure why = failure_of(put_task(plan, body));
    join();
    return why;
  }
  void join() {
    peer.join();
    store.join();
  }
  void forget() {
    calls.clear();
    puts.clear();
    times_sent = 0;
  }
  std::vector<std::string> lines_of(const std::vector<heard_request>& log) const {
    std::vector<std::string> lines;
    for (const heard_request& each : log) lines.push_back(each.line.substr(0, each.line.rfind(' ')));
    return lines;
  }
};

using lines = std::vector<std::string>;

}  // namespace multipart_upload_test

BOOST_FIXTURE_TEST_SUITE(multipart_upload_test, setting)

BOOST_AUTO_TEST_CASE(the_hub_gets_the_parts_in_order_and_then_their_list) {
  answer(store, puts, {stored("\"e1\""), stored("\"e2\""), stored("\"e3\"")});
  answer(peer, calls, {done});
  put(hub(), stepped_body(3));

  BOOST_TEST((lines_of(puts) == lines{"PUT /part1", "PUT /part2", "PUT /part3"}));
  BOOST_TEST(puts[0].body == "0123");
  BOOST_TEST(puts[1].body == "4567");
  BOOST_TEST(puts[2].body == "89");
  BOOST_TEST(puts[2].header("Content-Length") == "2");
  BOOST_TEST((lines_of(calls) == lines{"POST /commit"}));
  BOOST_TEST(calls[0].header("Content-Type") == "application/vnd.git-lfs+json");
  BOOST_TEST(calls[0].body == lfs::make_completion(object, std::vector<std::string>{"\"e1\"", "\"e2\"", "\"e3\""}));
  BOOST_TEST(times_sent == 1U);
}

BOOST_AUTO_TEST_CASE(our_credential_goes_to_the_host_and_never_with_a_signed_part) {
  lfs::multipart_plan plan = hub();
  plan.parts[0].where.href = peer.url("/part1");
  answer(peer, calls, {stored("\"e1\""), done});
  answer(store, puts, {stored("\"e2\""), stored("\"e3\"")});
  put(plan, stepped_body(10));

  BOOST_TEST((lines_of(calls) == lines{"PUT /part1", "POST /commit"}));
  BOOST_TEST(calls.at(0).header("Authorization") == "(none)");
  BOOST_TEST(calls.at(1).header("Authorization") == canary_authorization);
  for (const heard_request& each : puts) BOOST_TEST(each.header("Authorization") == "(none)");
}

BOOST_AUTO_TEST_CASE(parts_are_cut_right_whatever_the_pieces) {
  for (std::size_t step = 1; step <= 10; ++step) {
    forget();
    answer(store, puts, {stored("1"), stored("2"), stored("3")});
    answer(peer, calls, {done});
    put(hub(), stepped_body(step));
    BOOST_TEST_CONTEXT(step) {
      BOOST_TEST_REQUIRE(puts.size() == 3U);
      BOOST_TEST(puts[0].body + "|" + puts[1].body + "|" + puts[2].body == "0123|4567|89");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_whole_is_never_committed) {
  for (std::size_t given = 0; given < whole.size(); ++given) {
    for (const bool fails : {false, true}) {
      forget();
      answer(store, puts, std::vector<std::string>(given / 4 + 1, stored("x")));
      answer(peer, calls, {done, done});
      const failure why = put_in_vain(giftless(), stepped_body(1, given, fails));
      BOOST_TEST_CONTEXT(given << (fails ? " then fails" : " then ends")) {
        BOOST_TEST(name_of(why) == (fails ? "digest_mismatch" : "size_mismatch"));
        BOOST_CHECK(why.blamed() == side::source);
        BOOST_TEST(puts.size() == given / 4 + 1);
        BOOST_TEST(!puts.back().complete);
        BOOST_TEST((lines_of(calls) == lines{"POST /init", "DELETE /abort"}));
        BOOST_TEST(times_sent == 0U);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_body_longer_than_the_object_is_not_committed) {
  answer(store, puts, {stored("1"), stored("2"), stored("3")});
  const failure why = put_in_vain(hub(), stepped_body(3, 11));
  BOOST_TEST(name_of(why) == "size_mismatch");
  BOOST_TEST(calls.empty());
}

BOOST_AUTO_TEST_CASE(giftless_is_called_as_it_says) {
  answer(store, puts, {http_reply("201 Created", "", closing), http_reply("200 OK", "", closing), done});
  answer(peer, calls, {done, done});
  put(giftless(), stepped_body(10));

  BOOST_TEST((lines_of(calls) == lines{"POST /init", "POST /commit"}));
  BOOST_TEST(calls[0].body == "<init/>");
  BOOST_TEST(calls[0].header("X-Init") == "1");
  BOOST_TEST(calls[1].body == "<list/>");
  BOOST_TEST(calls[1].header("Content-Type") == "(none)");
  BOOST_TEST(puts.size() == 3U);
}

BOOST_AUTO_TEST_CASE(what_fails_at_any_request_is_aborted_and_not_committed) {
  const std::string broken = http_reply("500 Oops", "", closing);
  for (std::size_t at = 0; at <= 4; ++at) {  // init, three parts, commit
    forget();
    std::vector<std::string> of_store(3, stored("x"));
    std::vector<std::string> of_peer{done, done, done};
    if (at == 0) of_peer[0] = broken;
    if (at >= 1 && at <= 3) of_store[at - 1] = broken;
    if (at == 4) of_peer[1] = broken;
    of_store.resize(std::min<std::size_t>(at, 3));
    of_peer.resize(at == 4 ? 3 : 2);
    answer(store, puts, of_store);
    answer(peer, calls, of_peer);
    const failure why = put_in_vain(giftless(), stepped_body(10));
    BOOST_TEST_CONTEXT(at) {
      BOOST_TEST(name_of(why) == "server_failed");
      BOOST_CHECK(why.blamed() == side::target);
      BOOST_TEST(calls.size() == of_peer.size());
      BOOST_TEST(calls.back().line == "DELETE /abort HTTP/1.1");
    }
  }
}

BOOST_AUTO_TEST_CASE(an_abort_that_fails_hides_nothing) {
  answer(peer, calls, {done, http_reply("403 No", "", closing)});
  answer(store, puts, {http_reply("413 Large", "", closing)});
  BOOST_TEST(name_of(put_in_vain(giftless(), stepped_body(10))) == "payload_too_large");
}

BOOST_AUTO_TEST_CASE(a_refusal_behind_the_first_part_says_that_the_upload_is_lost) {
  for (const auto& [status, first, later] : {std::tuple("403 Expired", "forbidden", "upload_lost"),
                                             {"401 No", "unauthorized", "upload_lost"},
                                             {"404 NoSuchUpload", "not_found", "upload_lost"},
                                             {"503 Slow", "server_failed", "server_failed"}}) {
    BOOST_TEST_CONTEXT(status) {
      answer(store, puts, {http_reply(status, "", closing)});
      BOOST_TEST(name_of(put_in_vain(hub(), stepped_body(10))) == first);
      answer(store, puts, {stored("1"), http_reply(status, "", closing)});
      BOOST_TEST(name_of(put_in_vain(hub(), stepped_body(10))) == later);
    }
  }
  BOOST_TEST(calls.empty());
}

BOOST_AUTO_TEST_CASE(a_commit_s_statuses_have_their_meaning) {
  for (const auto& [status, code] : {std::pair("400 InvalidPart", "upload_lost"),
                                     {"404 NoSuchUpload", "upload_lost"},
                                     {"409 Conflict", "upload_lost"},
                                     {"422 No", "object_refused"},
                                     {"403 No", "forbidden"},
                                     {"500 Oops", "server_failed"}}) {
    answer(store, puts, {stored("1"), stored("2"), stored("3")});
    answer(peer, calls, {http_reply(status, "", closing)});
    BOOST_TEST_CONTEXT(status) BOOST_TEST(name_of(put_in_vain(hub(), stepped_body(10))) == code);
  }
}

BOOST_AUTO_TEST_CASE(the_hub_s_parts_need_an_etag_that_fits) {
  for (const std::string& etag : {std::string(), std::string(lfs::etag_limit + 1, 'e')}) {
    answer(store, puts, {stored(etag)});
    BOOST_TEST(name_of(put_in_vain(hub(), stepped_body(10))) == "bad_http_reply");
  }
  answer(store, puts, {stored(std::string(lfs::etag_limit, 'e')), http_reply("500 Oops", "", closing)});
  BOOST_TEST(name_of(put_in_vain(hub(), stepped_body(10))) == "server_failed");
}

// ---- how blob_upload comes to it -----------------------------------------------------------------------------------

struct choosing : setting {
  lfs::upload_options options{.parts_from = 10_B};
  lfs::blob_upload upload{client, peer.url("/o/n"), own, options};

  lfs::batch_entry entry_of(std::uint64_t size) {
    return {object_of('a', size), {}, lfs::action{store.url("/whole"), {}, {}, {}}, {}, {}};
  }
  std::string reply_with(const std::string& transfer, const std::string& actions) {
    return http_reply("200 OK",
                      R"({"transfer":")" + transfer + R"(","objects":[)" +
                          entry_json(object, R"(,"actions":{)" + actions + "}") + "]}",
                      closing);
  }
  std::string link(const std::string& path) {
    return R"({"href":"http://127.0.0.1:)" + std::to_string(store.port()) + path + "\"}";
  }

  task<> put_task(const lfs::batch_entry& entry, chunk_source& body) {
    const std::function<void()> sent = [this] { ++times_sent; };
    co_await upload.put(entry, body, sent);
  }
  failure put_fails(std::uint64_t size = whole.size()) {
    stepped_body body(3, size);
    const lfs::batch_entry entry = entry_of(size);
    const failure why = failure_of(put_task(entry, body));
    join();
    return why;
  }
  void put(std::uint64_t size = whole.size()) {
    stepped_body body(3, size);
    const lfs::batch_entry entry = entry_of(size);
    run(put_task(entry, body));
    join();
  }
};

BOOST_FIXTURE_TEST_CASE(a_large_object_goes_in_the_parts_that_the_host_wants_and_is_verified, choosing) {
  const std::string url = "http://127.0.0.1:" + std::to_string(store.port());
  answer(peer, calls,
         {reply_with("multipart", R"("upload":{"href":"/commit","header":{"chunk_size":"5","1":")" + url +
                                      R"(/1","2":")" + url + R"(/2"}},"verify":{"href":"/verify"})"),
          done, done});
  answer(store, puts, {stored("1"), stored("2")});
  put();

  BOOST_TEST((lines_of(calls) == lines{"POST /o/n.git/info/lfs/objects/batch", "POST /commit", "POST /verify"}));
  BOOST_TEST(calls[0].body.find(R"(["multipart","multipart-basic","basic"])") != std::string::npos);
  BOOST_TEST((lines_of(puts) == lines{"PUT /1", "PUT /2"}));
  BOOST_TEST(times_sent == 1U);
}

BOOST_FIXTURE_TEST_CASE(memory_for_links_is_needed_as_long_as_the_host_may_want_parts, choosing) {
  BOOST_TEST(upload.working_memory(entry_of(9)).value() == 0U);
  BOOST_TEST(upload.working_memory(entry_of(10)).value() == 4U * ((64U << 10) + (2U << 10)));
  answer(peer, calls, {reply_with("basic", R"("upload":)" + link("/fresh"))});
  answer(store, puts, {done});
  put();
  BOOST_TEST(upload.working_memory(entry_of(10)).value() == 0U);
  BOOST_TEST(upload.working_memory(entry_of(11)).value() != 0U);
}

BOOST_FIXTURE_TEST_CASE(links_above_their_memory_are_not_read, choosing) {
  options.parts_memory = 2_KiB;  // of which a reply is a quarter
  lfs::blob_upload thrifty(client, peer.url("/o/n"), own, options);
  const std::string filler(600, 'x');
  answer(peer, calls, {reply_with("basic", R"("upload":)" + link("/" + filler))});
  stepped_body body(3);
  const lfs::batch_entry entry = entry_of(whole.size());
  BOOST_TEST(thrifty.working_memory(entry).value() == 2048U);
  const std::function<void()> nobody;
  const failure why = failure_of(thrifty.put(entry, body, nobody));
  join();
  BOOST_TEST(name_of(why) == "budget_exceeded");
  BOOST_TEST((why.blamed() == side::target));
  BOOST_TEST(puts.empty());
}

BOOST_FIXTURE_TEST_CASE(a_small_object_goes_whole_and_nobody_is_asked, choosing) {
  answer(store, puts, {done});
  put(9);
  BOOST_TEST(calls.empty());
  BOOST_TEST((lines_of(puts) == lines{"PUT /whole"}));
}

BOOST_FIXTURE_TEST_CASE(a_host_that_wants_no_parts_is_asked_once_for_each_larger_size, choosing) {
  answer(peer, calls, {reply_with("basic", R"("upload":)" + link("/fresh"))});
  answer(store, puts, {done});
  put();
  answer(store, puts, {done});
  put();
  BOOST_TEST(calls.size() == 1U);
  BOOST_TEST((lines_of(puts) == lines{"PUT /fresh", "PUT /whole"}));
}

BOOST_FIXTURE_TEST_CASE(parts_that_a_stream_cannot_fill_are_left_for_the_whole, choosing) {
  answer(peer, calls, {reply_with("multipart-basic", R"("parts":[{"href":"/1","want_digest":"contentMD5"}])")});
  answer(store, puts, {done});
  put();
  BOOST_TEST((lines_of(puts) == lines{"PUT /whole"}));
}

BOOST_FIXTURE_TEST_CASE(a_host_that_stumbles_over_the_offer_gets_the_whole, choosing) {
  answer(peer, calls, {http_reply("422 Unknown transfer", "", closing)});
  answer(store, puts, {done});
  put();
  BOOST_TEST((lines_of(puts) == lines{"PUT /whole"}));
}

BOOST_FIXTURE_TEST_CASE(an_offer_that_fails_otherwise_fails_the_upload, choosing) {
  for (const auto& [reply, code] :
       {std::pair(http_reply("403 No", "", closing), "forbidden"),
        {http_reply("503 Busy", "", closing), "server_failed"},
        {reply_with("multipart", R"("upload":{"href":"/c","header":{"chunk_size":"1"}})"), "bad_batch_reply"}}) {
    answer(peer, calls, {reply});
    const failure why = put_fails();
    BOOST_TEST(name_of(why) == code);
    BOOST_CHECK(why.blamed() == side::target);
  }
  BOOST_TEST(puts.empty());
}

BOOST_FIXTURE_TEST_CASE(what_the_host_says_of_the_object_now_counts, choosing) {
  answer(peer, calls,
         {http_reply("200 OK", batch_json(entry_json(object, R"(,"error":{"code":422,"message":"too large"})")),
                     closing)});
  BOOST_TEST(put_fails().detail() == "server said: too large");
}

BOOST_FIXTURE_TEST_CASE(a_host_that_is_busy_with_the_object_now_has_not_refused_it, choosing) {
  answer(peer, calls,
         {http_reply("200 OK", batch_json(entry_json(object, R"(,"error":{"code":503,"message":"busy"})")), closing)});
  const failure why = put_fails();
  BOOST_TEST(name_of(why) == "server_failed");
  BOOST_CHECK(why.cause() == cause::transient);
  BOOST_CHECK(why.http_status() == 503);
}

BOOST_FIXTURE_TEST_CASE(an_object_that_appeared_meanwhile_is_not_sent, choosing) {
  answer(peer, calls, {reply_with("basic", "")});
  put();
  BOOST_TEST(puts.empty());
  BOOST_TEST(times_sent == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
