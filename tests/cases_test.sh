#!/usr/bin/env bash
# Fails when tests/cases.md or tests/traps.md leaves out a number or names a test that does not exist.
# Usage: tests/cases_test.sh [CHECKOUT]
set -u
cd "${1:-$(dirname "$0")/..}" || exit 2
broken=0
complain() { echo "$*"; broken=1; }

# one_row_each PAGE LAST: every number from 1 has one row, with a test or with the issue that it belongs to.
one_row_each() {
  for number in $(seq "$2"); do
    [ "$(grep -cE "^\| $number \|.*(\`|issue [0-9])" "$1")" = 1 ] || complain "$1 has no row $number"
  done
}
one_row_each tests/cases.md 46
one_row_each tests/traps.md 23

# Every test that a row names exists.
proofs=0
for page in tests/cases.md tests/traps.md; do
  while read -r file name; do
    proofs=$((proofs + 1))
    grep -qE "_TEST_CASE\($name[,)]" "tests/$file" 2>/dev/null || complain "$page: tests/$file has no case $name"
  done < <(grep -oE '`[a-z_/]+_test\.cpp` `[A-Za-z0-9_]+`' $page | tr -d '`' | sort -u)
done
[ $proofs -gt 80 ] || complain "only $proofs tests are named in tests/cases.md and tests/traps.md"

# The name of one of a trap's tests says which trap it is; only of what is not built yet there is none.
for number in $(seq 23); do
  row=$(grep -E "^\| $number \|" tests/traps.md)
  grep -qE "\`trap_$(printf %02d "$number")_|issue [0-9]" <<<"$row" || complain "tests/traps.md: no test is called after trap $number"
done

[ $broken = 0 ] && echo "cases hold: $proofs tests"
exit $broken
