#!/usr/bin/env bash
# Installs the Debian 12 packages that are missing. Usage: tools/install_packages.sh build|test|fuzz|valgrind|bench
#   build   what compiles hfpipe
#   test    also what the tests and the demo use as the other side (git, git-lfs, nginx with fcgiwrap), as witnesses
#           (strace) and for a smoke run of bench/ (curl, openssl, python3)
#   fuzz    what compiles the fuzzers (about 400 MiB)
#   valgrind  what tests/valgrind.sh needs
#   bench   what bench/run.sh needs
set -euo pipefail

build=(g++ cmake ninja-build ccache libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
       libboost-test1.81-dev libssl-dev libgit2-dev zlib1g-dev libdeflate-dev libcli11-dev libyaml-cpp-dev)
peers=(git git-lfs curl openssl python3 ca-certificates)
test=("${peers[@]}" nginx-light fcgiwrap strace binutils)
fuzz=(clang-14 libclang-rt-14-dev)

case "${1:-build}" in
  build) wanted=("${build[@]}") ;;
  test) wanted=("${build[@]}" "${test[@]}") ;;
  fuzz) wanted=("${build[@]}" "${fuzz[@]}") ;;
  valgrind) wanted=("${build[@]}" "${test[@]}" valgrind) ;;
  bench) wanted=("${build[@]}" "${peers[@]}" libbenchmark-dev) ;;
  *) echo "usage: $0 build|test|fuzz|valgrind|bench" >&2; exit 2 ;;
esac

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "This is not Debian. Install the equivalents of: ${missing[*]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "Run as root, or install: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "installing: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
