#include "tests/soak/copied_repository.hpp"

#include <signal.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "protocol/digest.hpp"
#include "tests/support/sanitized.hpp"

namespace hfpipe::testing {

namespace fs = std::filesystem;
namespace json = boost::json;
using std::chrono::milliseconds;

namespace {

/// A run that takes longer hangs: its faults cost seconds, and each of its clocks one or two.
constexpr std::chrono::seconds hang_limit{sanitized ? 400 : 180};
/// What docs/architecture.md adds to the ceiling.
constexpr byte_count fixed_part = 32_MiB;

std::string sha256_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  digest hash = digest::sha256();
  std::vector<char> piece(256 * 1024);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
    hash.update(std::as_bytes(std::span(piece).first(static_cast<std::size_t>(in.gcount()))));
  }
  return lfs_oid::from_raw(hash.finish().first<32>()).hex();
}

/// What cannot be mended by trying again, and how hfpipe says so.
struct refusal {
  side where;
  json::object fault;
  std::set<int> exit_codes;
};

refusal refusal_at_random(dice& roll, const std::string& name) {
  const std::string objects = "/" + name + ".git/info/lfs/objects/batch";
  const auto on = [](const std::string& path) { return json::object{{"path", path}}; };
  const std::vector<refusal> choices{
      {side::source, {{"fault", "any_status"}, {"status", 403}, {"match", on(objects)}}, {7}},
      {side::target, {{"fault", "any_status"}, {"status", 401}, {"match", on(objects)}}, {7}},
      {side::source, {{"fault", "batch_garbage_json"}, {"match", on(objects)}}, {1}},
      {side::target, {{"fault", "redirect_plain"}, {"match", on(objects)}}, {1}},
      {side::target,
       {{"fault", "any_status"}, {"status", 403}, {"match", on("/" + name + ".git/git-receive-pack")}},
       {7}},
      {side::source, {{"fault", "any_status"}, {"status", 404}, {"match", on("/" + name + ".git/info/refs")}}, {3}},
      {side::source,
       {{"fault", "pack_corrupt_byte"}, {"at", 40}, {"match", on("/" + name + ".git/git-upload-pack")}},
       {11}},
  };
  return roll.one_of(choices);
}

}  // namespace

copied_repository::copied_repository(const soak_hosts& hosts, std::uint64_t seed, std::uint64_t number,
                                     soak_counts& counts)
    : source_(hosts.source(number)),
      target_(hosts.target(number / 2)),
      name_("soak/r" + std::to_string(number)),
      counts_(counts),
      dice_(seed * 1'000'003 + number),
      original_(source_.make_repository(name_)),
      copied_(target_.make_repository(name_)),
      history_(original_, dice_.below(1U << 30U)),
      mirrors_(dice_.once_in(3)),
      memory_(dice_.once_in(2) ? "16MiB" : "64MiB") {}

copied_repository::~copied_repository() {
  std::error_code ignored;
  fs::remove_all(original_.path(), ignored);
  fs::remove_all(copied_.path(), ignored);
}

void copied_repository::live() {
  for (std::uint64_t days = dice_.between(2, 3); days > 0; --days) {
    history_.grow();
    if (dice_.once_in(2)) step(fate::killed);
    if (dice_.once_in(4)) step(fate::killed);
    if (dice_.once_in(6)) step(fate::refused);
    if (days == 1 || dice_.once_in(2)) step(fate::runs);
  }
  check_all_arrived();
  if (dice_.once_in(8)) clone();
  const std::lock_guard lock(counts_.guard);
  ++counts_.repositories;
}

