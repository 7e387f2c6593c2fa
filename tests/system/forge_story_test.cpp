#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iomanip>
#include <sstream>

#include "tests/support/forge_process.hpp"

// Real git and git-lfs against the forge: what the other stories rest on.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace json = boost::json;

namespace forge_story_test {

child_result run_git(const forge_process& forge, const std::filesystem::path& folder,
                     std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "git");
  return run_child({.arguments = std::move(arguments), .environment = forge.git_environment(), .folder = folder});
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A model on the host: two branches, tags of each kind, a tag on a blob, two LFS objects.
struct model {
  git_repository there;
  lfs_object weights;
  lfs_object vocabulary;
};

model publish_model(const forge_process& forge, std::string_view name) {
  git_repository there = forge.make_repository(name);
  const lfs_object weights = there.put_object(noise(3'000'000, 1));
  const lfs_object vocabulary = there.put_object(noise(70'000, 2));
  const git_oid first = there.commit("main", {{"README.md", "# a model\n"},
                                              {".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n"},
                                              {"weights.bin", pointer_of(weights)}});
  there.commit("main", {{"vocabulary.bin", pointer_of(vocabulary)}});
  there.commit("experiment", {{"notes.txt", "nothing yet\n"}});
  there.light_tag("v0", first);
  there.annotated_tag("v1", first);
  there.light_tag("a-blob", there.blob("not a commit"));
  return {there, weights, vocabulary};
}

// Clones, fetches and checks out every LFS file.
void check_clone(const forge_process& forge, const std::string& url, const model& original) {
  const temporary_folder here;
  const child_result cloned = run_git(forge, here.path(), {"clone", "-q", "--mirror", url, "copy.git"});
  BOOST_TEST_REQUIRE(cloned.exit_code == 0, cloned.err);
  const git_repository copy = git_repository::at(here.path() / "copy.git");
  BOOST_TEST((copy.refs() == original.there.refs()));

  const child_result fetched = run_git(forge, copy.path(), {"lfs", "fetch", "--all"});
  BOOST_TEST(fetched.exit_code == 0, fetched.err);
  BOOST_TEST(read_file(copy.object_file(original.weights.oid)) == noise(3'000'000, 1));
  BOOST_TEST(copy.has_object(original.vocabulary.oid));
}

}  // namespace forge_story_test

BOOST_AUTO_TEST_SUITE(forge_story_test)

BOOST_AUTO_TEST_CASE(trap_22_a_host_without_real_accounts_listens_to_this_machine_alone) {
  const forge_process forge;
  const auto port = std::stoul(forge.url().substr(forge.url().rfind(':') + 1));
  std::ostringstream wanted;
  wanted << ':' << std::hex << std::uppercase << std::setw(4) << std::setfill('0') << port;
  constexpr std::string_view listens = "0A";
  std::vector<std::string> addresses;

  for (const std::string table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream rows(table);
    std::string number, local, remote, state;
    for (std::string row; std::getline(rows, row);) {
      std::istringstream(row) >> number >> local >> remote >> state;
      if (state == listens && local.ends_with(wanted.str())) addresses.push_back(local);
    }
  }

  BOOST_TEST_REQUIRE(addresses.size() == 1u);
  BOOST_TEST(addresses[0].starts_with("0100007F:"));  // 127.0.0.1, as the kernel writes it
}

BOOST_AUTO_TEST_CASE(real_git_clones_everything_over_tls) {
  const forge_process forge;
  const model original = publish_model(forge, "acme/model");

  check_clone(forge, forge.url_with_token("acme/model"), original);
  check_clone(forge, forge.url_with_token("acme/model.git"), original);
}

BOOST_AUTO_TEST_CASE(the_hub_personality_serves_objects_from_its_cdn) {
  const forge_process forge({.personality = "huggingface"});
  const model original = publish_model(forge, "datasets/acme/data");

  check_clone(forge, forge.url_with_token("datasets/acme/data"), original);

  for (const json::object& download : forge.log_of("download")) {
    BOOST_TEST(download.at("via").as_string() == "cdn");
    BOOST_TEST(download.at("status").as_int64() == 200);
  }
  BOOST_TEST(forge.log_of("download").size() == 2u);
}

BOOST_AUTO_TEST_CASE(plain_http_and_protocol_0_serve_the_same) {
  const forge_process forge({.tls = false, .token = "", .flags = {"--git-protocol", "0", "--no-filter"}});
  const model original = publish_model(forge, "acme/model");

  check_clone(forge, forge.url_of("acme/model"), original);

  for (const json::object& line : forge.log_of("git")) BOOST_TEST(!line.contains("command"));
}

BOOST_AUTO_TEST_CASE(real_git_pushes_blobs_before_refs_and_the_log_shows_it) {
  const forge_process source;
  const forge_process target;
  const model original = publish_model(source, "acme/model");
  const git_repository copied = target.make_repository("acme/copy");
  const temporary_folder here;
  BOOST_TEST_REQUIRE(
      run_git(source, here.path(), {"clone", "-q", "--mirror", source.url_with_token("acme/model"), "m.git"})
          .exit_code == 0);
  BOOST_TEST_REQUIRE(run_git(source, here.path() / "m.git", {"lfs", "fetch", "--all"}).exit_code == 0);

  const std::string to = target.url_with_token("acme/copy");
  const child_result objects = run_git(target, here.path() / "m.git", {"lfs", "push", "--all", to});
  const child_result refs = run_git(target, here.path() / "m.git", {"push", "-q", "--mirror", to});

  BOOST_TEST(objects.exit_code == 0, objects.err);
  BOOST_TEST(refs.exit_code == 0, refs.err);
  BOOST_TEST((copied.refs() == original.there.refs()));
  BOOST_TEST(copied.is_sound());
  BOOST_TEST(copied.has_object(original.weights.oid));
  const auto pushes = target.log_of("push_begin");
  const auto uploads = target.log_of("upload");
  BOOST_TEST_REQUIRE(pushes.size() == 1u);
  BOOST_TEST_REQUIRE(uploads.size() == 2u);
  for (const json::object& upload : uploads) {
    BOOST_TEST(upload.at("stored").as_bool());
    BOOST_TEST(upload.at("n").as_int64() < pushes[0].at("n").as_int64());
  }
  const json::object push = target.log_of("git").back();
  BOOST_TEST(push.at("refs").as_array().size() == original.there.refs().size());
  for (const json::value& ref : push.at("refs").as_array()) BOOST_TEST(ref.at("result").as_string() == "ok");
}

BOOST_AUTO_TEST_CASE(a_wrong_token_is_refused_in_each_hosts_own_words) {
  const forge_process plain;
  const forge_process hub({.personality = "huggingface"});
  const temporary_folder here;

  for (const forge_process* forge : {&plain, &hub}) {
    forge->make_repository("acme/model");
    BOOST_TEST(run_git(*forge, here.path(), {"ls-remote", forge->url_of("acme/model")}).exit_code != 0);
    const child_result allowed = run_git(*forge, here.path(), {"ls-remote", forge->url_with_token("acme/model")});
    BOOST_TEST(allowed.exit_code == 0, allowed.err);
    BOOST_TEST(run_git(*forge, here.path(), {"ls-remote", forge->url_with_token("acme/none")}).exit_code != 0);
  }
  BOOST_TEST(plain.log().back().at("status").as_int64() == 404);
  BOOST_TEST(hub.log().front().at("status").as_int64() == 401);
}

BOOST_AUTO_TEST_CASE(a_generated_object_is_what_its_pointer_says) {
  const forge_process forge;
  git_repository there = forge.make_repository("acme/large");
  const lfs_object large = forge.add_generated("acme/large", 40_MiB, 7);
  there.commit("main", {{"large.bin", pointer_of(large)}});
  const temporary_folder here;
  run_git(forge, here.path(), {"clone", "-q", "--mirror", forge.url_with_token("acme/large"), "m.git"});

  // git-lfs hashes what it fetches.
  const child_result fetched = run_git(forge, here.path() / "m.git", {"lfs", "fetch", "--all"});

  BOOST_TEST(fetched.exit_code == 0, fetched.err);
  BOOST_TEST(git_repository::at(here.path() / "m.git").has_object(large.oid));
}

BOOST_AUTO_TEST_SUITE_END()
