#pragma once

#include <boost/test/unit_test.hpp>

#include "protocol/git/pack_entry.hpp"

// What a failed check names by its line only. Said once: two test files may be compiled as one.
BOOST_TEST_DONT_PRINT_LOG_VALUE(hfpipe::git::object_type)
BOOST_TEST_DONT_PRINT_LOG_VALUE(hfpipe::git::delta_base)
