#include "protocol/platform/gitlab.hpp"

namespace hfpipe::platform::gitlab {

namespace json = boost::json;

namespace {

std::string project(const repository_place& place) {
  return "/projects/" + encoded_segment(place.path());
}

std::string with_login(const mirror_source& from) {
  const std::string shown = from.url.shown();
  if (from.token.empty()) return shown;
  const std::size_t host = shown.find("://") + 3;
  return shown.substr(0, host) + encoded_segment(from.user) + ":" + encoded_segment(from.token.reveal()) + "@" +
         shown.substr(host);
}

mirror_state::activity read_activity(std::string_view text) {
  using enum mirror_state::activity;
  if (text == "scheduled") return scheduled;
  if (text == "started") return running;
  if (text == "finished") return finished;
  if (text == "failed" || text == "canceled") return failed;
  return idle;
}

}  // namespace

api_call find_project(const repository_place& place) {
  return get(project(place));
}

outcome<repository_facts> read_project(std::string_view body) {
  const auto read = read_object(body);
  if (!read) return read.error();
  repository_facts facts;
  facts.open = text_in(*read, "visibility") == "public" ? openness::public_ : openness::private_;
  facts.default_branch = text_in(*read, "default_branch");
  facts.pulls = flag_in(*read, "mirror");
  return facts;
}

api_call find_namespace(const repository_place& place) {
  return get("/namespaces/" + encoded_segment(place.owner));
}

outcome<std::int64_t> read_namespace(std::string_view body) {
  const auto read = read_object(body);
  if (!read) return read.error();
  const json::value* const id = read->if_contains("id");
  if (!id || !id->is_int64() || id->get_int64() <= 0) {
    return failure(errc::remote_error).detail("the namespace has no number");
  }
  return id->get_int64();
}

api_call create_project(const repository_place& place, std::int64_t namespace_id, openness open) {
  return with_json("POST", "/projects",
                   {{"name", place.name},
                    {"path", place.name},
                    {"namespace_id", namespace_id},
                    {"visibility", to_text(open)},
                    {"lfs_enabled", true},
                    {"initialize_with_readme", false}});
}

api_call set_default_branch(const repository_place& place, std::string_view branch) {
  return with_json("PUT", project(place), {{"default_branch", branch}});
}

api_call configure_mirror(const repository_place& place, const mirror_source& from) {
  json::object body{{"enabled", true},
                    {"url", from.url.shown()},
                    {"mirror_overwrites_diverged_branches", true},
                    {"only_mirror_protected_branches", false}};
  if (!from.token.empty()) {
    body["auth_user"] = from.user;
    body["auth_password"] = from.token.reveal();
  }
  return with_json("PUT", project(place) + "/mirror/pull", body);
}

api_call configure_mirror_by_project(const repository_place& place, const mirror_source& from) {
  return with_json("PUT", project(place),
                   {{"mirror", true},
                    {"import_url", with_login(from)},
                    {"mirror_overwrites_diverged_branches", true},
                    {"only_mirror_protected_branches", false}});
}

outcome<bool> read_is_mirror(std::string_view body) {
  const auto read = read_object(body);
  if (!read) return read.error();
  return flag_in(*read, "mirror");
}

api_call start_update(const repository_place& place) {
  return {"POST", project(place) + "/mirror/pull", {}, {}};
}

api_call mirror_details(const repository_place& place) {
  return get(project(place) + "/mirror/pull");
}

outcome<mirror_state> read_mirror(std::string_view body) {
  const auto read = read_object(body);
  if (!read) return read.error();
  const std::string status = text_in(*read, "update_status");
  if (status.empty()) return failure(errc::remote_error).detail("the mirror has no update_status");
  return mirror_state{read_activity(status), text_in(*read, "last_update_started_at"), text_in(*read, "last_update_at"),
                      clean_server_text(text_in(*read, "last_error"))};
}

}  // namespace hfpipe::platform::gitlab
