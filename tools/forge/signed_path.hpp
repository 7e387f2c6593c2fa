#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/secret.hpp"

namespace hfpipe::forge {

/// `path?expires=UNIX&signature=HMAC`: whoever holds it may read that path until then, and no other.
std::string sign_path(std::string_view path, std::int64_t expires, const secret& key);

enum class signature_verdict { good, expired, forged };

/// `query` as it came after the '?'. Anything that is missing, unreadable or altered is `forged`.
signature_verdict check_signed_path(std::string_view path, std::string_view query, std::int64_t now, const secret& key);

/// 32 random bytes: signed URLs of one run mean nothing to the next.
secret new_signing_key();

/// The value of `name` in a query, not decoded; empty when absent.
std::string_view query_value(std::string_view query, std::string_view name);

}  // namespace hfpipe::forge
