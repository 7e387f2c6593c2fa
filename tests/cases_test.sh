#!/usr/bin/env bash
# Fails when tests/cases.md leaves out a case or names a test that does not exist. Usage: tests/cases_test.sh [CHECKOUT]
set -u
cd "${1:-$(dirname "$0")/..}" || exit 2
broken=0
complain() { echo "$*"; broken=1; }

# 1. Every case from 1 to 46 has one row, with a test or with the issue that it belongs to.
for number in $(seq 46); do
  [ "$(grep -cE "^\| $number \|.*(\`|issue [0-9])" tests/cases.md)" = 1 ] || complain "tests/cases.md has no row $number"
done

# 2. Every test that a row names exists.
proofs=0
while read -r file name; do
  proofs=$((proofs + 1))
  grep -qE "_TEST_CASE\($name[,)]" "tests/$file" 2>/dev/null || complain "tests/$file has no case $name"
done < <(grep -oE '`[a-z_/]+_test\.cpp` `[A-Za-z0-9_]+`' tests/cases.md | tr -d '`' | sort -u)
[ $proofs -gt 40 ] || complain "only $proofs tests are named in tests/cases.md"

[ $broken = 0 ] && echo "cases hold: $proofs tests"
exit $broken
