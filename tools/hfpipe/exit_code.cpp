#include "tools/hfpipe/exit_code.hpp"

#include <algorithm>
#include <array>
#include <csignal>

#include "engine/ref_push.hpp"

namespace hfpipe::cli {

namespace {

/// From the least grave: what goes away by itself, what is partly done, what a person must change, what is wrong.
constexpr std::array by_gravity{
    exit_code::done,
    exit_code::temporary,
    exit_code::other,
    exit_code::partial,
    exit_code::target_unavailable,
    exit_code::source_unavailable,
    exit_code::refused,
    exit_code::corrupt,
};

exit_code of_side(side who) {
  switch (who) {
    case side::source:
      return exit_code::source_unavailable;
    case side::target:
      return exit_code::target_unavailable;
    case side::unknown:
      break;
  }
  return exit_code::other;
}

exit_code of_objects(const lfs_totals& lfs, const exit_context& context) {
  // Nothing at all arrived and everything that failed may work later: the way is down, not the objects.
  auto gravest = lfs.sent == 0 ? exit_code::temporary : exit_code::partial;
  for (const auto& trouble : lfs.failed) {
    const bool passing = trouble.why.cause() == cause::transient;
    gravest = graver(gravest, passing ? exit_code::temporary : exit_code::partial);
    const auto own = exit_code_of(trouble.why, context);
    // One object that is not there is not a repository that is not there.
    if (own == exit_code::refused || own == exit_code::corrupt) gravest = graver(gravest, own);
  }
  return lfs.failed.empty() ? exit_code::partial : gravest;
}

exit_code of_refs(const std::vector<ref_row>& rows) {
  const auto is_right = [](const ref_row& row) { return row.status == ref_status::ok; };
  if (std::any_of(rows.begin(), rows.end(), is_right)) return exit_code::partial;
  const bool is_targets = std::any_of(rows.begin(), rows.end(), is_refused_by_target);
  return is_targets || rows.empty() ? exit_code::target_unavailable : exit_code::partial;
}

}  // namespace

exit_code graver(exit_code a, exit_code b) {
  const auto place = [](exit_code code) { return std::find(by_gravity.begin(), by_gravity.end(), code); };
  return place(a) < place(b) ? b : a;
}

exit_code exit_code_of(const failure& why, const exit_context& context) {
  switch (why.code()) {
    case errc::not_found:
      // The hub says 401 and "not found" in one to the anonymous; to a token that it knows it says 404.
      if (why.blamed() == side::source && why.http_status() == 401 && context.source_token_sent) {
        return exit_code::refused;
      }
      return of_side(why.blamed());
    case errc::not_a_git_host:
      return of_side(why.blamed());
    case errc::unauthorized:
      if (why.blamed() == side::source && !context.source_token_sent) return exit_code::source_unavailable;
      return exit_code::refused;
    case errc::push_refused:
      return exit_code::target_unavailable;
    case errc::forbidden:
    case errc::payload_too_large:
    case errc::insecure_refused:
    case errc::lfs_unavailable:
      return exit_code::refused;
    case errc::proxy_refused:
      // A proxy that wants credentials or forbids the host stays so; one that cannot reach it may reach it later.
      return why.http_status() == 403 || why.http_status() == 407 ? exit_code::refused : exit_code::temporary;
    case errc::certificate_rejected:
      return exit_code::temporary;
    case errc::digest_mismatch:
    case errc::size_mismatch:
    case errc::pack_corrupt:
      return exit_code::corrupt;
    case errc::object_missing:
    case errc::object_refused:
    case errc::blobs_incomplete:
      return exit_code::partial;
    case errc::cancelled:
      return context.signal == SIGTERM ? exit_code::terminated : exit_code::interrupted;
    default:
      break;
  }
  switch (why.cause()) {
    case cause::transient:
      return exit_code::temporary;
    case cause::usage:
      return exit_code::usage;
    default:
      return exit_code::other;
  }
}

exit_code exit_code_of(const transfer_result& result, const exit_context& context) {
  if (!result.error) return exit_code::done;
  switch (result.error->code()) {
    case errc::blobs_incomplete:
      return of_objects(result.lfs, context);
    case errc::push_refused:
      return of_refs(result.refs);
    default:
      return exit_code_of(*result.error, context);
  }
}

exit_code exit_code_of(const mirror_result& result, const exit_context& context) {
  return result.error ? exit_code_of(*result.error, context) : exit_code::done;
}

exit_code exit_code_of(const verification_result& result, const exit_context& context) {
  if (result.error) return exit_code_of(*result.error, context);
  return is_true_copy(result) ? exit_code::done : exit_code::different;
}

}  // namespace hfpipe::cli
