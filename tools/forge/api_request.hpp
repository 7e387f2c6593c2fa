#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tools/forge/site.hpp"

namespace hfpipe::forge {

/// One call of a host's API, taken apart.
struct api_request {
  forge::site& site;
  std::string method;
  std::vector<std::string> path;  ///< decoded segments behind the API's base
  boost::json::object body;       ///< empty where there is none
  bool may = false;               ///< the token is right, in the header where this kind of host wants it

  bool is(std::string_view asked, std::size_t segments) const { return method == asked && path.size() == segments; }
  std::string text(std::string_view member) const;
  bool flag(std::string_view member) const;
};

reply api_reply(int status, const boost::json::object& body);

reply answer_gitlab(const api_request& asked);
reply answer_gitea(const api_request& asked);
reply answer_hub(const api_request& asked);
reply answer_modelscope(const api_request& asked);

}  // namespace hfpipe::forge
