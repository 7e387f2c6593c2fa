#include "tools/forge/api_request.hpp"

// Where the hub and ModelScope tell of repositories and make them.

namespace hfpipe::forge {

namespace json = boost::json;

namespace {

/// The hub keeps models beside the categories of all others.
std::string name_of(const std::string& category, const std::string& owner, const std::string& name) {
  return (category == "models" ? "" : category + "/") + owner + "/" + name;
}

reply hidden() {
  reply said = api_reply(401, {{"error", "Invalid username or password."}});
  said.headers.emplace("X-Error-Code", "RepoNotFound");
  said.headers.emplace("X-Error-Message", "Repository not found");
  return said;
}

reply create_on_hub(const api_request& asked) {
  if (!asked.may) return api_reply(401, {{"error", "Invalid credentials in Authorization header"}});
  const std::string type = asked.text("type");
  const std::string category = type.empty() ? "models" : type + "s";
  const std::string name = name_of(category, asked.text("organization"), asked.text("name"));
  if (!asked.site.hosted.create(name, asked.text("visibility") == "public")) {
    return api_reply(409, {{"error", "You already created this model repo"}});
  }
  return api_reply(200, {{"url", "https://hub.example/" + name}});
}

reply enveloped(int status, std::int64_t code, std::string_view message, json::value data = nullptr) {
  return api_reply(status, {{"Code", code}, {"Success", code == 200}, {"Message", message}, {"Data", std::move(data)}});
}

constexpr std::int64_t private_ = 1;
constexpr std::int64_t public_ = 5;

}  // namespace

reply answer_hub(const api_request& asked) {
  if (asked.is("POST", 2) && asked.path[0] == "repos" && asked.path[1] == "create") return create_on_hub(asked);
  if (!asked.is("GET", 3)) return api_reply(404, {{"error", "Sorry, we can't find the page you are looking for."}});
  const std::string name = name_of(asked.path[0], asked.path[1], asked.path[2]);
  const bool there = asked.site.hosted.has(name);
  const bool open = there && asked.site.hosted.is_public(name);
  if (!open && !asked.may) return hidden();
  if (!there) {
    reply said = api_reply(404, {{"error", "Repository not found"}});
    said.headers.emplace("X-Error-Code", "RepoNotFound");
    return said;
  }
  return api_reply(200, {{"id", name}, {"private", !open}, {"gated", false}, {"disabled", false}});
}

reply answer_modelscope(const api_request& asked) {
  if (!asked.may) return enveloped(400, 10030000001, "user not logged in");
  hosted_repositories& hosted = asked.site.hosted;
  if (asked.is("POST", 1) && asked.path[0] == "models") {
    const json::value* const seen = asked.body.if_contains("Visibility");
    const bool open = seen && seen->is_int64() && seen->get_int64() == public_;
    const std::string name = asked.text("Path") + "/" + asked.text("Name");
    if (hosted.create(name, open)) return enveloped(200, 200, "success", json::object());
    return enveloped(400, 10020101001, "the repository exists");
  }
  if (!asked.is("GET", 3)) return enveloped(404, 404, "not found");
  const std::string name = name_of(asked.path[0], asked.path[1], asked.path[2]);
  if (!hosted.has(name)) return enveloped(404, 404, "not found");
  return enveloped(200, 200, "success", json::object{{"Visibility", hosted.is_public(name) ? public_ : private_}});
}

}  // namespace hfpipe::forge
