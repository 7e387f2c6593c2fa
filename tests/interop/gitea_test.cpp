#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/support/forge_process.hpp"
#include "tests/support/gitea_process.hpp"
#include "tests/support/hfpipe_run.hpp"

// A real Gitea at either end; the other one is the forge.

using namespace hfpipe;
using namespace hfpipe::testing;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace gitea_test {

constexpr std::string_view published = "acme/model";

/// One Gitea for all cases: its start takes seconds, and each case has a repository of its own.
gitea_process& gitea() {
  static gitea_process one;
  return one;
}

/// What Gitea says of a repository of its user's.
json::object told_of(std::string_view name) {
  const auto answer = gitea().api("GET", "/repos/" + std::string(gitea_process::user) + "/" + std::string(name));
  return answer.body.is_object() ? answer.body.as_object() : json::object();
}

/// Plain http: Gitea's git would not trust a CA of the tests'.
forge_setup that_gitea_can_pull_from() {
  return {.personality = "huggingface", .tls = false, .token = "canary-of-the-forge"};
}

bool was_created(const hfpipe_run& run, std::string_view by) {
  const json::value* const found = run.document.if_contains(by);
  return found && found->as_object().at("created") == json::value(true);
}

struct scene {
  explicit scene(forge_setup setup = {.personality = "huggingface", .token = "canary-of-the-forge"})
      : forge(std::move(setup)) {}

  forge_process forge;
  git_repository original = forge.make_repository(published);
  temporary_folder home;
  std::vector<lfs_object> objects;

  /// Two branches, tags of both kinds and 20 objects, the last one of 5 MB.
  void publish() {
    git_repository::file_map files{{".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n"},
                                   {"README.md", "# a model\n"}};
    // Of its own for each scene: an object that Gitea knows from another repository of the user's is linked, not sent.
    static unsigned seed = 0;
    for (unsigned n = 0; n < 20; ++n) {
      objects.push_back(original.put_object(noise(n == 19 ? 5'000'000 : 1'000 * (n + 1), ++seed)));
      files["weight-" + std::to_string(n) + ".bin"] = pointer_of(objects.back());
    }
    const git_oid head = original.commit("main", files);
    original.commit("other", {{"notes.txt", "nothing yet\n"}});
    original.light_tag("light", head);
    original.annotated_tag("v1", head);
  }

  hfpipe_run run(const std::string& from, const std::string& to, std::vector<std::string> flags = {},
                 const std::string& verb = "copy") const {
    child_command command = copy_command(from, to, std::move(flags), home.path());
    command.arguments.at(1) = verb;
    command.arguments.insert(command.arguments.end(), {"--ca-cert", forge_process::ca_file().string()});
    const bool to_gitea = to.starts_with(gitea().url());
    command.environment["HF_TOKEN"] = to_gitea ? forge.token() : gitea().token();
    command.environment["TARGET_TOKEN"] = to_gitea ? gitea().token() : forge.token();
    return checked_run(run_child(std::move(command)), {forge.token(), gitea().token()}, home.path());
  }
  hfpipe_run mirror(std::string_view name) const {
    return run(forge.url_of(published), gitea().url_of(name), {}, "mirror");
  }
  /// One more object on main.
  void move_on() {
    objects.push_back(original.put_object("newer than the first update: " + forge.url()));
    original.commit("main", {{".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n"},
                             {"newer.bin", pointer_of(objects.back())}});
  }
  hfpipe_run run_to_gitea(std::string_view name, std::vector<std::string> flags = {}) const {
    return run(forge.url_of(published), gitea().url_of(name), std::move(flags));
  }

  /// What git and git-lfs say of a fresh clone of Gitea's repository; empty when nothing is wrong.
  std::string clone_complaints(std::string_view name) const {
    const temporary_folder here;
    auto environment = quiet_git_environment();
    environment["HOME"] = here.path().string();
    environment["GIT_CONFIG_GLOBAL"] = (here.path() / "gitconfig").string();  // git lfs install writes there
    const std::vector<std::vector<std::string>> steps{
        {"git", "lfs", "install"},
        {"git", "clone", "-q", gitea().url_with_token(name), "clone"},
        {"git", "-C", "clone", "lfs", "fetch", "--all"},
        {"git", "-C", "clone", "lfs", "fsck"},
        {"git", "-C", "clone", "fsck", "--strict", "--full"},
    };
    for (const std::vector<std::string>& step : steps) {
      const child_result done = run_child({.arguments = step, .environment = environment, .folder = here.path()});
      if (done.exit_code != 0) return done.out + done.err;
    }
    for (const lfs_object& object : objects) {
      const std::string oid = object.oid.hex();
      const fs::path file = here.path() / "clone/.git/lfs/objects" / oid.substr(0, 2) / oid.substr(2, 2) / oid;
      if (!fs::exists(file) || fs::file_size(file) != object.size.value()) return "no object " + oid;
    }
    return {};
  }
};

using strings = std::map<std::string, std::string>;

strings without_pulls(strings refs) {
  std::erase_if(refs, [](const auto& ref) { return ref.first.starts_with("refs/pull/"); });
  return refs;
}

}  // namespace gitea_test

BOOST_AUTO_TEST_SUITE(gitea_test, *boost::unit_test::precondition(gitea_is_at_hand))

BOOST_AUTO_TEST_CASE(a_copy_to_gitea_is_read_by_git_and_git_lfs_and_repeats_as_nothing) {
  scene s;
  s.publish();
  gitea().make_repository("copied");

  const hfpipe_run first = s.run_to_gitea("copied");
  BOOST_TEST(first.exit_code() == 0, first.said());
  BOOST_TEST((gitea().repository("copied").refs() == s.original.refs()));
  BOOST_TEST(s.clone_complaints("copied") == "");
  BOOST_TEST(first.number("lfs.sent") == 20);

  const hfpipe_run again = s.run_to_gitea("copied");
  BOOST_TEST(again.exit_code() == 0, again.said());
  BOOST_TEST(again.number("lfs.sent") == 0);
  BOOST_TEST(again.number("pack.bytes") == 0);

  const hfpipe_run verified = s.run(s.forge.url_of(published), gitea().url_of("copied"), {"--deep"}, "verify");
  BOOST_TEST(verified.exit_code() == 0, verified.said());
}

BOOST_AUTO_TEST_CASE(a_copy_from_gitea_is_whole) {
  scene s;
  s.publish();
  gitea().make_repository("origin");
  BOOST_TEST_REQUIRE(s.run_to_gitea("origin").exit_code() == 0);
  git_repository back = s.forge.make_repository("acme/back");

  const hfpipe_run run = s.run(gitea().url_of("origin"), s.forge.url_of("acme/back"));

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST((back.refs() == s.original.refs()));
  for (const lfs_object& object : s.objects) BOOST_TEST(back.has_object(object.oid));
}

BOOST_AUTO_TEST_CASE(pointers_alone_are_found_by_verify_and_repaired) {
  scene s;
  s.publish();
  gitea().make_repository("pointers");
  const std::string to = gitea().url_of("pointers");
  BOOST_TEST_REQUIRE(s.run_to_gitea("pointers", {"--lfs", "none"}).exit_code() == 0);

  const hfpipe_run before = s.run(s.forge.url_of(published), to, {}, "verify");
  BOOST_TEST(before.exit_code() == 12, before.said());
  const hfpipe_run repaired = s.run_to_gitea("pointers", {"--lfs", "all"});
  BOOST_TEST(repaired.exit_code() == 0, repaired.said());
  BOOST_TEST(repaired.number("lfs.sent") == 20);
  BOOST_TEST(s.run(s.forge.url_of(published), to, {}, "verify").exit_code() == 0);
  BOOST_TEST(s.clone_complaints("pointers") == "");
}

BOOST_AUTO_TEST_CASE(a_mirror_leaves_out_what_gitea_keeps_for_itself_and_prunes) {
  scene s;
  s.publish();
  const git_oid head = git_oid::from_hex(s.original.refs().at("refs/heads/main")).value();
  s.original.set_ref("refs/pull/1/head", head);
  s.original.set_ref("refs/convert/parquet", head);
  gitea().make_repository("mirrored");
  BOOST_TEST_REQUIRE(s.run_to_gitea("mirrored").exit_code() == 0);
  s.original.delete_ref("refs/heads/other");

  const hfpipe_run run = s.run_to_gitea("mirrored", {"--mirror"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST((without_pulls(gitea().repository("mirrored").refs()) == without_pulls(s.original.refs())), run.said());
}

BOOST_AUTO_TEST_CASE(case_43_a_repository_that_is_not_there_is_made_by_the_push) {
  scene s;
  s.publish();

  const hfpipe_run run = s.run_to_gitea("made-by-push");

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(s.clone_complaints("made-by-push") == "");
}

BOOST_AUTO_TEST_CASE(a_protected_branch_is_named_with_its_reason) {
  scene s;
  s.publish();
  gitea().make_repository("protected");
  BOOST_TEST_REQUIRE(s.run_to_gitea("protected").exit_code() == 0);
  const auto rule = gitea().api("POST", "/repos/" + std::string(gitea_process::user) + "/protected/branch_protections",
                                R"({"rule_name":"main","branch_name":"main","enable_push":false})");
  BOOST_TEST_REQUIRE(rule.status == 201, json::serialize(rule.body));
  s.original.commit("main", {{"README.md", "# moved on\n"}});
  s.original.commit("other", {{"notes.txt", "moved on\n"}});

  const hfpipe_run run = s.run_to_gitea("protected");

  BOOST_TEST(run.exit_code() == 6, run.said());
  BOOST_TEST(run.refs("status").at("refs/heads/main") == "rejected", run.said());
  BOOST_TEST(run.refs("status").at("refs/heads/other") == "ok", run.said());
  BOOST_TEST(run.refs("reason").at("refs/heads/main") != "", run.said());
}

BOOST_AUTO_TEST_CASE(a_target_is_created_as_visible_as_asked) {
  scene s;
  s.publish();
  for (const std::string visibility : {"private", "public"}) {
    BOOST_TEST_CONTEXT(visibility) {
      const std::string name = "created-" + visibility;

      const hfpipe_run run = s.run_to_gitea(name, {"--create", "--visibility", visibility});

      BOOST_TEST(run.exit_code() == 0, run.said());
      BOOST_TEST(was_created(run, "repository"), run.said());
      BOOST_TEST((told_of(name).at("private") == json::value(visibility == "private")));
      BOOST_TEST(s.clone_complaints(name) == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_target_of_an_organisation_is_created_there) {
  scene s;
  s.publish();
  const auto made = gitea().api("POST", "/orgs", R"({"username":"guild"})");
  BOOST_TEST_REQUIRE(made.status == 201, json::serialize(made.body));

  const hfpipe_run run =
      s.run(s.forge.url_of(published), gitea().url() + "/guild/model", {"--create", "--visibility", "private"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(was_created(run, "repository"), run.said());
  BOOST_TEST(gitea().api("GET", "/repos/guild/model").status == 200);
  BOOST_TEST(s.run(s.forge.url_of(published), gitea().url() + "/guild/model", {}, "verify").exit_code() == 0);
}

BOOST_AUTO_TEST_CASE(what_is_there_is_not_created_again_and_stays_as_visible_as_it_is) {
  scene s;
  s.publish();
  gitea().make_repository("there");

  const hfpipe_run run = s.run_to_gitea("there", {"--create", "--visibility", "public"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(!was_created(run, "repository"), run.said());
  BOOST_TEST((told_of("there").at("private") == json::value(true)));
}

BOOST_AUTO_TEST_CASE(a_dry_run_creates_nothing) {
  scene s;
  s.publish();

  const hfpipe_run run = s.run_to_gitea("planned", {"--create", "--visibility", "private", "--dry-run"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST(told_of("planned").contains("message"));
}

BOOST_AUTO_TEST_CASE(the_default_branch_becomes_the_source_s_under_the_name_it_got) {
  scene s;
  s.publish();
  gitea().make_repository("trunk");

  const hfpipe_run run = s.run_to_gitea("trunk", {"--set-default-branch", "--refs", "+refs/heads/main:refs/heads/trunk",
                                                  "--refs", "+refs/heads/other:refs/heads/main"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST((told_of("trunk").at("default_branch") == json::value("trunk")));
}

BOOST_AUTO_TEST_CASE(gitea_pulls_what_the_source_has_at_once_and_again_when_asked) {
  scene s(that_gitea_can_pull_from());
  s.publish();

  const hfpipe_run first = s.mirror("pulled");
  BOOST_TEST(first.exit_code() == 0, first.said());
  BOOST_TEST(was_created(first, "mirror"), first.said());
  BOOST_TEST((told_of("pulled").at("mirror") == json::value(true)));
  BOOST_TEST((gitea().repository("pulled").refs() == s.original.refs()));
  BOOST_TEST(s.clone_complaints("pulled") == "");

  s.move_on();
  const hfpipe_run second = s.mirror("pulled");
  BOOST_TEST(second.exit_code() == 0, second.said());
  BOOST_TEST(!was_created(second, "mirror"), second.said());
  BOOST_TEST((gitea().repository("pulled").refs() == s.original.refs()));
  BOOST_TEST(s.clone_complaints("pulled") == "");
  BOOST_TEST(s.run(s.forge.url_of(published), gitea().url_of("pulled"), {}, "verify").exit_code() == 0);
}

BOOST_AUTO_TEST_CASE(the_old_flag_is_the_same_command) {
  scene s(that_gitea_can_pull_from());
  s.publish();

  const hfpipe_run run = s.run_to_gitea("pulled-by-flag", {"--use-remote-mirror"});

  BOOST_TEST(run.exit_code() == 0, run.said());
  BOOST_TEST((told_of("pulled-by-flag").at("mirror") == json::value(true)));
  BOOST_TEST(s.clone_complaints("pulled-by-flag") == "");
}

// Gitea notes a failed update as it notes any other.
BOOST_AUTO_TEST_CASE(an_update_that_failed_is_not_taken_for_one) {
  scene s(that_gitea_can_pull_from());
  s.publish();
  BOOST_TEST_REQUIRE(s.mirror("stale").exit_code() == 0);
  gitea().repository("stale").git({"config", "remote.origin.url", s.forge.url_of("acme/gone")});
  s.move_on();

  const hfpipe_run run = s.mirror("stale");

  BOOST_TEST(run.exit_code() == 5, run.said());
  BOOST_TEST(run.error("hint") != "", run.said());
}

BOOST_AUTO_TEST_CASE(gitea_says_itself_that_it_may_not_read_the_source) {
  scene s(that_gitea_can_pull_from());
  s.publish();
  child_command command = copy_command(s.forge.url_of(published), gitea().url_of("not-pulled"), {}, s.home.path());
  command.arguments.at(1) = "mirror";
  command.environment["HF_TOKEN"] = "wrong-canary-token";
  command.environment["TARGET_TOKEN"] = gitea().token();

  const hfpipe_run run = checked_run(run_child(std::move(command)), {"wrong-canary-token"}, s.home.path());

  BOOST_TEST(run.exit_code() == 1, run.said());
  BOOST_TEST(run.error().find("uthentication failed") != std::string::npos, run.said());
  BOOST_TEST(run.error("hint").find("delete it") != std::string::npos, run.said());

  const hfpipe_run again = s.mirror("not-pulled");  // with the right token, to the shell that Gitea keeps
  BOOST_TEST(again.exit_code() == 7, again.said());
  BOOST_TEST(again.error("hint").find("delete it") != std::string::npos, again.said());
}

BOOST_AUTO_TEST_CASE(no_mirror_is_made_of_a_repository_that_is_there) {
  scene s(that_gitea_can_pull_from());
  s.publish();
  gitea().make_repository("own");

  const hfpipe_run run = s.mirror("own");

  BOOST_TEST(run.exit_code() == 7, run.said());
  BOOST_TEST(run.error().find("is no mirror") != std::string::npos, run.said());
  BOOST_TEST((told_of("own").at("mirror") == json::value(false)));
}

BOOST_AUTO_TEST_CASE(a_mirror_takes_no_copy) {
  scene s(that_gitea_can_pull_from());
  s.publish();
  BOOST_TEST_REQUIRE(s.mirror("read-only").exit_code() == 0);
  s.move_on();

  const hfpipe_run run = s.run_to_gitea("read-only");

  BOOST_TEST(run.exit_code() == 7, run.said());
}

BOOST_AUTO_TEST_CASE(a_wrong_token_is_told_so) {
  scene s;
  s.publish();
  gitea().make_repository("locked");
  child_command command = copy_command(s.forge.url_of(published), gitea().url_of("locked"), {}, s.home.path());
  command.arguments.insert(command.arguments.end(), {"--ca-cert", forge_process::ca_file().string()});
  command.environment["HF_TOKEN"] = s.forge.token();
  command.environment["TARGET_TOKEN"] = "wrong-canary-token";

  const hfpipe_run run = checked_run(run_child(std::move(command)), {"wrong-canary-token"}, s.home.path());

  BOOST_TEST(run.exit_code() == 7, run.said());
  BOOST_TEST(run.error("side") == "target", run.said());
}

BOOST_AUTO_TEST_SUITE_END()
