#pragma once

#include <boost/json/object.hpp>

#include "protocol/failure.hpp"

namespace hfpipe::cli {

/// `{"code","what","where":[…],"hint","side"}`: a failure for programs, always with all five; `code` is the name in
/// docs/errors.md.
boost::json::object failure_json(const failure& why);

}  // namespace hfpipe::cli
