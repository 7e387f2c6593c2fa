#!/usr/bin/env bash
# Runs the fuzzers under AddressSanitizer and UBSan, as many at a time as there are cores; fails where one finds anything.
# Usage: tests/fuzz.sh [--seconds N] [TARGET...]
# Each runs N seconds (60) from the corpus in tests/fuzz/corpus; what it learns stays in build/fuzz/learned. What breaks a
# target is left in build/fuzz/findings: repair it, and add the input to the corpus as TARGET/found-WORDS.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=60
if [ "${1:-}" = --seconds ]; then
  seconds=${2:?--seconds needs a number}
  shift 2
fi
if [ $# -gt 0 ]; then
  targets=("$@")
else
  mapfile -t targets < <(ls tests/fuzz/corpus)
fi
for target in "${targets[@]}"; do
  [ -d "tests/fuzz/corpus/$target" ] || { echo "no target $target; there are: $(ls tests/fuzz/corpus | xargs)" >&2; exit 2; }
done

tools/install_packages.sh fuzz
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target "${targets[@]/#/fuzz_}"
rm -rf build/fuzz/findings
mkdir -p build/fuzz/findings build/fuzz/log

# Memory is what a parser may hold several times over, never more: an allocation beyond this is a finding.
one() {
  local target=$1 log=build/fuzz/log/$1
  mkdir -p "build/fuzz/learned/$target"
  if "build/fuzz/tests/fuzz_$target" -max_total_time="$2" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256 \
      -print_final_stats=1 -artifact_prefix="build/fuzz/findings/$target-" \
      "build/fuzz/learned/$target" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
    printf '%-16s %9s runs, %6s covered, clean\n' "$target" \
      "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
      "$(grep -oE 'cov: [0-9]+' "$log" | tail -1 | cut -d' ' -f2)"
  else
    printf '%-16s FINDING\n' "$target"
    grep -E 'ERROR|SUMMARY|runtime error|Test unit written' "$log" || tail -20 "$log"
    return 1
  fi
}
export -f one
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I '{}' bash -c "one {} $seconds"
