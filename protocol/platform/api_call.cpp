#include "protocol/platform/api_call.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

namespace hfpipe::platform {

namespace json = boost::json;

namespace {

/// A project is four levels deep; recursion is not the server's to choose.
constexpr std::size_t nesting_limit = 32;

bool stays(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

api_call get(std::string path) {
  return {"GET", std::move(path), {}, {}};
}

api_call with_json(std::string method, std::string path, const json::object& body) {
  return {std::move(method), std::move(path), "application/json", secret(json::serialize(body))};
}

std::string encoded_segment(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (stays(c)) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return encoded;
}

outcome<json::object> read_object(std::string_view body) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = nesting_limit;
  json::value parsed = json::parse(json::string_view(body.data(), body.size()), error, {}, options);
  if (error || !parsed.is_object()) return failure(errc::remote_error).detail("the answer of its API is not a JSON object");
  return std::move(parsed.get_object());
}

std::string text_in(const json::object& of, std::string_view member) {
  const json::value* const found = of.if_contains(member);
  return found && found->is_string() ? std::string(std::string_view(found->get_string())) : std::string();
}

bool flag_in(const json::object& of, std::string_view member) {
  const json::value* const found = of.if_contains(member);
  return found && found->is_bool() && found->get_bool();
}

}  // namespace hfpipe::platform