void copied_repository::step(fate what) {
  for (const forge_process* host : {&source_, &target_}) host->fault({{"storm", "renew"}, {"repository", name_}});
  std::optional<refusal> no;
  if (what == fate::refused) {
    no = refusal_at_random(dice_, name_);
    no->fault["times"] = -1;
    (no->where == side::source ? source_ : target_).fault(no->fault);
  }
  const ref_values before = copied_.refs();
  const ref_values after = planned();
  const std::uint64_t faults_before = faults();

  bool was_killed = false;
  const child_result ended = run(what, was_killed);

  if (no) {
    const std::string match = json::value_to<std::string>(no->fault.at("match").at("path"));
    (no->where == side::source ? source_ : target_).clear_faults(match);
  }
  count(ended, faults() - faults_before);
  if (was_killed) settle();
  const ref_values now = copied_.refs();
  check_refs(now, before, after);
  check_objects(now);
  // Nothing to do, or nothing of the refused kind: then it may succeed as well.
  const bool may_fail = no && no->exit_codes.contains(ended.exit_code);
  if (no && ended.exit_code != 0 && !may_fail) wrong("it should have been refused with another exit code");
  if (may_fail && now != before && killed_plan_.empty()) wrong("refs moved although the run was refused");
  if (!was_killed && !may_fail) {
    if (ended.exit_code != 0) wrong("a run that could have succeeded did not");
    if (now != after) wrong("it said that it succeeded, and the refs are not as planned");
  }
  killed_plan_ = was_killed ? after : ref_values();
}

/// The target's git may still be at work for a run that is dead.
void copied_repository::settle() const {
  for (ref_values seen = copied_.refs();;) {
    std::this_thread::sleep_for(milliseconds(100));
    ref_values again = copied_.refs();
    if (again == seen) return;
    seen = std::move(again);
  }
}

child_command copied_repository::command() {
  const std::string patience = sanitized ? "15s" : "3s";  // for hosts that are busy, not ill
  std::vector<std::string> flags{"--retry-delay", "40ms", "--timeout", patience, "--contimeout", patience};
  const auto add = [&](std::initializer_list<std::string> more) { flags.insert(flags.end(), more); };
  add({"--finalize-timeout", patience, "--max-buffer-memory", memory_, "--ca-cert", forge_process::ca_file().string()});
  add({"--threads", std::to_string(dice_.between(1, 3)), "--transfers", std::to_string(dice_.between(1, 8))});
  if (mirrors_) add({"--mirror"});
  child_command made =
      copy_command(source_.url_of(name_ + ".git"), target_.url_of(name_ + ".git"), std::move(flags), home_.path());
  made.environment["HF_TOKEN"] = source_.token();
  made.environment["TARGET_TOKEN"] = target_.token();
  made.limit = hang_limit;
  return made;
}

child_result copied_repository::run(fate what, bool& was_killed) {
  child_process child(command());
  if (what == fate::killed) {
    std::this_thread::sleep_for(milliseconds(dice_.below(static_cast<std::uint64_t>(usual_.count()))));
    child.send_signal(SIGKILL);
  }
  const child_result ended = child.wait();
  was_killed = what == fate::killed && ended.exit_code == 128 + SIGKILL;
  last_said_ = "exit " + std::to_string(ended.exit_code) + " after " + std::to_string(ended.wall.count()) + " ms\n" +
               ended.out + ended.err;
  if (ended.timed_out) wrong("it hung");
  if (!was_killed) usual_ = ended.wall;
  return ended;
}

/// What the target's refs are after a run that succeeds.
copied_repository::ref_values copied_repository::planned() const {
  ref_values plan = mirrors_ ? ref_values() : copied_.refs();
  for (const auto& [name, id] : history_.refs()) plan[name] = id;
  return plan;
}

void copied_repository::check_refs(const ref_values& now, const ref_values& before, const ref_values& after) {
  std::set<std::string> names;
  for (const ref_values* refs : {&now, &before, &after}) {
    for (const auto& [name, id] : *refs) names.insert(name);
  }
  const auto value = [](const ref_values& in, const std::string& name) {
    const auto found = in.find(name);
    return found == in.end() ? std::string("nothing") : found->second;
  };
  for (const std::string& name : names) {
    const std::string is = value(now, name);
    const bool of_killed = !killed_plan_.empty() && is == value(killed_plan_, name);
    if (is != value(before, name) && is != value(after, name) && !of_killed) {
      wrong(name + " is at " + is + ", which is neither its old nor its planned value");
    }
  }
  if (!copied_.is_sound()) wrong("git fsck finds the target broken");
}

