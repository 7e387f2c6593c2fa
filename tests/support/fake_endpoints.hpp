#pragma once

#include <boost/asio/post.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "transports/endpoint.hpp"

// The four ports in memory, with switches for misbehaviour. A fake_world holds all four; they share one count of steps
// (so a loop can break a run at every step) and one journal (so a test can tell what came before what).

namespace hfpipe::testing {

/// Counts operations of all ends: every call of a port, every read, every piece taken from a chunk_source. Each gives
/// way to the loop once, so that tasks interleave as they do over sockets.
class step_counter {
 public:
  /// Step `fail_at` (from 0) throws `with`; step `stall_at` never ends unless it is cancelled.
  std::optional<std::size_t> fail_at;
  failure with{errc::connection_lost};
  std::optional<std::size_t> stall_at;

  std::size_t taken() const { return taken_; }
  /// Whether some step failed or stalled as ordered.
  bool struck() const { return struck_; }

  task<> step();

 private:
  std::size_t taken_ = 0;
  bool struck_ = false;
};

/// Never ends; cancelled, it throws errc::cancelled.
task<> stall();

struct journal {
  std::vector<std::string> lines;  ///< "blob <short oid>", "ref <name>", "probe", "list", … in order of effect

  /// Where `line` stands first; absent when it does not.
  std::optional<std::size_t> find(std::string_view line) const;
};

// ---- LFS -----------------------------------------------------------------------------------------------------------

/// The object that these bytes are.
lfs_object blob_of(std::string_view bytes);
/// `size` bytes that depend on `seed`.
std::string some_bytes(std::size_t size, unsigned seed);

/// How one object misbehaves at the source.
struct source_misdeed {
  enum class kind {
    absent,        ///< locate() answers `code` (404 unless told)
    refuse_open,   ///< open() throws `with`
    break_off,     ///< the read at byte `at` throws `with`
    flip,          ///< the byte at `at` is wrong
    end_early,     ///< ends properly at byte `at`
    run_over,      ///< one byte too many
    stall,         ///< nothing comes after byte `at`
    expired_link,  ///< the entry's expires_in is 0
  };
  kind what;
  std::uint64_t at = 0;
  failure with{errc::connection_lost};
  int code = 404;
  unsigned times = ~0U;  ///< so often, then it behaves
};

class fake_blob_source final : public blob_source {
 public:
  fake_blob_source(step_counter& steps, journal& log) : steps_(steps), log_(log) {}

  lfs_object add(std::string bytes);
  std::map<lfs_oid, std::string> objects;
  std::map<lfs_oid, source_misdeed> misdeeds;
  /// Thrown by locate(), so often.
  std::optional<failure> locate_fails;
  unsigned locate_fails_times = ~0U;
  /// Most bytes that one read gives.
  std::size_t read_size = 64 * 1024;

  std::vector<std::size_t> batches;  ///< how many objects each locate() asked for
  std::size_t opened = 0;
  std::size_t open_now = 0;
  std::size_t most_open = 0;
  std::size_t fresh_connections = 0;  ///< asked for

  task<std::vector<lfs::batch_entry>> locate(std::vector<lfs_object> wanted) override;
  task<std::unique_ptr<byte_source>> open(const lfs::batch_entry& entry, byte_count from,
                                          connection_use use = connection_use::any,
                                          std::optional<byte_count> until = {}) override;

 private:
  friend class fake_blob_stream;
  /// The misdeed if this is its kind and it is still in force; uses up one of its times.
  const source_misdeed* strikes(const lfs_oid& oid, source_misdeed::kind what);

  step_counter& steps_;
  journal& log_;
};

/// How one object misbehaves at the target.
struct target_misdeed {
  enum class kind {
    answer_error,  ///< missing() answers `code` for it
    refuse_put,    ///< put() throws `with` before it reads
    break_off,     ///< put() throws `with` when it has read `at` bytes or more
    lose_answer,   ///< stores it, then throws `with`
    stall,         ///< reads nothing after `at` bytes
    expired_link,  ///< the entry's expires_in is 0
  };
  kind what;
  std::uint64_t at = 0;
  failure with{errc::connection_lost};
  int code = 422;
  unsigned times = ~0U;
};

class fake_blob_target final : public blob_target {
 public:
  fake_blob_target(step_counter& steps, journal& log) : steps_(steps), log_(log) {}

  /// Completely stored objects only.
  std::map<lfs_oid, std::string> visible;
  std::vector<lfs_oid> order;  ///< in which they became visible
  std::map<lfs_oid, target_misdeed> misdeeds;
  std::optional<failure> missing_fails;
  unsigned missing_fails_times = ~0U;

