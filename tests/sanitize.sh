#!/usr/bin/env bash
# The suite under AddressSanitizer and UBSan, then the parts that have threads under ThreadSanitizer.
# Usage: tests/sanitize.sh
set -euo pipefail
cd "$(dirname "$0")/.."

tests/run.sh asan

cmake --preset tsan >/dev/null
cmake --build --preset tsan --target test_engine test_transports
exec ctest --test-dir build/tsan --output-on-failure -R '^(engine|transports)/'
