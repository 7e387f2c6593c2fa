#include "tools/hfpipe/proxy_environment.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hfpipe::cli {

namespace {

struct found_variable {
  std::string_view name;
  std::string_view value;
};

found_variable first_of(const environment& env, std::string_view lower, std::string_view upper) {
  const auto value = value_of(env, lower);
  return value.empty() ? found_variable{upper, value_of(env, upper)} : found_variable{lower, value};
}

outcome<std::optional<http::url_with_user>> proxy_of(const found_variable& variable) {
  if (variable.value.empty()) return std::nullopt;
  std::string text(variable.value);
  if (text.find("://") == text.npos) text.insert(0, "http://");
  auto read = http::url::parse_with_user(text);
  if (!read) {
    return failure(errc::bad_option)
        .detail(std::string(variable.name) + " is not a proxy's address")
        .hint("write it as http://host:port");
  }
  return std::optional(std::move(*read));
}

}  // namespace

outcome<net::proxies> proxies_of(const environment& env) {
  auto for_http = proxy_of(first_of(env, "http_proxy", "HTTP_PROXY"));
  if (!for_http) return for_http.error();
  auto for_https = proxy_of(first_of(env, "https_proxy", "HTTPS_PROXY"));
  if (!for_https) return for_https.error();
  return net::proxies{std::move(*for_http), std::move(*for_https),
                      std::string(first_of(env, "no_proxy", "NO_PROXY").value)};
}

}  // namespace hfpipe::cli
