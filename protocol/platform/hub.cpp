#include "protocol/platform/hub.hpp"

namespace hfpipe::platform::hub {

namespace json = boost::json;

api_call find_repository(const repository_place& place) {
  return get("/" + place.category + "/" + encoded_segment(place.owner) + "/" + encoded_segment(place.name));
}

outcome<repository_facts> read_repository(std::string_view body) {
  const auto read = read_object(body);
  if (!read) return read.error();
  // `gated` is false, "auto" or "manual".
  const json::value* const gated = read->if_contains("gated");
  const bool asks = gated && !gated->is_null() && !(gated->is_bool() && !gated->get_bool());
  const json::value* const hidden = read->if_contains("private");
  const bool open = hidden && hidden->is_bool() && !hidden->get_bool() && !asks;
  repository_facts facts;
  facts.open = open ? openness::public_ : openness::private_;
  facts.default_branch = default_branch;
  return facts;
}

api_call create_repository(const repository_place& place, openness open) {
  json::object body{{"name", place.name}, {"organization", place.owner}, {"visibility", to_text(open)}};
  if (place.category == "datasets") body["type"] = "dataset";
  if (place.category == "spaces") {
    body["type"] = "space";
    body["sdk"] = "static";  // one must be named; the copied README names the real one
  }
  return with_json("POST", "/repos/create", body);
}

}  // namespace hfpipe::platform::hub
