#!/usr/bin/env bash
# Installs what is missing, builds, and runs the whole test suite. Usage: tests/run.sh [PRESET] [ctest options]
# PRESET is release (default), dev, asan or tsan.
set -euo pipefail
cd "$(dirname "$0")/.."

preset=release
case "${1:-}" in release|dev|asan|tsan) preset=$1; shift ;; esac

# Whoever compiled the same code in another folder has compiled it for this one too.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

tools/install_packages.sh test
cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset"
exec ctest --test-dir "build/$preset" --output-on-failure "$@"
