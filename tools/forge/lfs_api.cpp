#include "tools/forge/lfs_api.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <vector>

namespace hfpipe::forge {

namespace json = boost::json;

namespace {

// 100 objects are near 12 KiB; the hub's own client sends 256.
constexpr std::size_t batch_request_limit = 4 * 1024 * 1024;

std::optional<json::value> read_json(exchange& from) {
  const auto text = from.read_whole_body(batch_request_limit);
  if (!text) return std::nullopt;
  boost::system::error_code error;
  json::value parsed = json::parse(*text, error);
  if (error) return std::nullopt;
  return parsed;
}

const json::value* member(const json::value& of, std::string_view name) {
  const json::object* object = of.if_object();
  return object ? object->if_contains(name) : nullptr;
}

std::string text_of(const json::value& of, std::string_view name) {
  const json::value* found = member(of, name);
  const json::string* text = found ? found->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

std::optional<lfs_object> object_of(const json::value& from) {
  const auto oid = lfs_oid::from_hex(text_of(from, "oid"));
  const json::value* size = member(from, "size");
  boost::system::error_code not_a_size;
  const auto bytes = size && size->is_number() ? size->to_number<std::uint64_t>(not_a_size) : 0;
  if (!oid || !size || !size->is_number() || not_a_size) return std::nullopt;
  return lfs_object{*oid, byte_count(bytes)};
}

struct asked_objects {
  bool uploads = false;
  std::vector<std::string> transfers;
  std::vector<lfs_object> objects;
};

std::optional<asked_objects> read_batch(exchange& from) {
  const auto parsed = read_json(from);
  const json::value* list = parsed ? member(*parsed, "objects") : nullptr;
  if (!list || !list->is_array()) return std::nullopt;
  asked_objects asked;
  const std::string operation = text_of(*parsed, "operation");
  if (operation != "upload" && operation != "download") return std::nullopt;
  asked.uploads = operation == "upload";
  if (const json::value* offered = member(*parsed, "transfers"); offered && offered->is_array()) {
    for (const json::value& each : offered->get_array()) {
      if (each.is_string()) asked.transfers.emplace_back(each.get_string());
    }
  }
  for (const json::value& entry : list->get_array()) {
    const auto object = object_of(entry);
    if (!object) return std::nullopt;
    asked.objects.push_back(*object);
  }
  return asked;
}

std::string without_port(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  if (colon == std::string_view::npos || host.ends_with(']')) return std::string(host);
  return std::string(host.substr(0, colon));
}

action_place place_of(const visit& request) {
  const std::string_view host = request.exchange.header("Host").value_or("127.0.0.1");
  const std::string scheme = request.site.secure ? "https://" : "http://";
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {.repository_url = scheme + std::string(host) + "/" + request.to.repository + ".git",
          .cdn_origin = scheme + without_port(host) + ":" + std::to_string(request.site.cdn_port),
          .repository = request.to.repository,
          .authorization = request.exchange.header("Authorization").value_or(""),
          .signing_key = request.site.signing_key,
          .now = std::chrono::duration_cast<std::chrono::seconds>(now).count(),
          .url_lifetime = request.site.options.url_lifetime,
          .token_lifetime = request.site.options.lfs_token_lifetime,
          .part_size = request.site.options.part_size};
}

// The transfer of an upload reply that has objects too large for one request, if the client knows it.
bool in_parts(const visit& request, const asked_objects& asked) {
  const std::string_view ours = request.site.manners->parts_transfer();
  const bool known = std::ranges::find(asked.transfers, ours) != asked.transfers.end();
  return asked.uploads && known && std::ranges::any_of(asked.objects, [&](const lfs_object& object) {
           return object.size > request.site.options.part_size;
         });
}

// A link that says nothing of its end cannot be over.
json::object downloads_of(const visit& request, const action_place& place, const lfs_object& object,
                          const fault_subject& subject) {
  action_place of_old = place;
  of_old.now -= place.url_lifetime + 60;
  json::object good = request.site.manners->download_actions(place, object);
  json::object over = request.site.manners->download_actions(of_old, object);
  return good != over && request.site.faults.take("link_expired", subject) ? over : good;
}

// The same entry for an object that nobody asked about.
json::object invented(json::object entry) {
  std::string oid = json::value_to<std::string>(entry.at("oid"));
  std::reverse(oid.begin(), oid.end());
  entry["oid"] = oid;
  return entry;
}

json::object answer_for(const visit& request, const action_place& place, const lfs_object& object, bool uploads,
                        bool present, bool parts) {
  json::object answer{{"oid", object.oid.hex()}, {"size", object.size.value()}};
  const std::string oid = object.oid.hex();
  const fault_subject subject = request.subject_of(oid);
  if (const auto fault = request.site.faults.take("batch_object_error", subject)) {
    const std::string message = fault->message.empty() ? "a fault of the forge's" : fault->message;
    answer["error"] = json::object{{"code", fault->status.value_or(404)}, {"message", message}};
  } else if (uploads && !present) {
    answer["authenticated"] = true;
    answer["actions"] = parts ? request.site.manners->parts_actions(place, object)
                              : request.site.manners->upload_actions(place, object);
  } else if (!uploads && present) {
    answer["authenticated"] = true;
    answer["actions"] = downloads_of(request, place, object, subject);
  } else if (!uploads) {
    answer["error"] = json::object{{"code", 404}, {"message", "Object does not exist"}};
  }
  return answer;
}

reply batch_reply(const visit& request, const asked_objects& asked, std::size_t& missing) {
  if (const auto fault = request.take("batch_status")) return status_reply(*fault, 503);
  if (request.take("batch_empty_200")) return lfs_reply(200, "");
  if (const auto fault = request.take("batch_huge_json")) {
    return lfs_reply(200, "{\"objects\":[\"" + std::string(fault->at.value_or(100U << 20U), 'x') + "\"]}");
  }
  if (request.take("batch_garbage_json")) return lfs_reply(200, R"({"transfer":"basic","objects":[{"oid":)");
  const action_place place = place_of(request);
  const personality& manners = *request.site.manners;
  const bool parts = in_parts(request, asked);
  json::array objects;
  for (const lfs_object& object : asked.objects) {
    const bool present = request.site.blobs.find(request.site.repository_folder(request.to), object.oid) == object.size;
    if (!present) ++missing;
    const std::string oid = object.oid.hex();
    const fault_subject subject = request.subject_of(oid);
    if (request.site.faults.take("batch_omit_object", subject)) continue;
    if (asked.uploads && present && !manners.names_what_is_present()) continue;
    const json::object entry = answer_for(request, place, object, asked.uploads, present, parts);
    objects.push_back(entry);
    if (request.site.faults.take("batch_repeat_object", subject)) objects.push_back(entry);
    if (request.site.faults.take("batch_invent_object", subject)) objects.push_back(invented(entry));
  }
  json::object body = manners.batch_body(std::move(objects));
  if (parts) {
    body["transfer"] = manners.parts_transfer();
  } else if (body.contains("hash_algo")) {  // who names neither says what every server means
    body["transfer"] = "basic";
  }
  return lfs_reply(200, json::serialize(body));
}

}  // namespace

void serve_batch(const visit& request) {
  exchange& with = request.exchange;
  if (!request.site.manners->takes_batch_type(with.header("Content-Type").value_or(""),
                                              with.header("Accept").value_or(""))) {
    return with.send(lfs_error(415, "Unsupported media type"));
  }
  const auto asked = read_batch(with);
  const bool uploads = asked && asked->uploads;
  std::size_t missing = 0;
  reply answer = lfs_error(422, "not a batch request");
  if (asked) {
    if (request.refused(uploads ? access_rules::need::write : access_rules::need::read)) {
      answer.status = with.status();
    } else {
      answer = batch_reply(request, *asked, missing);
    }
  }
  request.site.log.add({{"event", "batch"},
                        {"repo", request.to.repository},
                        {"operation", uploads ? "upload" : "download"},
                        {"objects", asked ? asked->objects.size() : 0},
                        {"missing", missing},
                        {"parts", asked && in_parts(request, *asked)},
                        {"status", answer.status}});
  if (!with.has_begun()) with.send(answer);
}

void serve_verify(const visit& request) {
  exchange& with = request.exchange;
  if (!request.site.manners->takes_batch_type(with.header("Content-Type").value_or(""),
                                              with.header("Accept").value_or(""))) {
    return with.send(lfs_error(415, "Unsupported media type"));
  }
  if (request.refused(access_rules::need::write)) return;
  const auto parsed = read_json(with);
  const auto object = parsed ? object_of(*parsed) : std::nullopt;
  reply answer = lfs_error(422, "not a verify request");
  if (object) {
    const std::string oid = object->oid.hex();
    const fault_subject subject = request.subject_of(oid);
    const auto stored = request.site.blobs.find(request.site.repository_folder(request.to), object->oid);
    if (const auto fault = request.site.faults.take("verify_status", subject)) {
      answer = status_reply(*fault, 404);
    } else if (!stored) {
      answer = lfs_error(404, "Object does not exist");
    } else {
      answer = *stored == object->size ? lfs_reply(200, "{}") : lfs_error(422, "Object has another size");
    }
  }
  request.site.log.add({{"event", "verify"},
                        {"repo", request.to.repository},
                        {"oid", object ? object->oid.hex() : std::string()},
                        {"status", answer.status}});
  with.send(answer);
}

}  // namespace hfpipe::forge
