#pragma once

#include <memory>
#include <optional>

#include "transports/endpoint.hpp"
#include "transports/git/smart_host.hpp"

namespace hfpipe::git {

struct upload_pack_options {
  duration first_byte = std::chrono::minutes(5);  ///< a server may count the objects before it answers
  side whose = side::source;                      ///< who is blamed
};

/// The source of refs and packs: git-upload-pack over smart HTTP, protocol v2 or what the server has.
/// Failures carry options.whose. The client must outlive it and its packs.
class upload_pack final : public git_source {
 public:
  upload_pack(net::http_client& client, repository_location where, std::optional<http::credential> credential,
              upload_pack_options options = {});

  task<source_listing> list() override;
  /// The stream owns 64 KiB and one connection.
  task<std::unique_ptr<byte_source>> fetch(fetch_request request) override;
  /// One request; its connection is given up where the server begins a pack unasked.
  task<std::optional<std::vector<git_oid>>> common(std::vector<git_oid> wants, std::vector<git_oid> haves) override;

 private:
  task<source_listing> do_list();
  task<std::unique_ptr<byte_source>> do_fetch(fetch_request request);
  task<std::optional<std::vector<git_oid>>> do_common(std::vector<git_oid> wants, std::vector<git_oid> haves);

  smart_host host_;
  upload_pack_options options_;
  std::optional<advertisement> server_;  ///< what list() learned; without the refs
};

}  // namespace hfpipe::git
