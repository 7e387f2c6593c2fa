#include "tests/support/git_repository.hpp"

#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

#include "protocol/digest.hpp"
#include "tests/support/child_process.hpp"

namespace hfpipe::testing {

namespace fs = std::filesystem;

namespace {

std::string data_block(std::string_view content) {
  return "data " + std::to_string(content.size()) + "\n" + std::string(content) + "\n";
}

// One fixed second: the same repository has the same ids in every run.
constexpr std::string_view committer = "committer A Tester <tester@example.org> 1700000000 +0000\n";

void append_commit(std::string& stream, const std::string& branch, bool on_existing,
                   const git_repository::file_map& files, const std::string& message) {
  stream += "commit refs/heads/" + branch + "\n" + std::string(committer) + data_block(message);
  if (on_existing) stream += "from refs/heads/" + branch + "^0\n";
  for (const auto& [name, content] : files) stream += "M 100644 inline " + name + "\n" + data_block(content);
}

}  // namespace

std::map<std::string, std::string> quiet_git_environment() {
  return {{"GIT_CONFIG_NOSYSTEM", "1"},
          {"GIT_CONFIG_GLOBAL", "/dev/null"},
          {"GIT_TERMINAL_PROMPT", "0"},
          {"GIT_AUTHOR_NAME", "A Tester"},
          {"GIT_AUTHOR_EMAIL", "tester@example.org"},
          {"GIT_AUTHOR_DATE", "1700000000 +0000"},
          {"GIT_COMMITTER_NAME", "A Tester"},
          {"GIT_COMMITTER_EMAIL", "tester@example.org"},
          {"GIT_COMMITTER_DATE", "1700000000 +0000"}};
}

git_repository git_repository::make(const fs::path& folder, object_format format) {
  fs::create_directories(folder);
  git_repository made(folder);
  made.git({"init", "-q", "--bare", "--initial-branch=main", "--object-format=" + std::string(to_text(format))});
  return made;
}

std::string git_repository::git(std::vector<std::string> arguments, std::string input) const {
  arguments.insert(arguments.begin(), "git");
  child_result done = run_child(
      {.arguments = arguments, .environment = quiet_git_environment(), .folder = path_, .input = std::move(input)});
  if (done.exit_code != 0) throw std::runtime_error("git " + arguments.at(1) + ": " + done.err);
  if (done.out.ends_with('\n')) done.out.pop_back();
  return std::move(done.out);
}

git_oid git_repository::commit(const std::string& branch, const file_map& files, const std::string& message) {
  std::string stream;
  append_commit(stream, branch, refs().contains("refs/heads/" + branch), files, message);
  git({"fast-import", "--quiet", "--force"}, std::move(stream));
  return git_oid::from_hex(git({"rev-parse", "refs/heads/" + branch})).value();
}

void git_repository::add_history(const std::string& branch, unsigned count) {
  std::string stream;
  bool on_existing = refs().contains("refs/heads/" + branch);
  for (unsigned i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    append_commit(stream, branch, on_existing, {{"history.txt", "line " + number + "\n"}}, "commit " + number);
    on_existing = false;  // fast-import goes on from its own last commit
  }
  git({"fast-import", "--quiet", "--force"}, std::move(stream));
}

git_oid git_repository::blob(const std::string& content) {
  return git_oid::from_hex(git({"hash-object", "-w", "--stdin"}, content)).value();
}

void git_repository::light_tag(const std::string& name, const git_oid& what) {
  set_ref("refs/tags/" + name, what);
}

void git_repository::annotated_tag(const std::string& name, const git_oid& what, const std::string& message) {
  git({"tag", "-a", "-m", message, name, what.hex()});
}

void git_repository::set_ref(const std::string& name, const git_oid& what) {
  git({"update-ref", name, what.hex()});
}

void git_repository::delete_ref(const std::string& name) {
  git({"update-ref", "-d", name});
}

void git_repository::write_hook(const std::string& name, const std::string& script) const {
  const fs::path file = path_ / "hooks" / name;
  fs::create_directories(file.parent_path());
  std::ofstream(file) << "#!/bin/sh\n" << script;
  fs::permissions(file, fs::perms::owner_all);
}

std::map<std::string, std::string> git_repository::refs() const {
  std::istringstream lines(git({"for-each-ref", "--format=%(refname) %(objectname)"}));
  std::map<std::string, std::string> found;
  for (std::string name, id; lines >> name >> id;) found[name] = id;
  return found;
}

bool git_repository::is_sound() const {
  const child_result done = run_child({.arguments = {"git", "fsck", "--strict", "--full", "--no-dangling"},
                                       .environment = quiet_git_environment(),
                                       .folder = path_});
  return done.exit_code == 0;
}

lfs_object git_repository::put_object(std::string_view content) const {
  digest hash = digest::sha256();
  hash.update(std::as_bytes(std::span(content)));
  const lfs_oid oid = lfs_oid::from_raw(hash.finish().first<32>());
  const fs::path file = object_file(oid);
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
  return {oid, byte_count(content.size())};
}

bool git_repository::has_object(const lfs_oid& oid) const {
  return fs::exists(object_file(oid));
}

fs::path git_repository::object_file(const lfs_oid& oid) const {
  const std::string hex = oid.hex();
  return path_ / "lfs" / "objects" / hex.substr(0, 2) / hex.substr(2, 2) / hex;
}

std::string pointer_of(const lfs_object& object) {
  return "version https://git-lfs.github.com/spec/v1\noid sha256:" + object.oid.hex() + "\nsize " +
         std::to_string(object.size.value()) + "\n";
}

std::string noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

}  // namespace hfpipe::testing
