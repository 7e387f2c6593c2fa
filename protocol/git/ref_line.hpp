#pragma once

#include <string_view>

#include "protocol/git/ref_listing.hpp"

namespace hfpipe::git {

/// Takes one listed ref into `into`: its format, refs or extra_haves. A name outside refs/ (HEAD) and a peeled `^{}`
/// entry are skipped. Fails with errc::bad_advertisement: an id of another format or none, a name below refs/ that
/// breaks check-ref-format or has the zero id.
outcome<void> take_ref(ref_listing& into, std::string_view hex, std::string_view name);

/// Takes what HEAD points to. A symbolic target that is no ref name is as good as none.
void take_default_branch(ref_listing& into, std::string_view target);

/// Sorts the refs. Fails with errc::bad_advertisement when one stands there twice.
outcome<ref_listing> sorted_listing(ref_listing listing);

/// The longest list of refs that is read: some 600 000 refs of usual names, which is three times the largest mirrors.
inline constexpr byte_count ref_list_limit{64U << 20};

}  // namespace hfpipe::git
