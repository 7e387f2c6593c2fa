#include "tools/forge/host_api.hpp"

#include <boost/json.hpp>

#include "tools/forge/api_request.hpp"

namespace hfpipe::forge {

namespace json = boost::json;

namespace {

constexpr std::size_t call_limit = 64 * 1024;

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '/') {
      segments.emplace_back();
    } else if (path[i] == '%' && i + 2 < path.size() && digit(path[i + 1]) >= 0 && digit(path[i + 2]) >= 0) {
      segments.back() += static_cast<char>(digit(path[i + 1]) * 16 + digit(path[i + 2]));
      i += 2;
    } else {
      segments.back() += path[i];
    }
  }
  return segments;
}

/// The token as a Bearer, from the header where this kind of host wants it.
std::optional<std::string> token_in(const visit& request) {
  const std::string& kind = request.site.options.api;
  const std::string_view authorization = request.exchange.header("Authorization").value_or("");
  if (kind == "gitlab") {
    const auto own = request.exchange.header("PRIVATE-TOKEN");
    return own ? std::optional("Bearer " + std::string(*own)) : std::nullopt;
  }
  constexpr std::string_view giteas = "token ";
  if (kind == "gitea" && authorization.starts_with(giteas)) {
    return "Bearer " + std::string(authorization.substr(giteas.size()));
  }
  if (!authorization.starts_with("Bearer ")) return std::nullopt;
  const std::string cookie = "m_session_id=" + std::string(authorization.substr(7));
  if (kind == "modelscope" && request.exchange.header("Cookie").value_or("") != cookie) return std::nullopt;
  return std::string(authorization);
}

reply answer(const api_request& asked) {
  const std::string& kind = asked.site.options.api;
  if (kind == "gitlab") return answer_gitlab(asked);
  if (kind == "gitea") return answer_gitea(asked);
  if (kind == "huggingface") return answer_hub(asked);
  if (kind == "modelscope") return answer_modelscope(asked);
  return api_reply(404, {{"error", "404 Not Found"}});
}

}  // namespace

std::string api_request::text(std::string_view member) const {
  const json::value* const found = body.if_contains(member);
  return found && found->is_string() ? std::string(std::string_view(found->get_string())) : std::string();
}

bool api_request::flag(std::string_view member) const {
  const json::value* const found = body.if_contains(member);
  return found && found->is_bool() && found->get_bool();
}

reply api_reply(int status, const json::object& body) {
  return json_reply(status, json::serialize(body));
}

void serve_host_api(const visit& request) {
  exchange& with = request.exchange;
  const auto text = with.read_whole_body(call_limit);
  boost::system::error_code error;
  const json::value parsed = text ? json::parse(*text, error) : json::value();
  const auto token = token_in(request);
  const auto verdict = request.site.access.check(token, access_rules::need::write);

  const std::string& kind = request.site.options.api;
  const std::string base = kind == "gitlab" ? "/api/v4/" : kind == "huggingface" ? "/api/" : "/api/v1/";
  reply said = api_reply(404, {{"error", "404 Not Found"}});
  if (request.to.path.starts_with(base)) {
    said = answer({.site = request.site,
                   .method = std::string(with.method()),
                   .path = segments_of(std::string_view(request.to.path).substr(base.size())),
                   .body = !error && parsed.is_object() ? parsed.get_object() : json::object(),
                   .may = verdict == access_rules::verdict::granted});
  }
  request.site.log.add({{"event", "api"},
                        {"method", with.method()},
                        {"path", request.to.path},
                        {"token", token.has_value()},
                        {"authorization", with.header("Authorization").has_value()},
                        {"status", said.status}});
  with.send(said);
}

}  // namespace hfpipe::forge
