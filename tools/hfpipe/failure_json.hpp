#pragma once

#include <boost/json/object.hpp>

#include "protocol/failure.hpp"

namespace hfpipe::cli {

/// `{"what","where":[…],"hint","side"}`: a failure for programs, always with all four.
boost::json::object failure_json(const failure& why);

}  // namespace hfpipe::cli
