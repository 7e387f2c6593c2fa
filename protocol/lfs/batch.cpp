#include "protocol/lfs/batch.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <utility>

#include "protocol/lfs/action_json.hpp"

// A reply, read from the outside in: the envelope, its objects, their actions, their headers. The first thing that
// cannot be right fails the whole reply: a server that sends one broken entry is not trusted with the others.

namespace hfpipe::lfs {

namespace {

namespace json = boost::json;

/// The standard form is six levels deep; recursion is not the server's to choose.
constexpr std::size_t nesting_limit = 16;

outcome<object_error> read_error(const json::value& from) {
  if (!from.is_object()) return refuse_reply("an object's error is not an object");
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
  if (!oid) return refuse_reply("an entry has no valid oid");
  const json::value* const size_value = member(from, "size");
  if (!size_value && member(from, "error")) return lfs_object{*oid, byte_count()};  // some name only the oid then
  if (!size_value) return refuse_reply("an entry has no size");
  const auto size = read_size(*size_value);
  if (!size) return size.error();
  return lfs_object{*oid, *size};
}

outcome<batch_entry> read_entry(const json::value& from, const http::url& base, upload_offer offer) {
  if (!from.is_object()) return refuse_reply("an entry is not an object");
  const json::object& members = from.get_object();
  const auto object = read_object(members);
  if (!object) return object.error();
  batch_entry entry{*object, {}, {}, {}, {}, {}};
  if (const json::value* error = member(members, "error")) {
    auto read = read_error(*error);
    if (!read) return read.error();
    entry.error = std::move(*read);
  }
  const json::value* const actions = member(members, "actions");
  if (!actions) return entry;
  if (!actions->is_object()) return refuse_reply("an entry's actions are not an object");
  for (const auto& [name, place] : {std::pair<std::string_view, std::optional<action>*>("download", &entry.download),
                                    {"upload", &entry.upload},
                                    {"verify", &entry.verify}}) {
    const json::value* const offered = member(actions->get_object(), name);
    if (!offered) continue;
    auto read = read_action(*offered, base);
    if (!read) return read.error();
    *place = std::move(*read);
  }
  if (offer == upload_offer::in_parts) {
    auto plan = read_multipart(actions->get_object(), entry.upload, entry.object, base);
    if (!plan) return plan.error();
    entry.parts = std::move(*plan);
    if (entry.parts) entry.upload.reset();
  }
  return entry;
}

bool was_offered(std::string_view transfer, upload_offer offer) {
  if (transfer == "basic") return true;
  return offer == upload_offer::in_parts && (transfer == "multipart" || transfer == "multipart-basic");
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

std::string make_batch_request(operation what, std::span<const lfs_object> objects, const ref_name* ref,
                               upload_offer offer) {
  json::object request;
  request["operation"] = what == operation::download ? "download" : "upload";
  // What we like best comes first: giftless takes the first that it knows.
  request["transfers"] =
      offer == upload_offer::in_parts ? json::array{"multipart", "multipart-basic", "basic"} : json::array{"basic"};
  if (ref) request["ref"] = json::object{{"name", ref->text()}};
  json::array& list = request["objects"].emplace_array();
  for (const lfs_object& object : objects) list.push_back(named(object));
  request["hash_algo"] = "sha256";
  return json::serialize(request);
}

outcome<batch_reply> parse_batch_reply(std::string_view text, const http::url& base, upload_offer offer) {
  json::parse_options limits;
  limits.max_depth = nesting_limit;
  boost::system::error_code broken;
  const json::value root = json::parse(text, broken, {}, limits);
  if (broken) return refuse_reply("it is not JSON: " + broken.message());
  if (!root.is_object()) return refuse_reply("it is not a JSON object");

  const json::object& reply = unwrapped(root.get_object());
  if (const json::value* transfer = member(reply, "transfer"); transfer && !was_offered(text_of(*transfer), offer)) {
    return refuse_reply("it chose a transfer that was not offered");
  }
  const json::value* const objects = member(reply, "objects");
  if (!objects || !objects->is_array()) return refuse_reply("it has no list of objects");
  if (objects->get_array().size() > batch_entry_limit)
    return refuse_reply("it has many more objects than were asked for");

  batch_reply read{{}, &reply != &root.get_object()};
  for (const json::value& object : objects->get_array()) {
    auto entry = read_entry(object, base, offer);
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

errc code_at_target(int status) {
  if (status == no_answer) return errc::bad_batch_reply;
  if (status == 429) return errc::rate_limited;
  // 507: the quota is used up; asking again changes nothing
  return status >= 500 && status != 507 ? errc::server_failed : errc::object_refused;
}

}  // namespace hfpipe::lfs
