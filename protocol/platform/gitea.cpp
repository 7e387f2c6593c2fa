#include "protocol/platform/gitea.hpp"

#include "protocol/http/reply.hpp"

namespace hfpipe::platform::gitea {

namespace json = boost::json;

namespace {

std::string repository(const repository_place& place) {
  return "/repos/" + encoded_segment(place.owner) + "/" + encoded_segment(place.name);
}

}  // namespace

api_call find_repository(const repository_place& place) {
  return get(repository(place));
}

outcome<repository_facts> read_repository(std::string_view body) {
  const auto read = read_object(body);
  if (!read) return read.error();
  const json::value* const hidden = read->if_contains("private");
  if (!hidden || !hidden->is_bool()) return failure(errc::remote_error).detail("the repository's rights are not told");
  repository_facts facts;
  facts.open = hidden->get_bool() ? openness::private_ : openness::public_;
  facts.default_branch = text_in(*read, "default_branch");
  facts.pulls = flag_in(*read, "mirror");
  // Gitea keeps the shell of a migration that failed, and writes a year-1 time for "never".
  facts.pulled = !facts.pulls || !text_in(*read, "mirror_updated").starts_with("0001-");
  facts.pulls_from = clean_server_text(text_in(*read, "original_url"));
  return facts;
}

api_call whose_token() {
  return get("/user");
}

outcome<std::string> read_user(std::string_view body) {
  const auto read = read_object(body);
  if (!read) return read.error();
  std::string login = text_in(*read, "login");
  if (login.empty()) return failure(errc::remote_error).detail("the user has no name");
  return login;
}

api_call create_repository(const repository_place& place, std::string_view token_user, openness open) {
  const bool own = http::is_same_name(place.owner, token_user);
  const std::string path = own ? "/user/repos" : "/orgs/" + encoded_segment(place.owner) + "/repos";
  return with_json("POST", path, {{"name", place.name}, {"private", open == openness::private_}, {"auto_init", false}});
}

api_call set_default_branch(const repository_place& place, std::string_view branch) {
  return with_json("PATCH", repository(place), {{"default_branch", branch}});
}

api_call migrate(const repository_place& place, const mirror_source& from) {
  json::object body{{"clone_addr", from.url.shown()},
                    {"repo_owner", place.owner},
                    {"repo_name", place.name},
                    {"service", "git"},
                    {"mirror", true},
                    {"lfs", true},
                    {"private", true}};
  if (!from.token.empty()) {
    body["auth_username"] = from.user;
    body["auth_password"] = from.token.reveal();
  }
  return with_json("POST", "/repos/migrate", body);
}

api_call start_update(const repository_place& place) {
  return {"POST", repository(place) + "/mirror-sync", {}, {}};
}

outcome<mirror_state> read_mirror(std::string_view body) {
  const auto read = read_object(body);
  if (!read) return read.error();
  mirror_state state;
  // Gitea writes a year-1 time for "never"; it differs from any later one, which is all that is asked of it.
  state.ended = text_in(*read, "mirror_updated");
  state.now = mirror_state::activity::finished;
  return state;
}

}  // namespace hfpipe::platform::gitea
