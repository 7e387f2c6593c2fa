#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/forge_process.hpp"
#include "tests/support/raw_connection.hpp"

// The forge as Hugging Face: what a client of the hub has to live with.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace forge_hub_test {

constexpr const char* lfs_type = "application/vnd.git-lfs+json";

std::uint16_t port_of(const forge_process& hub) {
  return static_cast<std::uint16_t>(std::stoi(hub.url().substr(hub.url().rfind(':') + 1)));
}

std::string bearer(const forge_process& hub) {
  return "Authorization: Bearer " + hub.token() + "\r\n";
}

raw_reply get(std::uint16_t port, const std::string& target, const std::string& headers = {}) {
  raw_connection connection(port);
  connection.send("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + headers + "\r\n");
  return connection.read_to_end();
}

raw_reply batch(const forge_process& hub, const lfs_object& object, const std::string& type) {
  const json::array objects{{{"oid", object.oid.hex()}, {"size", object.size.value()}}};
  const std::string body = json::serialize(json::object{{"operation", "download"}, {"objects", objects}});
  raw_connection connection(port_of(hub));
  connection.send("POST /acme/model.git/info/lfs/objects/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" +
                  bearer(hub) + "Content-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
                  "\r\n\r\n" + body);
  return connection.read_to_end();
}

// The path and query of the object's signed URL.
std::string signed_target(const forge_process& hub, const lfs_object& object) {
  const json::value reply = json::parse(batch(hub, object, lfs_type).body);
  const std::string href = json::value_to<std::string>(reply.at_pointer("/objects/0/actions/download/href"));
  return href.substr(href.find("/blob/"));
}

forge_setup hub_setup(std::vector<std::string> flags = {}) {
  return {.personality = "huggingface", .tls = false, .flags = std::move(flags)};
}

}  // namespace forge_hub_test

BOOST_AUTO_TEST_SUITE(forge_hub_test)

BOOST_AUTO_TEST_CASE(a_signed_url_needs_no_credentials_and_refuses_them) {
  const forge_process hub(hub_setup());
  const lfs_object stored = hub.make_repository("acme/model").put_object("bytes");
  const std::string target = signed_target(hub, stored);

  BOOST_TEST(get(hub.cdn_port(), target).body == "bytes");
  BOOST_TEST(get(hub.cdn_port(), target + "0").status == 403);
  BOOST_TEST(get(hub.cdn_port(), target, bearer(hub)).status == 400);
}

BOOST_AUTO_TEST_CASE(a_signed_url_dies_of_age) {
  const forge_process hub(hub_setup({"--url-lifetime", "0"}));
  const lfs_object stored = hub.make_repository("acme/model").put_object("bytes");

  BOOST_TEST(get(hub.cdn_port(), signed_target(hub, stored)).status == 403);
}

BOOST_AUTO_TEST_CASE(a_batch_of_another_media_type_is_refused) {
  const forge_process hub(hub_setup());
  const lfs_object stored = hub.make_repository("acme/model").put_object("bytes");

  BOOST_TEST(batch(hub, stored, "application/json").status == 415);
  BOOST_TEST(batch(hub, stored, std::string(lfs_type) + "; charset=utf-8").status == 200);
}

BOOST_AUTO_TEST_CASE(a_very_large_object_is_served_in_ranges_only) {
  const forge_process hub(hub_setup());
  const std::string oid(64, 'a');  // nobody hashes it here
  const auto record = hub.make_repository("acme/model").path() / "lfs" / "generated" / "aa" / "aa";
  std::filesystem::create_directories(record);
  std::ofstream(record / oid) << "7 60000000000\n";
  const std::string target = "/acme/model.git/info/lfs/objects/" + oid;

  BOOST_TEST(get(port_of(hub), target, bearer(hub)).status == 400);
  const raw_reply part = get(port_of(hub), target, bearer(hub) + "Range: bytes=59999999990-\r\n");
  BOOST_TEST(part.status == 206);
  BOOST_TEST(part.body.size() == 10u);
  BOOST_TEST(part.has("Content-Range: bytes 59999999990-59999999999/60000000000\r\n"));
}

BOOST_AUTO_TEST_CASE(what_is_missing_and_what_is_private_look_alike_to_the_anonymous) {
  const forge_process hub(hub_setup());
  hub.make_repository("acme/model");
  for (const std::string name : {"model", "missing"}) {
    const raw_reply reply = get(port_of(hub), "/acme/" + name + "/info/refs?service=git-upload-pack");
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(reply.status == 401);
      BOOST_TEST(reply.has("X-Error-Code: RepoNotFound\r\n"));
      BOOST_TEST(reply.body == "Invalid username or password.");
    }
  }
  const raw_reply known = get(port_of(hub), "/acme/missing/info/refs?service=git-upload-pack", bearer(hub));
  BOOST_TEST(known.status == 404);
  BOOST_TEST(known.has("X-Error-Code: RepoNotFound\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
