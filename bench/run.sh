#!/usr/bin/env bash
# Measures hfpipe beside its peers on this machine, over loopback: installs what is missing, builds a release, and
# writes a table, a JSON file and an HTML page.  Usage: bench/run.sh [options]; bench/run.sh --help lists them.
set -euo pipefail
cd "$(dirname "$0")/.."

for word in "$@"; do
  [ "$word" != --help ] || exec python3 -B bench/harness/run.py --help
done
tools/install_packages.sh bench
cmake --preset release -DHFPIPE_BENCH=ON >/dev/null
cmake --build --preset release --target hfpipe forge bench_host latency_proxy microbench >&2
exec python3 -B bench/harness/run.py --build build/release "$@"
