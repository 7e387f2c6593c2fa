#include "protocol/lfs/batch.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <utility>

#include "protocol/lfs/rfc3339.hpp"

// A reply, read from the outside in: the envelope, its objects, their actions, their headers. The first thing that
// cannot be right fails the whole reply: a server that sends one broken entry is not trusted with the others.

namespace hfpipe::lfs {

namespace {

namespace json = boost::json;

/// The standard form is six levels deep; recursion is not the server's to choose.
constexpr std::size_t nesting_limit = 16;

failure refuse(std::string rule) {
  return failure(errc::bad_batch_reply).detail(std::move(rule));
}

/// A member that is there and not null: Go servers write null for what they leave out.
const json::value* member(const json::object& of, std::string_view name) {
  const json::value* const found = of.if_contains(name);
  return found && !found->is_null() ? found : nullptr;
}

std::string_view text_of(const json::value& value) {
  return value.is_string() ? std::string_view(value.get_string()) : std::string_view();
}

outcome<byte_count> size_of(const json::value& value) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value.is_int64() && value.get_int64() >= 0) return byte_count(static_cast<std::uint64_t>(value.get_int64()));
  if (value.is_uint64() && value.get_uint64() <= most) return byte_count(value.get_uint64());
  return refuse("a size is negative, fractional or beyond 64 bits");
}

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
  if (!from.is_object()) return refuse("an action's header is not an object");
  std::vector<http::header_field> fields;
  for (const auto& [name, value] : from.get_object()) {
    if (!value.is_string() || !is_token(name) || !is_field_value(text_of(value))) {
      return refuse("an action's header holds what cannot stand in a header");
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

outcome<action> read_action(const json::value& from, const http::url& base) {
  if (!from.is_object()) return refuse("an action is not an object");
  const json::object& members = from.get_object();
  const json::value* const href = member(members, "href");
  auto where = base.resolve(href ? text_of(*href) : std::string_view());
  if (!where) return refuse("an action's href cannot be used: " + where.error().detail());
  // Also on loopback: who speaks https to us has no reason to send objects, and credentials, in the clear.
  if (base.origin().scheme == http::scheme::https && where->origin().scheme == http::scheme::http) {
    return failure(errc::insecure_refused).detail("an https API sends objects to " + where->origin().text());
  }
  action made{std::move(*where), {}, read_lifetime(member(members, "expires_in")), {}};
  if (const json::value* header = member(members, "header")) {
    auto fields = read_header(*header);
    if (!fields) return fields.error();
    made.header = std::move(*fields);
  }
  if (const json::value* at = member(members, "expires_at")) made.expires_at = parse_rfc3339(text_of(*at));
  return made;
}

outcome<object_error> read_error(const json::value& from) {
  if (!from.is_object()) return refuse("an object's error is not an object");
  object_error made;
  if (const json::value* code = member(from.get_object(), "code"); code && code->is_int64()) {
    made.code = static_cast<int>(std::clamp<std::int64_t>(code->get_int64(), 0, 999));
  }
  if (const json::value* message = member(from.get_object(), "message")) {
    made.message = clean_server_text(text_of(*message));
  }
  return made;
}

outcome<lfs_object> read_object(const json::object& from) {
  const json::value* const oid_text = member(from, "oid");
  const auto oid = lfs_oid::from_hex(oid_text ? text_of(*oid_text) : std::string_view());
  if (!oid) return refuse("an entry has no valid oid");
  const json::value* const size_value = member(from, "size");
  if (!size_value && member(from, "error")) return lfs_object{*oid, byte_count()};  // some name only the oid then
  if (!size_value) return refuse("an entry has no size");
  const auto size = size_of(*size_value);
  if (!size) return size.error();
  return lfs_object{*oid, *size};
}

outcome<batch_entry> read_entry(const json::value& from, const http::url& base) {
  if (!from.is_object()) return refuse("an entry is not an object");
  const json::object& members = from.get_object();
  const auto object = read_object(members);
  if (!object) return object.error();
  batch_entry entry{*object, {}, {}, {}, {}};
  if (const json::value* error = member(members, "error")) {
    auto read = read_error(*error);
    if (!read) return read.error();
    entry.error = std::move(*read);
  }
  const json::value* const actions = member(members, "actions");
  if (!actions) return entry;
  if (!actions->is_object()) return refuse("an entry's actions are not an object");
  for (const auto& [name, place] : {std::pair<std::string_view, std::optional<action>*>("download", &entry.download),
                                    {"upload", &entry.upload},
                                    {"verify", &entry.verify}}) {
    const json::value* const offered = member(actions->get_object(), name);
    if (!offered) continue;
    auto read = read_action(*offered, base);
    if (!read) return read.error();
    *place = std::move(*read);
  }
  return entry;
}

/// The object that holds `objects`: the root, or ModelScope's `Data` in it.
const json::object& unwrapped(const json::object& root) {
  const json::value* const data = member(root, "Data");
  return data && data->is_object() && !member(root, "objects") ? data->get_object() : root;
}

json::object named(const lfs_object& object) {
  json::object members;
  members["oid"] = object.oid.hex();
  members["size"] = object.size.value();
  return members;
}

}  // namespace

std::string make_batch_request(operation what, std::span<const lfs_object> objects, const ref_name* ref) {
  json::object request;
  request["operation"] = what == operation::download ? "download" : "upload";
  request["transfers"] = json::array{"basic"};
  if (ref) request["ref"] = json::object{{"name", ref->text()}};
  json::array& list = request["objects"].emplace_array();
  for (const lfs_object& object : objects) list.push_back(named(object));
  request["hash_algo"] = "sha256";
  return json::serialize(request);
}

outcome<batch_reply> parse_batch_reply(std::string_view text, const http::url& base) {
  json::parse_options limits;
  limits.max_depth = nesting_limit;
  boost::system::error_code broken;
  const json::value root = json::parse(text, broken, {}, limits);
  if (broken) return refuse("it is not JSON: " + broken.message());
  if (!root.is_object()) return refuse("it is not a JSON object");

  const json::object& reply = unwrapped(root.get_object());
  if (const json::value* transfer = member(reply, "transfer"); transfer && text_of(*transfer) != "basic") {
    return refuse("it chose a transfer other than basic");
  }
  const json::value* const objects = member(reply, "objects");
  if (!objects || !objects->is_array()) return refuse("it has no list of objects");
  if (objects->get_array().size() > batch_entry_limit) return refuse("it has many more objects than were asked for");

  batch_reply read{{}, &reply != &root.get_object()};
  for (const json::value& object : objects->get_array()) {
    auto entry = read_entry(object, base);
    if (!entry) return entry.error();
    read.entries.push_back(std::move(*entry));
  }
  return read;
}

std::string make_verify_request(const lfs_object& object) {
  return json::serialize(named(object));
}

std::optional<std::string> refusal_in(std::string_view body) {
  json::parse_options limits;
  limits.max_depth = nesting_limit;
  boost::system::error_code broken;
  const json::value root = json::parse(body, broken, {}, limits);
  if (broken || !root.is_object()) return {};
  const json::value* const success = member(root.get_object(), "Success");
  if (!success || !success->is_bool() || success->get_bool()) return {};
  const json::value* const message = member(root.get_object(), "Message");
  return clean_server_text(message ? text_of(*message) : std::string_view());
}

}  // namespace hfpipe::lfs
