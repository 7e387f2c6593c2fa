#define BOOST_TEST_MODULE hfpipe
#include <boost/test/unit_test.hpp>
