#!/usr/bin/env bash
# Copies random repositories through random faults and kills for as long as it is told, and checks every step.
# Usage: tests/soak.sh [--minutes N] [--seed S] [--workers N], or --seed S --only R to repeat one repository.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/install_packages.sh test
cmake --preset release >/dev/null
cmake --build --preset release --target soak
exec build/release/tests/soak "$@"
