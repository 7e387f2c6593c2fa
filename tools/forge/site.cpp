#include "tools/forge/site.hpp"

#include "tools/forge/signed_path.hpp"

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
  const auto verdict = site.access.check(credentials, what);
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
