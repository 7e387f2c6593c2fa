#include "tools/forge/personality.hpp"

#include "tools/forge/signed_path.hpp"

namespace hfpipe::forge {

namespace json = boost::json;

namespace {

constexpr std::string_view lfs_type = "application/vnd.git-lfs+json";

json::object header_of(const action_place& place) {
  json::object header;
  if (!place.authorization.empty()) header["Authorization"] = place.authorization;
  return header;
}

reply text_reply(int status, header_map headers, std::string body) {
  headers.emplace("Content-Type", "text/plain; charset=utf-8");
  return {status, std::move(headers), std::move(body)};
}

// A Git LFS server by the book: everything on its own port, the caller's credentials echoed.
class plain_host : public personality {
 public:
  reply refuse(access_rules::verdict) const override {
    return text_reply(401, {{"WWW-Authenticate", "Basic realm=\"forge\""}}, "Authentication required\n");
  }
  reply no_such_repository(bool) const override { return text_reply(404, {}, "Repository not found\n"); }
  bool takes_batch_type(std::string_view) const override { return true; }

  json::object download_actions(const action_place& place, const lfs_object& object) const override {
    return {{"download", {{"href", object_url(place, object)}, {"header", header_of(place)}}}};
  }
  json::object upload_actions(const action_place& place, const lfs_object& object) const override {
    return {{"upload", {{"href", object_url(place, object)}, {"header", header_of(place)}}},
            {"verify", {{"href", place.repository_url + "/info/lfs/verify"}, {"header", header_of(place)}}}};
  }
  std::optional<byte_count> unranged_limit() const override { return std::nullopt; }

 protected:
  static std::string object_url(const action_place& place, const lfs_object& object) {
    return place.repository_url + "/info/lfs/objects/" + object.oid.hex();
  }
};

// What facts about the hub say: ambiguous 401s, signed CDN URLs, no GET of a very large object without Range.
class hugging_face final : public plain_host {
 public:
  reply refuse(access_rules::verdict) const override { return hidden(); }
  reply no_such_repository(bool with_credentials) const override {
    if (!with_credentials) return hidden();
    return text_reply(404, {{"X-Error-Code", "RepoNotFound"}, {"X-Error-Message", "Repository not found"}},
                      "Repository not found");
  }
  bool takes_batch_type(std::string_view content_type) const override {
    return content_type.substr(0, content_type.find(';')) == lfs_type;
  }
  json::object download_actions(const action_place& place, const lfs_object& object) const override {
    const std::string path = "/blob/" + place.repository + "/" + object.oid.hex();
    const std::string target = sign_path(path, place.now + place.url_lifetime, place.signing_key);
    return {{"download",
             {{"href", place.cdn_origin + target}, {"header", json::object()}, {"expires_in", place.url_lifetime}}}};
  }
  std::optional<byte_count> unranged_limit() const override { return byte_count(50'000'000'000); }

 private:
  static reply hidden() {
    return text_reply(401,
                      {{"WWW-Authenticate", "Basic realm=\"Authentication required\", charset=\"UTF-8\""},
                       {"X-Error-Code", "RepoNotFound"},
                       {"X-Error-Message", "Invalid username or password."}},
                      "Invalid username or password.");
  }
};

}  // namespace

std::unique_ptr<personality> make_personality(std::string_view name) {
  if (name == "plain") return std::make_unique<plain_host>();
  if (name == "huggingface") return std::make_unique<hugging_face>();
  return nullptr;
}

}  // namespace hfpipe::forge
