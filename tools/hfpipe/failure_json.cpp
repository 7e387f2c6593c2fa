#include "tools/hfpipe/failure_json.hpp"

#include <boost/json/array.hpp>

#include "tools/hfpipe/utf8_text.hpp"

namespace hfpipe::cli {

boost::json::object failure_json(const failure& why) {
  boost::json::array where;
  for (const auto& frame : why.where()) where.emplace_back(valid_utf8(frame));
  return {{"code", facts_of(why.code()).name},
          {"what", valid_utf8(why.what())},
          {"where", std::move(where)},
          {"hint", valid_utf8(why.hint())},
          {"side", to_text(why.blamed())}};
}

}  // namespace hfpipe::cli
