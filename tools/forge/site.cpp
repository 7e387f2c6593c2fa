#include "tools/forge/site.hpp"

#include <chrono>

#include "tools/forge/lfs_token.hpp"

namespace hfpipe::forge {

site::site(site_options chosen)
    : options(std::move(chosen)),
      manners(make_personality(options.personality)),
      access(options.user, options.token, options.anonymous_read),
      signing_key(new_signing_key()),
      blobs(options.discard_blobs ? blob_store::writes::discard : blob_store::writes::keep),
      log(options.log),
      faults(options.storm.rate > 0 ? fault_board(fault_storm(options.storm)) : fault_board()),
      hosted(options.root, options.anonymous_read, children) {
  if (!manners) throw failed(failure(errc::bad_option).detail("no such personality: " + options.personality));
}

bool visit::refused(access_rules::need what) const {
  const auto credentials = exchange.header("Authorization");
  auto verdict = site.access.check(credentials, what);
  if (verdict == access_rules::verdict::wrong_credentials && to.service == service::lfs_object) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    const bool is_ours = check_lfs_token(*credentials, seconds, site.signing_key) == signature_verdict::good;
    if (is_ours) verdict = access_rules::verdict::granted;
  }
  if (verdict != access_rules::verdict::granted) {
    exchange.send(site.manners->refuse(verdict));
    return true;
  }
  if (!std::filesystem::is_directory(site.repository_folder(to))) {
    exchange.send(site.manners->no_such_repository(credentials.has_value()));
    return true;
  }
  return false;
}

}  // namespace hfpipe::forge
