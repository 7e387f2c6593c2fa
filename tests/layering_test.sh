#!/usr/bin/env bash
# Fails when a line crosses its floor. Usage: tests/layering_test.sh [CHECKOUT]
#   1. includes point down: protocol < transports/*.hpp < transports/*/ and engine < tools
#   2. co_spawn and detached stand only where tasks are owned
#   3. co_await operands are names, moves, literals and plain calls (g++ 12.2 miscompiles the rest)
#   4. each C library is seen through one door
set -u
cd "${1:-$(dirname "$0")/..}" || exit 2
broken=0

sources() { find "$@" -name '*.hpp' -o -name '*.cpp' | sort; }

# refuse WHY PATTERN FILE...: complains about each line of code that matches; comment lines do not count.
refuse() {
  local why=$1 pattern=$2 hits
  shift 2
  [ $# -gt 0 ] || return 0
  hits=$(grep -nHE -- "$pattern" "$@" | grep -vE '^[^:]+:[0-9]+: *(//|\*)') || return 0
  printf '%s:\n%s\n' "$why" "$hits" | sed '2,$s/^/    /'
  broken=1
}

mapfile -t protocol < <(sources protocol)
mapfile -t transports < <(sources transports)
mapfile -t engine < <(sources engine)
mapfile -t tools < <(sources tools)
product=("${protocol[@]}" "${transports[@]}" "${engine[@]}" "${tools[@]}")
[ ${#product[@]} -gt 40 ] || { echo "only ${#product[@]} source files found: wrong folder?"; exit 2; }

# all_but PATTERN FILE...: fills `rest` with the files whose names do not match.
all_but() {
  local pattern=$1
  shift
  mapfile -t rest < <(printf '%s\n' "$@" | grep -vE "$pattern")
}

refuse 'protocol/ includes nothing above itself' '#include "(transports|engine|tools|tests)/' "${protocol[@]}"
refuse 'protocol/ has no sockets, threads or system calls' \
  '#include <(boost/asio|boost/beast|sys/|netdb|thread|mutex|condition_variable|unistd)' "${protocol[@]}"
refuse 'protocol/ reads no clock' '(system|steady|high_resolution)_clock::now' "${protocol[@]}"
refuse 'transports/ includes only itself and protocol/' '#include "(engine|tools|tests)/' "${transports[@]}"
refuse 'engine/ sees the ports, never an adapter' '#include "(tools/|tests/|transports/[a-z_]+/)' "${engine[@]}"
refuse 'engine/ sees no HTTP and no TLS' '#include <(boost/beast|openssl)' "${engine[@]}"
refuse 'tools/ does not include tests' '#include "tests/' "${tools[@]}"

all_but '^(engine/nursery\.cpp|engine/run_on\.cpp|transports/task\.hpp|tools/forge/.*|tools/hfpipe/main\.cpp)$' "${product[@]}"
refuse 'tasks are started in a nursery' 'co_spawn|asio::detached' "${rest[@]}"

coroutines=("${transports[@]}" "${engine[@]}" "${tools[@]}")
refuse 'no braces in an operand of co_await' 'co_await [^;]*\([^;]*\{' "${coroutines[@]}"
refuse 'no ternary in an operand of co_await' 'co_await [^;]* \? ' "${coroutines[@]}"
refuse 'no temporary lambda in an operand of co_await' 'co_await [^;]*[(,] *\[[^]]*\] *[({]' "${coroutines[@]}"
refuse 'no co_await inside a throw' 'throw [^;]*co_await' "${coroutines[@]}"

all_but '^(transports/net/|tools/forge/)' "${product[@]}"
refuse 'TLS and Beast live in transports/net/' '#include <(openssl/(ssl|bio|x509|err)|boost/beast)' "${rest[@]}"
all_but '^(protocol/digest\.cpp|transports/net/|tools/forge/)' "${product[@]}"
refuse 'the digest is the door to libcrypto' '#include <openssl/' "${rest[@]}"
all_but '^(protocol/(inflater|deflater|gzip)\.cpp|tools/forge/)' "${product[@]}"
refuse 'what inflates and deflates stands behind protocol/' '#include <(zlib|libdeflate)' "${rest[@]}"
all_but '^transports/local/' "${product[@]}"
refuse 'libgit2 is seen by transports/local/ alone' '#include <git2' "${rest[@]}"
all_but '^tools/' "${product[@]}"
refuse 'only tools/ read the environment or print' 'getenv|std::cout|std::cerr|fprintf\(std' "${rest[@]}"
all_but '^tools/forge/' "${product[@]}"
refuse 'no process and no temporary file' \
  '(^|[^_a-z])(fork|vfork|execv[pe]*|execl[pe]*|posix_spawnp?|popen|system|mkstemp|tmpfile|shm_open|memfd_create)\(' \
  "${rest[@]}"

[ $broken = 0 ] && echo "layering holds: ${#product[@]} files, 17 rules"
exit $broken
