#!/usr/bin/env bash
# The suite under AddressSanitizer and UBSan, then the parts that have threads under ThreadSanitizer.
# Usage: tests/sanitize.sh [--all]
#   --all  then the rest too: the whole suite under ThreadSanitizer, and the ways out of hfpipe under valgrind
set -euo pipefail
cd "$(dirname "$0")/.."

tests/run.sh asan

if [ "${1:-}" = --all ]; then
  tests/run.sh tsan
  exec tests/valgrind.sh
fi
cmake --preset tsan >/dev/null
cmake --build --preset tsan --target test_engine test_transports
exec ctest --test-dir build/tsan --output-on-failure -R '^(engine|transports)/'
