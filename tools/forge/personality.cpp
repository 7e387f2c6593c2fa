#include "tools/forge/personality.hpp"

#include <algorithm>
#include <limits>

#include "tools/forge/lfs_token.hpp"
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
  bool takes_batch_type(std::string_view, std::string_view) const override { return true; }
  json::object batch_body(json::array objects) const override {
    return {{"objects", std::move(objects)}, {"hash_algo", "sha256"}};
  }
  bool names_what_is_present() const override { return true; }
  std::string_view parts_transfer() const override { return {}; }
  json::object parts_actions(const action_place&, const lfs_object&) const override { return {}; }
  bool takes_chunked_uploads() const override { return true; }
  reply stored() const override { return lfs_reply(200, "{}"); }

  json::object download_actions(const action_place& place, const lfs_object& object) const override {
    return {{"download", {{"href", object_url(place, object)}, {"header", header_of(place)}}}};
  }
  json::object upload_actions(const action_place& place, const lfs_object& object) const override {
    return {{"upload", {{"href", object_url(place, object)}, {"header", header_of(place)}}},
            {"verify", {{"href", place.repository_url + "/info/lfs/verify"}, {"header", header_of(place)}}}};
  }
  std::uint64_t first_of_range(std::uint64_t from) const override { return from; }
  std::uint64_t total_of_range(std::uint64_t, std::uint64_t total) const override { return total; }
  std::optional<byte_count> unranged_limit() const override { return std::nullopt; }

 protected:
  /// Where a part goes: signed, on the store's own origin.
  static std::string part_url(const action_place& place, const lfs_object& object, std::uint64_t number) {
    const std::string path =
        "/part/" + place.repository + "/numbered/" + object.oid.hex() + "/" + std::to_string(number);
    return place.cdn_origin + sign_path(path, place.now + place.url_lifetime, place.signing_key);
  }
  static std::string parts_url(const action_place& place, const lfs_object& object) {
    return place.repository_url + "/info/lfs/multipart/" + object.oid.hex();
  }
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
  bool takes_batch_type(std::string_view content_type, std::string_view) const override {
    return content_type.substr(0, content_type.find(';')) == lfs_type;
  }
  std::string_view parts_transfer() const override { return "multipart"; }
  json::object parts_actions(const action_place& place, const lfs_object& object) const override {
    json::object header{{"chunk_size", std::to_string(place.part_size.value())}};
    for (std::uint64_t n = 0; n * place.part_size.value() < object.size.value(); ++n) {
      header[padded(n + 1)] = part_url(place, object, n + 1);
    }
    return {{"upload", {{"href", parts_url(place, object)}, {"header", std::move(header)}}},
            {"verify", {{"href", place.repository_url + "/info/lfs/verify"}, {"header", json::object()}}}};
  }
  json::object download_actions(const action_place& place, const lfs_object& object) const override {
    const std::string path = "/blob/" + place.repository + "/" + object.oid.hex();
    const std::string target = sign_path(path, place.now + place.url_lifetime, place.signing_key);
    return {{"download",
             {{"href", place.cdn_origin + target}, {"header", json::object()}, {"expires_in", place.url_lifetime}}}};
  }
  std::optional<byte_count> unranged_limit() const override { return byte_count(50'000'000'000); }

 private:
  static std::string padded(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    return std::string(5 - std::min<std::size_t>(5, digits.size()), '0') + digits;
  }
  static reply hidden() {
    return text_reply(401,
                      {{"WWW-Authenticate", "Basic realm=\"Authentication required\", charset=\"UTF-8\""},
                       {"X-Error-Code", "RepoNotFound"},
                       {"X-Error-Message", "Invalid username or password."}},
                      "Invalid username or password.");
  }
};

bool is_lfs_type(std::string_view accept) {
  return accept.substr(0, accept.find_first_of(",;")) == lfs_type;
}

// No transfer, no dates, no verify; uploads are to be chunked, under a credential of the host's that dies in two hours
// without saying so.
class gitlab final : public plain_host {
 public:
  reply refuse(access_rules::verdict) const override {
    return text_reply(401, {{"WWW-Authenticate", "Basic realm=\"GitLab\""}}, "HTTP Basic: Access denied\n");
  }
  json::object batch_body(json::array objects) const override { return {{"objects", std::move(objects)}}; }
  json::object download_actions(const action_place& place, const lfs_object& object) const override {
    return {{"download", {{"href", place_of(place, object)}, {"header", minted(place)}}}};
  }
  json::object upload_actions(const action_place& place, const lfs_object& object) const override {
    json::object header = minted(place);
    header["Content-Type"] = "application/octet-stream";
    header["Transfer-Encoding"] = "chunked";
    const std::string href = place_of(place, object) + "/" + std::to_string(object.size.value());
    return {{"upload", {{"href", href}, {"header", std::move(header)}}}};
  }

 private:
  static json::object minted(const action_place& place) {
    json::object header = header_of(place);
    if (!header.empty()) {
      header["Authorization"] = mint_lfs_token(place.now + place.token_lifetime, place.signing_key);
    }
    return header;
  }
  static std::string place_of(const action_place& place, const lfs_object& object) {
    return place.repository_url + "/gitlab-lfs/objects/" + object.oid.hex();
  }
};

// Compares the first media type of Accept whole, echoes credentials, names dates of the year 1, verifies; reads the
// start of a range as 32 bits, and takes it off the total that it names.
class gitea final : public plain_host {
 public:
  bool takes_batch_type(std::string_view, std::string_view accept) const override { return is_lfs_type(accept); }
  std::uint64_t first_of_range(std::uint64_t from) const override {
    return std::min<std::uint64_t>(from, std::numeric_limits<std::int32_t>::max());
  }
  std::uint64_t total_of_range(std::uint64_t from, std::uint64_t total) const override { return total - from; }
  json::object batch_body(json::array objects) const override { return {{"objects", std::move(objects)}}; }
  json::object download_actions(const action_place& place, const lfs_object& object) const override {
    return {{"download", dated({{"href", object_url(place, object)}, {"header", header_of(place)}})}};
  }
  json::object upload_actions(const action_place& place, const lfs_object& object) const override {
    json::object header = header_of(place);
    header["Transfer-Encoding"] = "chunked";
    json::object verify = header_of(place);
    verify["Accept"] = "application/vnd.git-lfs+json;q=0.9, */*;q=0.8";
    const std::string href = object_url(place, object) + "/" + std::to_string(object.size.value());
    return {{"upload", dated({{"href", href}, {"header", std::move(header)}})},
            {"verify", dated({{"href", place.repository_url + "/info/lfs/verify"}, {"header", std::move(verify)}})}};
  }

 private:
  static json::object dated(json::object action) {
    action["expires_at"] = "0001-01-01T00:00:00Z";
    return action;
  }
};

// An envelope around everything; silence about what it has; a store that wants a Bearer, a cookie and a length.
class modelscope final : public plain_host {
 public:
  json::object batch_body(json::array objects) const override {
    json::object data{{"objects", std::move(objects)}, {"reused-objects", json::array()}};
    return {{"Code", 200}, {"Success", true}, {"Data", std::move(data)}};
  }
  bool names_what_is_present() const override { return false; }
  json::object upload_actions(const action_place& place, const lfs_object& object) const override {
    const std::string href = place.cdn_origin + "/api/v1/repos/models/" + place.repository + "/blobs/" +
                             object.oid.hex() + "/" + std::to_string(object.size.value());
    return {{"upload",
             {{"href", href},
              {"offset", 0},
              {"upload_header", {{"Range", "bytes=0-"}}},
              {"upload_parameters", json::object()}}}};
  }
  bool takes_chunked_uploads() const override { return false; }
  reply stored() const override {
    return json_reply(200, R"({"Code":200,"Data":{},"Message":"success","Success":true})");
  }
};

// The draft `multipart-basic`: a call for everything, the caller's credentials in each that is its own.
class giftless final : public plain_host {
 public:
  std::string_view parts_transfer() const override { return "multipart-basic"; }
  json::object parts_actions(const action_place& place, const lfs_object& object) const override {
    json::array parts;
    for (std::uint64_t from = 0; from < object.size.value(); from += place.part_size.value()) {
      const std::uint64_t size = std::min(place.part_size.value(), object.size.value() - from);
      parts.push_back({{"href", part_url(place, object, parts.size() + 1)},
                       {"pos", from},
                       {"size", size},
                       {"expires_in", place.url_lifetime}});
    }
    const auto call = [&](std::string_view name, std::string_view method) {
      return json::object{{"href", parts_url(place, object) + "?call=" + std::string(name)},
                          {"method", method},
                          {"header", header_of(place)},
                          {"body", "<" + std::string(name) + "/>"}};
    };
    return {{"init", call("init", "POST")},
            {"parts", std::move(parts)},
            {"commit", call("commit", "POST")},
            {"abort", call("abort", "DELETE")},
            {"verify", {{"href", place.repository_url + "/info/lfs/verify"}, {"header", header_of(place)}}}};
  }
};

}  // namespace

std::unique_ptr<personality> make_personality(std::string_view name) {
  if (name == "plain") return std::make_unique<plain_host>();
  if (name == "huggingface") return std::make_unique<hugging_face>();
  if (name == "gitlab") return std::make_unique<gitlab>();
  if (name == "gitea" || name == "openxlab") return std::make_unique<gitea>();  // OpenXLab's API routes are Gitea's
  if (name == "modelscope") return std::make_unique<modelscope>();
  if (name == "giftless") return std::make_unique<giftless>();
  return nullptr;
}

}  // namespace hfpipe::forge
