#!/usr/bin/env bash
# Fails when docs/reliability.md names a test that does not exist. Usage: tests/reliability_test.sh [CHECKOUT]
set -u
cd "${1:-$(dirname "$0")/..}" || exit 2
broken=0
complain() { echo "$*"; broken=1; }

# 1. Every row of a table names a test.
while read -r row; do
  [[ $row == *_test.cpp* ]] || complain "no test in: $row"
done < <(grep -E '^\| ' docs/reliability.md | grep -vE '^\| what failed')

# 2. Every test that the page names exists; a name may stand on the line after its file.
proofs=0
while read -r file name; do
  proofs=$((proofs + 1))
  grep -qE "_TEST_CASE\($name[,)]" "tests/$file" 2>/dev/null || complain "tests/$file has no case $name"
done < <(tr '\n' ' ' <docs/reliability.md | grep -oE '`[a-z_/]+_test\.cpp` `[A-Za-z0-9_]+`' | tr -d '`' | sort -u)
[ $proofs -gt 30 ] || complain "only $proofs tests are named in docs/reliability.md"

[ $broken = 0 ] && echo "reliability holds: $proofs tests"
exit $broken
