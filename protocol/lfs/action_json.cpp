#include "protocol/lfs/action_json.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <limits>
#include <utility>

#include "protocol/lfs/rfc3339.hpp"

namespace hfpipe::lfs {

namespace json = boost::json;

namespace {

bool is_token(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

/// A line end in a value would let the reply write headers, or requests, of its own into ours.
bool is_field_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

outcome<std::vector<http::header_field>> read_header(const json::value& from) {
  if (!from.is_object()) return refuse_reply("an action's header is not an object");
  std::vector<http::header_field> fields;
  for (const auto& [name, value] : from.get_object()) {
    if (!value.is_string() || !is_token(name) || !is_field_value(text_of(value))) {
      return refuse_reply("an action's header holds what cannot stand in a header");
    }
    fields.push_back({std::string(name), secret(std::string(text_of(value)))});
  }
  return fields;
}

/// Absent where it says nothing usable: zero and negative are what some servers write for "does not expire".
std::optional<std::chrono::seconds> read_lifetime(const json::value* from) {
  if (!from) return {};
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();  // the schema's own bound
  const std::int64_t given = from->is_int64() ? from->get_int64() : 0;
  if (given <= 0) return {};
  return std::chrono::seconds(std::min(given, most));
}

}  // namespace

failure refuse_reply(std::string rule) {
  return failure(errc::bad_batch_reply).detail(std::move(rule));
}

const json::value* member(const json::object& of, std::string_view name) {
  const json::value* const found = of.if_contains(name);
  return found && !found->is_null() ? found : nullptr;
}

std::string_view text_of(const json::value& value) {
  return value.is_string() ? std::string_view(value.get_string()) : std::string_view();
}

outcome<byte_count> read_size(const json::value& value) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value.is_int64() && value.get_int64() >= 0) return byte_count(static_cast<std::uint64_t>(value.get_int64()));
  if (value.is_uint64() && value.get_uint64() <= most) return byte_count(value.get_uint64());
  return refuse_reply("a size is negative, fractional or beyond 64 bits");
}

outcome<http::url> read_href(std::string_view href, const http::url& base) {
  auto where = base.resolve(href);
  if (!where) return refuse_reply("an action's href cannot be used: " + where.error().detail());
  // Also on loopback: who speaks https to us has no reason to send objects, and credentials, in the clear.
  if (base.origin().scheme == http::scheme::https && where->origin().scheme == http::scheme::http) {
    return failure(errc::insecure_refused).detail("an https API sends objects to " + where->origin().text());
  }
  return std::move(*where);
}

outcome<action> read_action(const json::value& from, const http::url& base) {
  if (!from.is_object()) return refuse_reply("an action is not an object");
  const json::object& members = from.get_object();
  const json::value* const href = member(members, "href");
  auto where = read_href(href ? text_of(*href) : std::string_view(), base);
  if (!where) return where.error();
  action made{std::move(*where), {}, read_lifetime(member(members, "expires_in")), {}};
  if (const json::value* header = member(members, "header")) {
    auto fields = read_header(*header);
    if (!fields) return fields.error();
    made.header = std::move(*fields);
  }
  if (const json::value* at = member(members, "expires_at")) made.expires_at = parse_rfc3339(text_of(*at));
  return made;
}

}  // namespace hfpipe::lfs
