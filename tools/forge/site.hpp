#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "protocol/secret.hpp"
#include "tools/forge/access.hpp"
#include "tools/forge/blob_store.hpp"
#include "tools/forge/faults.hpp"
#include "tools/forge/git_process.hpp"
#include "tools/forge/hosted.hpp"
#include "tools/forge/personality.hpp"
#include "tools/forge/request_log.hpp"
#include "tools/forge/route.hpp"

namespace hfpipe::forge {

struct site_options {
  std::filesystem::path root;
  std::string personality = "plain";
  std::string user = "forge";
  std::optional<secret> token;
  bool anonymous_read = false;
  int git_protocol = 2;
  bool filter = true;
  bool discard_blobs = false;
  std::int64_t url_lifetime = 3600;
  std::int64_t lfs_token_lifetime = 7200;  ///< of the credentials in actions, where the personality makes some
  byte_count part_size{8U << 20};  ///< larger objects are taken in parts of this size, where the personality does that
  std::string api;                 ///< whose API the host has: gitlab, gitea, huggingface, modelscope; empty: none
  std::string mirror_api = "new";  ///< what that offers of pull mirrors: new, old (GitLab before 17.6), none
  std::optional<std::filesystem::path> log;
  storm_options storm;  ///< with a rate: faults at random
};

/// All that the connections share. Its parts guard themselves.
struct site {
  /// Throws `failed` for a personality that does not exist or a log that cannot be written.
  explicit site(site_options chosen);

  const site_options options;
  const std::unique_ptr<const personality> manners;
  const access_rules access;
  const secret signing_key;
  blob_store blobs;
  request_log log;
  fault_board faults;
  running_git children;
  hosted_repositories hosted;
  bool secure = false;
  std::uint16_t cdn_port = 0;

  std::filesystem::path repository_folder(const route& to) const { return options.root / (to.repository + ".git"); }
};

/// One request in its place: what the functions that answer it need.
struct visit {
  forge::site& site;
  forge::exchange& exchange;
  const forge::route& to;

  fault_subject subject() const { return subject_of(to.oid); }
  fault_subject subject_of(std::string_view oid) const {
    return {.method = exchange.method(), .target = exchange.target(), .oid = oid, .repository = to.repository};
  }
  std::optional<fault_rule> take(std::string_view fault) const { return site.faults.take(fault, subject()); }
  /// Answers a request that may not go on (no such repository, no access) and says that it did.
  bool refused(access_rules::need what) const;
};

}  // namespace hfpipe::forge
