#include "engine/link_age.hpp"

namespace hfpipe {

bool is_expired(const lfs::action& link, const moment& received, const moment& now) {
  using std::chrono::seconds;
  // Rounded to whole seconds, never the server's number to finer ones: it may be as large as its type.
  const seconds age = std::chrono::ceil<seconds>(now.steady - received.steady);
  if (link.expires_in) return *link.expires_in < age + expiry_margin;
  if (link.expires_at) return *link.expires_at < received.wall + age + expiry_margin;
  return age > undated_life;
}

bool is_refused_link(const failure& why) {
  const int status = why.http_status().value_or(0);
  const bool used_up = status == 507 || status == 509;
  return !used_up && (why.code() == errc::unauthorized || why.code() == errc::forbidden);
}

}  // namespace hfpipe
