#include "tools/forge/api_request.hpp"

// Gitea's API v1, as far as a copy and a pull mirror ask it.

namespace hfpipe::forge {

namespace json = boost::json;

namespace {

reply no_such_target() {
  return api_reply(404, {{"message", "The target couldn't be found."}});
}

json::object repository_json(const api_request& asked, const std::string& name) {
  hosted_repositories& hosted = asked.site.hosted;
  const auto mirror = hosted.mirror_of(name);
  // A failed update is noted as any other; a first one that failed leaves a shell that never updates.
  const pull_status pulls = hosted.status(name);
  return {{"id", hosted.number_of(name)},
          {"full_name", name},
          {"private", !hosted.is_public(name)},
          {"default_branch", hosted.default_branch(name)},
          {"mirror", mirror.has_value()},
          {"original_url", mirror ? mirror->url : std::string()},
          {"mirror_updated", pulls.succeeded.empty() ? "0001-01-01T00:00:00Z" : pulls.ended}};
}

reply create(const api_request& asked, const std::string& owner) {
  const std::string name = owner + "/" + asked.text("name");
  if (!asked.site.hosted.create(name, !asked.flag("private"))) {
    return api_reply(409, {{"message", "The repository with the same name already exists."}});
  }
  return api_reply(201, repository_json(asked, name));
}

/// Done when it answers; what failed leaves its shell behind.
reply migrate(const api_request& asked) {
  const std::string name = asked.text("repo_owner") + "/" + asked.text("repo_name");
  if (asked.site.options.mirror_api == "none") return api_reply(403, {{"message", "the site admin disabled mirrors"}});
  if (!asked.site.hosted.create(name, !asked.flag("private"))) {
    return api_reply(409, {{"message", "The repository with the same name already exists."}});
  }
  if (asked.flag("mirror")) {
    asked.site.hosted.set_mirror(
        name, {asked.text("clone_addr"), asked.text("auth_username"), secret(asked.text("auth_password"))});
  }
  const std::string wrong = asked.site.hosted.pull_now(name);
  if (wrong.empty()) return api_reply(201, repository_json(asked, name));
  return api_reply(422, {{"message", "Authentication failed: " + wrong}});
}

reply synchronise(const api_request& asked, const std::string& name) {
  if (asked.site.hosted.status(name).succeeded.empty())
    return api_reply(400, {{"message", "Repository is not a mirror"}});
  asked.site.hosted.pull_later(name);
  return {200, {}, ""};
}

}  // namespace

reply answer_gitea(const api_request& asked) {
  if (asked.is("GET", 1) && asked.path[0] == "version") return api_reply(200, {{"version", "1.24.6"}});
  if (!asked.may) return api_reply(401, {{"message", "token is required"}});
  if (asked.is("GET", 1) && asked.path[0] == "user") {
    return api_reply(200, {{"login", asked.site.access.user()}});
  }
  if (asked.is("POST", 2) && asked.path[0] == "user") return create(asked, asked.site.access.user());
  if (asked.is("POST", 3) && asked.path[0] == "orgs") {
    return asked.site.hosted.has_owner(asked.path[1]) ? create(asked, asked.path[1]) : no_such_target();
  }
  if (asked.is("POST", 2) && asked.path[1] == "migrate") return migrate(asked);
  if (asked.path[0] != "repos" || asked.path.size() < 3) return no_such_target();
  const std::string name = asked.path[1] + "/" + asked.path[2];
  if (!asked.site.hosted.has(name)) return no_such_target();
  if (asked.is("POST", 4) && asked.path[3] == "mirror-sync") return synchronise(asked, name);
  if (asked.is("PATCH", 3) && !asked.site.hosted.set_default_branch(name, asked.text("default_branch"))) {
    return api_reply(422, {{"message", "branch does not exist"}});
  }
  return asked.path.size() == 3 ? api_reply(200, repository_json(asked, name)) : no_such_target();
}

}  // namespace hfpipe::forge
