#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "protocol/lfs/batch.hpp"
#include "transports/net/http_client.hpp"
#include "transports/repository_location.hpp"

namespace hfpipe::lfs {

struct batch_options {
  std::size_t at_once = batch_size;          ///< objects in one call, at least 1
  std::optional<hfpipe::ref_name> ref = {};  ///< what the objects are for, where the host's rules depend on it
};

/// Calls a repository's LFS batch API, where the repository's address is at that moment.
class batch_client {
 public:
  /// `client` must outlive this.
  batch_client(net::http_client& client, repository_location repository, std::optional<http::credential> own,
               batch_options options = {});

  /// Asks about `wanted`, in as many calls as it takes: one entry for each, in the order asked. One that the
  /// reply leaves out becomes an error no_answer, but in an upload reply of ModelScope's form it is present. One that
  /// names another size than asked becomes an error 422. A host that finds a call
  /// too large (413) is asked for half as many from then on.
  /// An upload action of ModelScope's form gets our credential as a Bearer and a cookie where it leads to our host or
  /// below it.
  /// Fails with errc::lfs_unavailable (404, 501), bad_batch_reply, and what net::failure_of makes of other statuses.
  task<std::vector<batch_entry>> ask(operation what, std::span<const lfs_object> wanted);

  /// Asks how to upload `object`, offering parts as well. A reply above `limit` is not read to its end.
  /// Fails as ask(), and with errc::limit_exceeded.
  task<batch_entry> ask_for_parts(const lfs_object& object, byte_count limit);

 private:
  struct question;
  task<std::optional<batch_reply>> ask_once(const question& asked);
  net::request make_request(const http::url& address) const;

  net::http_client& client_;
  repository_location repository_;
  std::optional<http::credential> own_;
  batch_options options_;
};

}  // namespace hfpipe::lfs