/// Every object in the target's store is what its name says, and every one that a ref needs is there.
void copied_repository::check_objects(const ref_values& now) {
  std::set<std::string> whole;
  const fs::path store = copied_.path() / "lfs" / "objects";
  if (fs::exists(store)) {
    for (const auto& entry : fs::recursive_directory_iterator(store)) {
      if (!entry.is_regular_file()) continue;
      const std::string oid = entry.path().filename().string();
      if (sha256_of(entry.path()) != oid) wrong("the target's object " + oid + " has other bytes");
      whole.insert(oid);
    }
  }
  for (const auto& [name, id] : now) {
    for (const lfs_object& object : history_.needs(id)) {
      if (!whole.contains(object.oid.hex())) wrong(name + " needs " + object.oid.hex() + ", which the target lacks");
    }
  }
}

void copied_repository::check_all_arrived() {
  const ref_values now = copied_.refs();
  for (const auto& [name, id] : history_.refs()) {
    const auto found = now.find(name);
    if (found == now.end() || found->second != id) wrong(name + " did not arrive");
  }
}

/// With git and git-lfs, from the folder itself: the hosts' faults are not for them.
void copied_repository::clone() {
  const temporary_folder here;
  auto environment = quiet_git_environment();
  environment["GIT_LFS_SKIP_SMUDGE"] = "1";
  const fs::path made = here.path() / "clone";
  const std::vector<std::pair<std::vector<std::string>, fs::path>> commands{
      {{"git", "clone", "-q", "--mirror", "file://" + copied_.path().string(), "clone"}, here.path()},
      {{"git", "symbolic-ref", "HEAD", history_.refs().begin()->first}, made},  // main need not exist
      {{"git", "lfs", "fetch", "--all"}, made},
      {{"git", "lfs", "fsck", "--objects"}, made}};
  for (const auto& [arguments, folder] : commands) {
    const child_result done = run_child({.arguments = arguments, .environment = environment, .folder = folder});
    if (done.exit_code != 0) wrong(arguments.at(1) + " " + arguments.at(2) + ": " + done.out + done.err);
  }
  const std::lock_guard lock(counts_.guard);
  ++counts_.clones;
}

void copied_repository::count(const child_result& ended, std::uint64_t faults) {
  const hfpipe_run said = checked_run(ended, {source_.token(), "signature="}, home_.path());
  // As it measures itself: what wait4 says is not below the peak of this program, which holds whole objects.
  const std::int64_t peak = std::max<std::int64_t>(said.number("peak_rss_bytes"), 0);
  const byte_count limit = resident_limit(parse_byte_count(memory_).value() + fixed_part);
  if (byte_count(static_cast<std::uint64_t>(peak)) > limit) wrong("the peak was " + std::to_string(peak) + " bytes");
  const std::lock_guard lock(counts_.guard);
  ++counts_.copies;
  if (faults >= 2) ++counts_.hard_copies;
  if (ended.exit_code == 128 + SIGKILL) ++counts_.kills;
  if (ended.exit_code != 0 && ended.exit_code != 128 + SIGKILL) ++counts_.refusals;
  if (const std::int64_t bytes = said.number("lfs.sent_bytes"); bytes > 0) {
    counts_.bytes += static_cast<std::uint64_t>(bytes);
    counts_.objects += static_cast<std::uint64_t>(said.number("lfs.sent"));
  }
  counts_.longest = std::max(counts_.longest, ended.wall);
  counts_.largest_rss = std::max(counts_.largest_rss, static_cast<std::uint64_t>(peak));
}

std::uint64_t copied_repository::faults() const {
  std::uint64_t sum = 0;
  for (const forge_process* host : {&source_, &target_}) {
    for (const auto& [kind, hits] : host->hits_in(name_)) sum += hits;
  }
  return sum;
}

void copied_repository::wrong(const std::string& what) const {
  throw std::runtime_error(name_ + ": " + what + "\n" + last_said_);
}

}  // namespace hfpipe::testing
