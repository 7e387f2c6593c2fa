#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <thread>

#include "tests/support/forge_process.hpp"
#include "tests/support/raw_connection.hpp"

// The forge misbehaves exactly as asked, once, and then serves as before.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace forge_faults_test {

struct fixture {
  forge_process forge{{.tls = false, .token = ""}};
  git_repository there = forge.make_repository("acme/model");
  std::string content = noise(100'000, 3);
  lfs_object object = there.put_object(content);

  std::uint16_t port() const {
    return static_cast<std::uint16_t>(std::stoi(forge.url().substr(forge.url().rfind(':') + 1)));
  }
  raw_reply ask(const std::string& method, const std::string& path, const std::string& headers = {},
                const std::string& body = {}) const {
    raw_connection connection(port());
    connection.send(method + " /acme/model.git/" + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" +
                    headers + (method == "GET" ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
                    "\r\n" + body);
    return connection.read_to_end();
  }
  std::string object_path() const { return "info/lfs/objects/" + object.oid.hex(); }
  raw_reply get(const std::string& headers = {}) const { return ask("GET", object_path(), headers); }
  raw_reply batch(const std::string& operation) const {
    const json::array objects{{{"oid", object.oid.hex()}, {"size", object.size.value()}}};
    return ask("POST", "info/lfs/objects/batch", "Content-Type: application/vnd.git-lfs+json\r\n",
               json::serialize(json::object{{"operation", operation}, {"objects", objects}}));
  }
  void fault(std::string_view name, json::object more = {}) const {
    more["fault"] = name;
    forge.fault(more);
  }
  /// At most five seconds.
  void wait_for_log(std::string_view event) const {
    for (int i = 0; i < 500 && forge.log_of(event).empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    BOOST_TEST_REQUIRE(!forge.log_of(event).empty());
  }
  child_result clone() const {
    const temporary_folder here;
    return run_child({.arguments = {"git", "clone", "-q", "--mirror", forge.url_of("acme/model"), "m.git"},
                      .environment = forge.git_environment(),
                      .folder = here.path()});
  }
};

std::string length_line(std::size_t size) {
  return "Content-Length: " + std::to_string(size) + "\r\n";
}

}  // namespace forge_faults_test

BOOST_FIXTURE_TEST_SUITE(forge_faults_test, fixture)

BOOST_AUTO_TEST_CASE(an_object_is_served_whole_and_in_ranges) {
  BOOST_TEST((get().body == content));
  const raw_reply part = get("Range: bytes=10-19\r\n");

  BOOST_TEST(part.status == 206);
  BOOST_TEST(part.has("Content-Range: bytes 10-19/100000\r\n"));
  BOOST_TEST((part.body == content.substr(10, 10)));
  BOOST_TEST(get("Range: bytes=100000-\r\n").status == 416);
}

BOOST_AUTO_TEST_CASE(corrupt_byte_flips_one_byte_once) {
  fault("blob_corrupt_byte", {{"at", 5000}});

  BOOST_TEST((get("Range: bytes=0-4999\r\n").body == content.substr(0, 5000)));
  std::string harmed = get("Range: bytes=4990-5009\r\n").body;
  harmed[10] = static_cast<char>(~harmed[10]);
  BOOST_TEST((harmed == content.substr(4990, 20)));
  BOOST_TEST((get().body == content));
  BOOST_TEST(forge.hits("blob_corrupt_byte") == 1u);
}

BOOST_AUTO_TEST_CASE(short_and_long_bodies_are_framed_rightly) {
  fault("blob_short", {{"at", 10}});
  fault("blob_long", {{"skip", 1}, {"at", 300'000}});

  const raw_reply less = get();
  const raw_reply more = get();

  BOOST_TEST(less.has(length_line(99'990)));
  BOOST_TEST(less.body.size() == 99'990u);
  BOOST_TEST(more.has(length_line(400'000)));
  BOOST_TEST(more.body.size() == 400'000u);
}

BOOST_AUTO_TEST_CASE(a_cut_comes_after_the_promise) {
  fault("blob_cut", {{"at", 12'345}});

  const raw_reply reply = get();

  BOOST_TEST(reply.has(length_line(100'000)));
  BOOST_TEST(reply.body.size() == 12'345u);
  BOOST_TEST(!forge.log_of("download").back().at("complete").as_bool());
}

BOOST_AUTO_TEST_CASE(ranges_can_be_wrong_or_ignored) {
  fault("blob_wrong_range", {{"at", 7}});
  const raw_reply wrong = get("Range: bytes=100-199\r\n");
  fault("blob_ignore_range");
  const raw_reply ignored = get("Range: bytes=100-199\r\n");

  BOOST_TEST(wrong.status == 206);
  BOOST_TEST(wrong.has("Content-Range: bytes 107-199/100000\r\n"));
  BOOST_TEST(ignored.status == 200);
  BOOST_TEST((ignored.body == content));
}

BOOST_AUTO_TEST_CASE(a_status_fault_carries_its_headers) {
  fault("blob_status", {{"status", 429}, {"headers", {{"Retry-After", "2"}}}});

  const raw_reply reply = get();

  BOOST_TEST(reply.status == 429);
  BOOST_TEST(reply.has("Retry-After: 2\r\n"));
}

BOOST_AUTO_TEST_CASE(batch_faults_spoil_one_reply_each) {
  fault("batch_status", {{"status", 507}});
  BOOST_TEST(batch("download").status == 507);
  fault("batch_empty_200");
  BOOST_TEST(batch("download").body == "");
  fault("batch_garbage_json");
  boost::system::error_code not_json;
  json::parse(batch("download").body, not_json);
  BOOST_TEST(not_json.failed());
  fault("batch_omit_object", {{"match", {{"oid", object.oid.hex()}}}});
  BOOST_TEST(json::parse(batch("download").body).at("objects").as_array().empty());
  fault("batch_object_error", {{"status", 410}});
  BOOST_TEST(json::parse(batch("download").body).at_pointer("/objects/0/error/code").as_int64() == 410);

  BOOST_TEST(json::parse(batch("download").body).at("objects").as_array().size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_upload_is_stored_only_when_whole_and_true) {
  const std::string bytes = noise(50'000, 4);
  const lfs_object fresh = forge.make_repository("acme/other").put_object(bytes);
  const std::string path = "info/lfs/objects/" + fresh.oid.hex();

  BOOST_TEST(ask("PUT", path, "", bytes + "x").status == 422);
  fault("upload_status", {{"status", 507}});
  BOOST_TEST(ask("PUT", path, "", bytes).status == 507);
  fault("upload_cut", {{"at", 10'000}});
  BOOST_TEST(ask("PUT", path, "", bytes).status == 0);
  BOOST_TEST(!there.has_object(fresh.oid));
  BOOST_TEST(ask("PUT", path, "", bytes).status == 200);
  BOOST_TEST(there.has_object(fresh.oid));
  std::vector<bool> stored;
  for (const json::object& line : forge.log_of("upload")) stored.push_back(line.at("stored").as_bool());
  BOOST_TEST((stored == std::vector<bool>{false, false, false, true}));
}

BOOST_AUTO_TEST_CASE(verify_tells_size_and_presence) {
  const auto verify = [&](std::uint64_t size) {
    return ask("POST", "info/lfs/verify", "", json::serialize(json::object{{"oid", object.oid.hex()}, {"size", size}}))
        .status;
  };
  BOOST_TEST(verify(100'000) == 200);
  BOOST_TEST(verify(99'999) == 422);
  fault("verify_status");
  BOOST_TEST(verify(100'000) == 404);
}

BOOST_AUTO_TEST_CASE(each_git_fault_breaks_one_clone) {
  there.commit("main", {{"noise.bin", noise(200'000, 5)}});
  there.add_history("main", 50);
  const std::pair<const char*, json::object> table[] = {
      {"git_status", {{"status", 500}}},
      {"info_refs_html", {}},
      {"git_empty_200", {}},
      {"pack_corrupt_byte", {{"at", 150'000}}},
      {"pack_cut", {{"at", 150'000}}},
      {"pack_early_end", {{"at", 150'000}}},
      {"pack_corrupt_byte", {{"at", 0}}},
      {"pack_cut", {}},
  };
  for (const auto& [name, more] : table) {
    const std::uint64_t before = forge.hits(name);
    fault(name, more);
    const child_result broken = clone();
    const child_result whole = clone();
    BOOST_TEST_CONTEXT(name << ' ' << more) {
      BOOST_TEST(broken.exit_code != 0);
      BOOST_TEST(forge.hits(name) == before + 1);
      BOOST_TEST(whole.exit_code == 0, whole.err);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_refused_push_moves_nothing) {
  const git_oid tip = there.commit("main", {{"a.txt", "a\n"}});
  const git_repository other = forge.make_repository("acme/target");
  fault("push_status", {{"status", 403}});

  const auto push = [&] {
    return run_child({.arguments = {"git", "push", "-q", forge.url_of("acme/target"), "main"},
                      .environment = forge.git_environment(),
                      .folder = there.path()})
        .exit_code;
  };

  BOOST_TEST(push() != 0);
  BOOST_TEST(other.refs().empty());
  BOOST_TEST(push() == 0);
  BOOST_TEST(other.refs().at("refs/heads/main") == tip.hex());
}

BOOST_AUTO_TEST_CASE(a_client_that_vanishes_in_mid_push_takes_its_git_with_it) {
  {
    raw_connection connection(port());
    connection.send(
        "POST /acme/model/git-receive-pack HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        "Content-Type: application/x-git-receive-pack-request\r\n\r\n8\r\n0094");
  }
  wait_for_log("git");

  BOOST_TEST_REQUIRE(forge.log_of("git").size() == 1u);
  BOOST_TEST(forge.log_of("git")[0].at("broken").as_bool());
}

BOOST_AUTO_TEST_CASE(slow_takes_its_time) {
  fault("slow", {{"rate", 250'000}});
  const auto start = std::chrono::steady_clock::now();
  BOOST_TEST((get().body == content));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  BOOST_TEST(took.count() > 0.35);
}

BOOST_AUTO_TEST_CASE(a_stall_sends_what_comes_before_it_and_ends_with_the_client) {
  fault("stall", {{"at", 50'000}});
  {
    raw_connection connection(port());
    connection.send("GET /acme/model/" + object_path() + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::size_t got = connection.read_until_quiet(std::chrono::milliseconds(300));
    BOOST_TEST(got > 50'000u);
    BOOST_TEST(got < 51'000u);
    BOOST_TEST(forge.log_of("download").empty());
  }
  wait_for_log("download");
  BOOST_TEST(forge.log_of("download")[0].at("bytes").as_int64() == 50'000);
  BOOST_TEST(!forge.log_of("download")[0].at("complete").as_bool());
}

BOOST_AUTO_TEST_CASE(slow_waits_for_the_pack_and_for_the_push) {
  there.commit("main", {{"noise.bin", noise(100'000, 5)}});
  const auto seconds = [&](const child_result& done) { return std::chrono::duration<double>(done.wall).count(); };

  fault("slow", {{"rate", 250'000}});
  const child_result fetched = clone();
  forge.make_repository("acme/target");
  fault("slow", {{"rate", 250'000}});
  const child_result pushed = run_child({.arguments = {"git", "push", "-q", forge.url_of("acme/target"), "main"},
                                         .environment = forge.git_environment(),
                                         .folder = there.path()});

  BOOST_TEST(fetched.exit_code == 0);
  BOOST_TEST(seconds(fetched) > 0.35);
  BOOST_TEST(pushed.exit_code == 0);
  BOOST_TEST(seconds(pushed) > 0.35);
  BOOST_TEST(forge.hits("slow") == 2u);
}

BOOST_AUTO_TEST_CASE(two_hundred_connections_are_served_at_once) {
  std::vector<std::unique_ptr<raw_connection>> connections;
  for (int i = 0; i < 200; ++i) connections.push_back(std::make_unique<raw_connection>(port()));
  const std::string request = "GET /acme/model/" + object_path() + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  for (const auto& each : connections) each->send(request);
  std::size_t whole = 0;
  for (const auto& each : connections) whole += each->read_to_end().body == content;

  BOOST_TEST(whole == 200u);
}

BOOST_AUTO_TEST_SUITE_END()
