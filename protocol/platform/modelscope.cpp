#include "protocol/platform/modelscope.hpp"

#include <optional>
#include <utility>

namespace hfpipe::platform::modelscope {

namespace json = boost::json;

namespace {

constexpr std::int64_t private_ = 1;
constexpr std::int64_t public_ = 5;  // 3 is visible to those who are logged in
constexpr std::int64_t success = 200;
constexpr std::int64_t not_there = 404;
/// "user not logged in".
constexpr std::int64_t no_login = 10030000001;

std::int64_t number_in(const json::object& of, std::string_view member) {
  const json::value* const found = of.if_contains(member);
  return found && found->is_int64() ? found->get_int64() : -1;
}

failure refusal(std::int64_t code, const json::object& envelope) {
  const errc kind = code == no_login ? errc::unauthorized : errc::unexpected_status;
  return failure(kind).detail("server said: " + clean_server_text(text_in(envelope, "Message")) + " (Code " +
                              std::to_string(code) + ")");
}

/// One field of a form; the boundary cannot stand in a name that a repository may have.
constexpr std::string_view boundary = "hfpipe-8f4d1c0b7e";

std::string form_field(std::string_view name, std::string_view value) {
  return "--" + std::string(boundary) + "\r\nContent-Disposition: form-data; name=\"" + std::string(name) +
         "\"\r\n\r\n" + std::string(value) + "\r\n";
}

api_call create_dataset(const repository_place& place, std::int64_t visibility) {
  std::string body = form_field("Owner", place.owner) + form_field("Name", place.name) +
                     form_field("Visibility", std::to_string(visibility)) + form_field("License", "") +
                     form_field("ChineseName", "") + form_field("Description", "");
  body += "--" + std::string(boundary) + "--\r\n";
  return {"POST", "/datasets", "multipart/form-data; boundary=" + std::string(boundary), secret(std::move(body))};
}

}  // namespace

api_call find_repository(const repository_place& place) {
  return get("/" + place.category + "/" + encoded_segment(place.owner) + "/" + encoded_segment(place.name));
}

outcome<std::optional<repository_facts>> read_repository(std::string_view body) {
  const auto envelope = read_object(body);
  if (!envelope) return envelope.error();
  const std::int64_t code = number_in(*envelope, "Code");
  if (code == not_there) return std::optional<repository_facts>();
  if (code != success) return refusal(code, *envelope);
  const json::value* const data = envelope->if_contains("Data");
  if (!data || !data->is_object()) return failure(errc::remote_error).detail("an envelope without Data");
  repository_facts facts;
  const bool open = number_in(data->get_object(), "Visibility") == public_;
  facts.open = open ? openness::public_ : openness::private_;
  facts.default_branch = default_branch;
  return std::optional<repository_facts>(facts);
}

outcome<api_call> create_repository(const repository_place& place, openness open) {
  const std::int64_t visibility = open == openness::public_ ? public_ : modelscope::private_;
  if (place.category == "datasets") return create_dataset(place, visibility);
  if (place.category != "models") {
    return failure(errc::forbidden).detail("ModelScope's API creates models and data sets only");
  }
  return with_json(
      "POST", "/models",
      {{"Path", place.owner}, {"Name", place.name}, {"ChineseName", ""}, {"Visibility", visibility}, {"License", ""}});
}

outcome<void> read_created(std::string_view body) {
  const auto envelope = read_object(body);
  if (!envelope) return envelope.error();
  const std::int64_t code = number_in(*envelope, "Code");
  if (code != success) return refusal(code, *envelope);
  return {};
}

}  // namespace hfpipe::platform::modelscope
