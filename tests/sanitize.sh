#!/usr/bin/env bash
# The suite under AddressSanitizer and UBSan, then the parts that have threads under ThreadSanitizer.
# Usage: tests/sanitize.sh [--all]
#   --all  also the stories that move gigabytes or wait for minutes, the whole suite under ThreadSanitizer, and the ways
#          out of hfpipe under valgrind
set -euo pipefail
cd "$(dirname "$0")/.."
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

# Minutes each in this build, of the same code that the other stories run: for a machine that has the time.
long_stories='^(system/(large_pack_story|memory_story)|soak|bench/)'
if [ "${1:-}" = --all ]; then
  tests/run.sh asan
else
  tests/run.sh asan -E "$long_stories"
fi

if [ "${1:-}" = --all ]; then
  tests/run.sh tsan
  exec tests/valgrind.sh
fi
cmake --preset tsan >/dev/null
cmake --build --preset tsan --target test_engine test_transports
exec ctest --test-dir build/tsan --output-on-failure -R '^(engine|transports)/'
