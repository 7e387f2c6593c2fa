#include <charconv>

#include "protocol/http/url.hpp"
#include "tools/forge/api_request.hpp"

// GitLab's API v4, as far as a copy and a pull mirror ask it.

namespace hfpipe::forge {

namespace json = boost::json;

namespace {

reply no_such_project() {
  return api_reply(404, {{"error", "404 Not Found"}});
}

json::object project_json(const api_request& asked, const std::string& name) {
  hosted_repositories& hosted = asked.site.hosted;
  json::object shown{{"id", hosted.number_of(name)},
                     {"path_with_namespace", name},
                     {"visibility", hosted.is_public(name) ? "public" : "private"},
                     {"default_branch", hosted.default_branch(name)}};
  if (asked.site.options.mirror_api != "none") shown["mirror"] = hosted.mirror_of(name).has_value();
  return shown;
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object mirror_json(const api_request& asked, const std::string& name) {
  const pull_status now = asked.site.hosted.status(name);
  return {{"id", asked.site.hosted.number_of(name)},
          {"enabled", true},
          {"update_status", now.state},
          {"last_error", text_or_null(now.error)},
          {"last_update_started_at", text_or_null(now.started)},
          {"last_update_at", text_or_null(now.ended)},
          {"last_successful_update_at", text_or_null(now.succeeded)},
          {"url", "https://*****:*****@…"}};
}

reply create(const api_request& asked) {
  const json::value* const number = asked.body.if_contains("namespace_id");
  const auto owner = number && number->is_int64() ? asked.site.hosted.name_of(number->get_int64()) : std::nullopt;
  if (!owner) return api_reply(400, {{"message", {{"namespace", json::array{"is not valid"}}}}});
  const std::string name = *owner + "/" + asked.text("path");
  if (!asked.site.hosted.create(name, asked.text("visibility") == "public")) {
    return api_reply(400, {{"message", {{"path", json::array{"has already been taken"}}}}});
  }
  return api_reply(201, project_json(asked, name));
}

/// `https://user:token@host/…`, as the older form has it.
pull_from parse_import(const std::string& text) {
  const auto read = http::url::parse_with_user(text);
  if (!read) return {};
  return {read->url.shown(), read->user.value_or(""), read->password.value_or(secret())};
}

reply change(const api_request& asked, const std::string& name) {
  const std::string branch = asked.text("default_branch");
  if (!branch.empty() && !asked.site.hosted.set_default_branch(name, branch)) {
    return api_reply(
        400, {{"message", {{"base", json::array{"Could not change HEAD: branch '" + branch + "' does not exist"}}}}});
  }
  if (asked.flag("mirror") && asked.site.options.mirror_api != "none") {
    asked.site.hosted.set_mirror(name, parse_import(asked.text("import_url")));
  }
  return api_reply(200, project_json(asked, name));
}

reply answer_mirror(const api_request& asked, const std::string& name) {
  hosted_repositories& hosted = asked.site.hosted;
  const std::string& offered = asked.site.options.mirror_api;
  if (offered == "none") return no_such_project();
  if (asked.method == "PUT") {
    if (offered == "old") return no_such_project();
    hosted.set_mirror(name, {asked.text("url"), asked.text("auth_user"), secret(asked.text("auth_password"))});
    return api_reply(200, mirror_json(asked, name));
  }
  if (!hosted.mirror_of(name)) return api_reply(400, {{"message", "The project is not mirrored"}});
  if (asked.method == "GET") return api_reply(200, mirror_json(asked, name));
  if (asked.method != "POST") return no_such_project();
  hosted.pull_later(name);
  return api_reply(202, {{"message", "202 Accepted"}});
}

std::optional<std::string> project_named(const api_request& asked, const std::string& id) {
  std::int64_t number = 0;
  const auto read = std::from_chars(id.data(), id.data() + id.size(), number);
  if (read.ec == std::errc() && read.ptr == id.data() + id.size()) return asked.site.hosted.name_of(number);
  return asked.site.hosted.has(id) ? std::optional(id) : std::nullopt;
}

}  // namespace

reply answer_gitlab(const api_request& asked) {
  if (!asked.may) return api_reply(401, {{"message", "401 Unauthorized"}});
  if (asked.is("GET", 1) && asked.path[0] == "version") {
    return api_reply(200, {{"version", "17.11.0"}, {"revision", "forge"}});
  }
  if (asked.is("GET", 2) && asked.path[0] == "namespaces") {
    if (!asked.site.hosted.has_owner(asked.path[1])) return api_reply(404, {{"message", "404 Namespace Not Found"}});
    return api_reply(200, {{"id", asked.site.hosted.number_of(asked.path[1])}, {"full_path", asked.path[1]}});
  }
  if (asked.path[0] != "projects") return no_such_project();
  if (asked.is("POST", 1)) return create(asked);
  if (asked.path.size() < 2) return no_such_project();
  const auto name = project_named(asked, asked.path[1]);
  if (!name) return api_reply(404, {{"message", "404 Project Not Found"}});
  if (asked.is("GET", 2)) return api_reply(200, project_json(asked, *name));
  if (asked.is("PUT", 2)) return change(asked, *name);
  if (asked.path.size() == 4 && asked.path[2] == "mirror" && asked.path[3] == "pull")
    return answer_mirror(asked, *name);
  return no_such_project();
}

}  // namespace hfpipe::forge
