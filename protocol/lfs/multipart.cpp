#include "protocol/lfs/multipart.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <utility>

#include "protocol/lfs/action_json.hpp"

// Every number here is the server's, and each is compared with the object's own size before anything is done with it.

namespace hfpipe::lfs {

namespace {

namespace json = boost::json;

constexpr std::string_view chunk_size_name = "chunk_size";

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

outcome<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return refuse_reply("a number of a plan is none");
  return value;
}

// ---- the hub
// ---------------------------------------------------------------------------------------------------------

/// The number of parts, which the sizes decide and the reply's own count must match.
outcome<std::size_t> count_parts(std::uint64_t chunk, byte_count object) {
  if (chunk == 0 || object == byte_count()) return refuse_reply("an upload in parts of no bytes");
  const std::uint64_t count = (object.value() - 1) / chunk + 1;
  if (count > part_limit) return refuse_reply("an object of more parts than any store takes");
  return static_cast<std::size_t>(count);
}

outcome<multipart_plan> read_hub_plan(const action& upload, std::string_view chunk_text, const lfs_object& object,
                                      const http::url& base) {
  const auto chunk = read_number(chunk_text);
  if (!chunk) return chunk.error();
  const auto count = count_parts(*chunk, object.size);
  if (!count) return count.error();

  std::vector<std::optional<http::url>> places(*count);
  action completion{upload.href, {}, upload.expires_in, upload.expires_at};
  for (const http::header_field& field : upload.header) {
    if (field.name == chunk_size_name) continue;
    if (!is_number(field.name)) {
      completion.header.push_back(field);
      continue;
    }
    const auto number = read_number(field.name);
    if (!number) return number.error();
    if (*number == 0 || *number > *count) return refuse_reply("a part that the object does not have");
    auto where = read_href(field.value.reveal(), base);
    if (!where) return where.error();
    auto& place = places[static_cast<std::size_t>(*number) - 1];
    if (place) return refuse_reply("a part twice");
    place = std::move(*where);
  }

  multipart_plan plan;
  std::uint64_t left = object.size.value();
  for (auto& place : places) {
    if (!place) return refuse_reply("a part is missing");
    const std::uint64_t size = std::min(*chunk, left);
    left -= size;
    plan.parts.push_back({{std::move(*place), {}, upload.expires_in, upload.expires_at}, "PUT", byte_count(size)});
  }
  plan.commit = plan_call{std::move(completion), "POST", {}};
  return plan;
}

// ---- giftless
// --------------------------------------------------------------------------------------------------------

outcome<std::string> read_method(const json::object& members, std::string_view usual) {
  const json::value* const given = member(members, "method");
  const std::string_view method = given ? text_of(*given) : usual;
  if (method != "PUT" && method != "POST" && method != "DELETE") return refuse_reply("a method that stores nothing");
  return std::string(method);
}

outcome<std::optional<plan_call>> read_call(const json::object& actions, std::string_view name, const http::url& base) {
  const json::value* const given = member(actions, name);
  if (!given) return std::optional<plan_call>();
  auto where = read_action(*given, base);
  if (!where) return where.error();
  auto method = read_method(given->get_object(), "POST");
  if (!method) return method.error();
  const json::value* const body = member(given->get_object(), "body");
  return std::optional(plan_call{std::move(*where), std::move(*method), std::string(body ? text_of(*body) : "")});
}

struct placed_part {
  byte_count from;
  bool wants_digest;
  upload_part part;
};

outcome<placed_part> read_part(const json::value& from, byte_count whole, const http::url& base) {
  auto where = read_action(from, base);
  if (!where) return where.error();
  const json::object& members = from.get_object();
  auto method = read_method(members, "PUT");
  if (!method) return method.error();
  byte_count begin;
  if (const json::value* pos = member(members, "pos")) {
    const auto read = read_size(*pos);
    if (!read) return read.error();
    begin = *read;
  }
  if (begin >= whole) return refuse_reply("a part behind the object's end");
  byte_count size = whole - begin;
  if (const json::value* given = member(members, "size")) {
    const auto read = read_size(*given);
    if (!read) return read.error();
    if (*read == byte_count() || *read > size) return refuse_reply("a part of no bytes or beyond the object's end");
    size = *read;
  }
  const json::value* const digest = member(members, "want_digest");
  return placed_part{begin, digest && !text_of(*digest).empty(), {std::move(*where), std::move(*method), size}};
}

/// Puts the parts in order, or says what stands in the way.
outcome<void> arrange(std::vector<placed_part> placed, byte_count whole, multipart_plan& plan) {
  std::ranges::sort(placed, {}, [](const placed_part& each) { return each.from; });
  byte_count next;
  for (const placed_part& each : placed) {
    if (each.from < next) return refuse_reply("parts that overlap");
    // What an earlier try stored there, nobody has proven.
    if (each.from > next) plan.obstacle = "it does not take the whole object";
    if (each.wants_digest) plan.obstacle = "it wants the digest of a part before its bytes";
    next = each.from + each.part.size;
  }
  if (next != whole) plan.obstacle = "it does not take the whole object";
  if (!plan.obstacle.empty()) return {};
  for (placed_part& each : placed) plan.parts.push_back(std::move(each.part));
  return {};
}

outcome<multipart_plan> read_giftless_plan(const json::object& actions, const lfs_object& object,
                                           const http::url& base) {
  multipart_plan plan;
  plan.form = multipart_form::giftless;
  for (const auto& [name, place] : {std::pair<std::string_view, std::optional<plan_call>*>("init", &plan.init),
                                    {"commit", &plan.commit},
                                    {"abort", &plan.abort}}) {
    auto read = read_call(actions, name, base);
    if (!read) return read.error();
    *place = std::move(*read);
  }
  std::vector<placed_part> placed;
  if (const json::value* const list = member(actions, "parts")) {
    if (!list->is_array()) return refuse_reply("an entry's parts are not a list");
    if (list->get_array().size() > part_limit) return refuse_reply("an object of more parts than any store takes");
    for (const json::value& each : list->get_array()) {
      auto part = read_part(each, object.size, base);
      if (!part) return part.error();
      placed.push_back(std::move(*part));
    }
  }
  const outcome<void> arranged = arrange(std::move(placed), object.size, plan);
  if (!arranged) return arranged.error();
  return plan;
}

const secret* chunk_size_in(const std::optional<action>& upload) {
  if (!upload) return nullptr;
  for (const http::header_field& field : upload->header) {
    if (field.name == chunk_size_name) return &field.value;
  }
  return nullptr;
}

}  // namespace

outcome<std::optional<multipart_plan>> read_multipart(const json::object& actions, const std::optional<action>& upload,
                                                      const lfs_object& object, const http::url& base) {
  outcome<multipart_plan> plan = multipart_plan();
  if (const secret* const chunk = chunk_size_in(upload)) {
    plan = read_hub_plan(*upload, chunk->reveal(), object, base);
  } else if (!upload && (member(actions, "parts") || member(actions, "init") || member(actions, "commit"))) {
    plan = read_giftless_plan(actions, object, base);
  } else {
    return std::optional<multipart_plan>();
  }
  if (!plan) return plan.error();
  return std::optional(std::move(*plan));
}

std::string make_completion(const lfs_object& object, std::span<const std::string> etags) {
  json::array parts;
  for (std::size_t n = 0; n < etags.size(); ++n) parts.push_back({{"partNumber", n + 1}, {"etag", etags[n]}});
  const json::object body{{"oid", object.oid.hex()}, {"parts", std::move(parts)}};
  return json::serialize(body);
}

}  // namespace hfpipe::lfs
