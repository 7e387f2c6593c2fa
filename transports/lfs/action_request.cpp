#include "transports/lfs/action_request.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hfpipe::lfs {

namespace {

/// Besides what the client always writes itself: a range of our own choosing is asked for and a whole object is sent,
/// so an action's words on either would only contradict; the others describe the connection of whoever wrote the reply.
constexpr std::array<std::string_view, 5> left_out{"Content-Range", "Keep-Alive", "Range", "TE", "Trailer"};

bool is_left_out(std::string_view name) {
  return std::any_of(left_out.begin(), left_out.end(),
                     [&](std::string_view each) { return http::is_same_name(each, name); });
}

}  // namespace

net::request make_action_request(std::string method, const action& what, const http::credential* own) {
  net::request made{std::move(method), what.href, {}, nullptr, net::no_body{}, net::redirects::refuse};
  for (const http::header_field& field : what.header) {
    if (!is_left_out(field.name)) made.headers.push_back(field);
  }
  if (!find_header(what, "Authorization")) made.credential = own;
  return made;
}

const secret* find_header(const action& in, std::string_view name) {
  for (const http::header_field& field : in.header) {
    if (http::is_same_name(field.name, name)) return &field.value;
  }
  return nullptr;
}

void add_default_header(net::request& to, std::string_view name, std::string_view value) {
  const bool present = std::any_of(to.headers.begin(), to.headers.end(), [&](const http::header_field& field) {
    return http::is_same_name(field.name, name);
  });
  if (!present) to.headers.push_back({std::string(name), secret(std::string(value))});
}

failure renamed(const failure& why, errc code) {
  failure named = failure(code).detail(why.detail()).blame(why.blamed());
  if (const auto status = why.http_status()) named = std::move(named).http_status(*status);
  for (const std::string& frame : why.where()) named.add_frame(frame);
  return named;
}

}  // namespace hfpipe::lfs
