#include "tools/hfpipe/copy_options.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "tools/hfpipe/flag_values.hpp"
#include "tools/hfpipe/shared_options.hpp"

namespace hfpipe::cli {

namespace {

lfs_mode read_lfs(const command_line& line, const environment& env) {
  const bool pointers_only = read_switch(line, "pointer-only");
  if (const auto* given = line.find("lfs")) {
    auto mode = lfs_mode::new_objects;
    read(line, "lfs", std::array<std::string_view, 3>{"new", "all", "none"}, mode);
    if (pointers_only && mode != lfs_mode::none) refuse(*given, "contradicts --pointer-only");
    return mode;
  }
  const auto skip = cli::value_of(env, "GIT_LFS_SKIP_SMUDGE");
  const bool git_lfs_skips = skip == "1" || skip == "true" || skip == "yes" || skip == "on";
  return pointers_only || git_lfs_skips ? lfs_mode::none : lfs_mode::new_objects;
}

/// A mirror is all refs and nothing else; with --refs, all and nothing else of what those map to.
ref_policy read_refs(const command_line& line) {
  constexpr std::string_view every_ref = "+refs/*:refs/*";
  ref_policy policy;
  if (const auto* refs = line.find("refs")) {
    for (const auto& text : refs->values) policy.refspecs.push_back(git::refspec::parse(text).value());
  }
  policy.no_force = read_switch(line, "no-force");
  policy.prune = read_switch(line, "mirror");
  const auto excludes = [](const git::refspec& spec) { return spec.is_negative(); };
  const bool names_none = std::all_of(policy.refspecs.begin(), policy.refspecs.end(), excludes);
  if (policy.prune && names_none) policy.refspecs.push_back(git::refspec::parse(every_ref).value());
  return policy;
}

transfer_options read_transfer(const command_line& line, const environment& env) {
  transfer_options transfer;
  transfer.refs = read_refs(line);
  transfer.lfs = read_lfs(line, env);
  transfer.atomic = read_switch(line, "atomic");
  transfer.strict = read_switch(line, "strict");
  transfer.strict_lfs = read_switch(line, "strict-lfs");
  transfer.allow_unscanned = read_switch(line, "allow-unscanned");
  if (transfer.strict_lfs && transfer.lfs == lfs_mode::none) {
    refuse(*line.find("strict-lfs"), "contradicts --lfs none, which looks for no object");
  }
  transfer.mode = read_switch(line, "dry-run") ? run_mode::dry_run : run_mode::copy;
  read(line, "transfers", 1, most_transfers, transfer.transfers);
  read(line, "streams", 1, most_streams, transfer.streams);
  read_size(line, "max-buffer-memory", least_buffer_memory, transfer.buffer_memory);
  read(line, "retries", 0, most_retries, transfer.retries.retries);
  read(line, "retry-delay", transfer.retries.first_wait);
  return transfer;
}

std::optional<visibility> read_creation(const command_line& line) {
  const auto* given = line.find("visibility");
  if (!read_switch(line, "create")) {
    if (given != nullptr && given->given_as.starts_with("--")) refuse(*given, "has no effect without --create");
    return std::nullopt;
  }
  auto seen = visibility::match;
  read(line, "visibility", std::array<std::string_view, 3>{"match", "private", "public"}, seen);
  return seen;
}

/// The API of a copy's target, where the copy asks something of it.
api_choice read_api_of_copy(const command_line& line, const environment& env, const copy_request& request) {
  if (!request.creation && !request.set_default_branch) {
    for (const char* flag : {"platform", "api-base", "project-path"}) {
      const auto* given = line.find(flag);
      if (given != nullptr && given->given_as.starts_with("--")) {
        refuse(*given, "has no effect without --create or --set-default-branch");
      }
    }
    return {};
  }
  auto choice = read_api(line, env, request.network);
  constexpr std::array<std::string_view, 6> known{"auto", "gitlab", "gitea", "forgejo", "huggingface", "modelscope"};
  read(line, "platform", known, choice.platform);
  return choice;
}

/// One revision and nothing else.
void choose_revision(const command_line& line, const std::string& revision, ref_policy& refs) {
  for (const char* flag : {"refs", "mirror"}) {
    const auto* given = line.find(flag);
    if (given != nullptr) refuse(*given, "contradicts the revision that the source is given with");
  }
  refs.revision = revision;
}

}  // namespace

copy_request read_copy(const command_line& line, const environment& env, const file_reader& read_file) {
  auto ends = read_ends(line, env, read_file);
  const std::string revision = ends.source.revision;
  copy_request request{.source = std::move(ends.source.url),
                       .target = std::move(ends.target.url),
                       .source_credential = std::move(ends.found.source),
                       .target_credential = std::move(ends.found.target),
                       .transfer = read_transfer(line, env),
                       .creation = read_creation(line),
                       .set_default_branch = read_switch(line, "set-default-branch"),
                       .source_login = std::move(ends.found.source_login),
                       .target_login = std::move(ends.found.target_login),
                       .api = {},
                       .hub = ends.hub,
                       .network = std::move(ends.network),
                       .rates = read_rates(line),
                       .threads = read_threads(line),
                       .talk = read_talk(line, env),
                       .notes = std::move(ends.notes)};
  if (!revision.empty()) {
    choose_revision(line, revision, request.transfer.refs);
    request.notes.push_back("only " + revision + " is meant; without it, all branches and tags are");
  }
  const bool git_lfs_decides = line.find("lfs") == nullptr && line.find("pointer-only") == nullptr;
  if (request.transfer.lfs == lfs_mode::none && git_lfs_decides && line.command == command::copy) {
    request.notes.emplace_back("GIT_LFS_SKIP_SMUDGE is set, so that only pointers are copied; --lfs new overrides it");
  }
  read(line, "finalize-timeout", request.finalize_timeout);
  read_output(line, request.format);
  request.api = read_api_of_copy(line, env, request);
  return request;
}

}  // namespace hfpipe::cli