  std::vector<std::size_t> batches;
  /// What arrived of each object, complete or not: the most of any attempt.
  std::map<lfs_oid, std::size_t> received;
  std::size_t puts_now = 0;
  std::size_t most_puts = 0;

  task<std::vector<lfs::batch_entry>> missing(std::vector<lfs_object> wanted) override;
  task<> put(const lfs::batch_entry& entry, chunk_source& body, const std::function<void()>& sent) override;
  byte_count working_memory(const lfs::batch_entry&) const override { return needs_beside; }

  byte_count needs_beside;  ///< of memory, for each object

 private:
  const target_misdeed* strikes(const lfs_oid& oid, target_misdeed::kind what);

  step_counter& steps_;
  journal& log_;
};

// ---- Git -----------------------------------------------------------------------------------------------------------

class fake_git_source final : public git_source {
 public:
  fake_git_source(step_counter& steps, journal& log) : steps_(steps), log_(log) {}

  source_listing has;
  std::string pack;                       ///< what every fetch gives
  std::optional<std::uint64_t> break_at;  ///< a read at this byte throws `with`
  std::optional<std::uint64_t> stall_at;  ///< a read at this byte never ends
  failure with{errc::connection_lost};
  std::string later_pack;                 ///< what every fetch but the first gives; empty: `pack`
  std::string filtered_pack;              ///< what a fetch with a filter gives; empty: `pack`
  std::optional<failure> filter_refused;  ///< thrown by a fetch with a filter
  std::optional<failure> fetch_fails;     ///< thrown by fetch()
  unsigned fetch_fails_times = ~0U;
  std::size_t fetch_fails_after = 0;  ///< so many fetches pass before
  std::size_t read_size = 64 * 1024;
  std::vector<fetch_request> fetches;
  std::optional<std::set<git_oid>> knows;                ///< what common() answers from; absent: it cannot say
  std::vector<std::vector<git_oid>> asked;               ///< the haves of each common()
  std::function<std::string(const fetch_request&)> cut;  ///< the pack for a fetch, instead of all of these

  task<source_listing> list() override;
  task<std::unique_ptr<byte_source>> fetch(fetch_request request) override;
  task<std::optional<std::vector<git_oid>>> common(std::vector<git_oid> wants, std::vector<git_oid> haves) override;

 private:
  step_counter& steps_;
  journal& log_;
};

/// Applies what it is told: its refs move when a pack arrived to its proper end (or none was needed).
class fake_git_target final : public git_target {
 public:
  fake_git_target(step_counter& steps, journal& log) : steps_(steps), log_(log) {}

  target_listing has;
  std::map<std::string, std::string> refusals;  ///< ref name -> the words after `ng`
  std::vector<std::string> declined;            ///< a push with a ref that begins so is refused as a whole
  std::vector<std::string> remote_lines;        ///< said beside such a refusal
  std::function<void(unsigned)> meanwhile;      ///< what others do while a push, counted from 1, is on its way
  std::function<void(unsigned)> at_list;        ///< what happened until a listing, counted from 1
  std::optional<std::string> unpack_error;      ///< refuses every pack
  std::optional<failure> push_fails;            ///< thrown by push() after the body was read, before any ref moves
  std::optional<failure> answer_lost;           ///< thrown by push() after the refs moved
  unsigned push_fails_times = ~0U;
  std::optional<failure> probe_fails;
  std::function<bool()> probe_waits_for;  ///< a probe is answered once this is so

  struct pushed {
    std::vector<git::ref_command> commands;
    std::optional<std::string> pack;   ///< absent: no pack, or it did not end properly
    std::optional<byte_count> length;  ///< as announced
  };
  std::vector<pushed> pushes;
  std::size_t probes = 0;
  unsigned lists = 0;

  task<target_listing> list(listed_refs what) override;
  task<> probe() override;
  task<git::push_report> push(std::vector<git::ref_command> commands, chunk_source* pack,
                              std::optional<byte_count> length) override;

 private:
  git::ref_verdict judge(const git::ref_command& command);

  step_counter& steps_;
  journal& log_;
};

/// Both sides of a run.
struct fake_world {
  step_counter steps;
  journal log;
  fake_git_source source_git{steps, log};
  fake_git_target target_git{steps, log};
  fake_blob_source source_blobs{steps, log};
  fake_blob_target target_blobs{steps, log};

  fake_world() = default;
  fake_world(const fake_world&) = delete;
  fake_world& operator=(const fake_world&) = delete;
};

}  // namespace hfpipe::testing
