#!/usr/bin/env bash
# Fails when the program lacks what makes a hole in it harder to use; names what is missing. Usage: tests/hardening_test.sh HFPIPE
set -u
program=${1:?usage: $0 HFPIPE}
command -v readelf >/dev/null || { echo "readelf is not installed (binutils): skipped"; exit 77; }
broken=0

# want WHAT PATTERN TEXT: complains when no line of the text has the pattern. refuse: when one has.
want() { grep -qE "$2" <<<"$3" || { echo "missing: $1"; broken=1; }; }
refuse() { if grep -qE "$2" <<<"$3"; then echo "must not be there: $1"; broken=1; fi; }

header=$(readelf -hW "$program")
segments=$(readelf -lW "$program")
dynamic=$(readelf -dW "$program")
symbols=$(readelf --dyn-syms -W "$program")
[ -n "$dynamic" ] || { echo "$program is no dynamic ELF file"; exit 1; }

want 'a position-independent executable (-pie)' 'Type: +DYN' "$header"
want 'read-only relocations (-z relro)' 'GNU_RELRO' "$segments"
want 'all symbols bound at the start (-z now)' '\(FLAGS.*(BIND_)?NOW' "$dynamic"
want 'a stack that is not executable (-z noexecstack)' 'GNU_STACK .* RW +0x' "$segments"
want 'stack protectors (-fstack-protector-strong)' '__stack_chk_fail' "$symbols"
want 'checked calls of libc (-D_FORTIFY_SOURCE=2)' '__[a-z]+_chk(@|$| )' "$(grep -v __stack_chk_fail <<<"$symbols")"
refuse 'relocations of code (DT_TEXTREL)' 'TEXTREL' "$dynamic"
refuse 'a search path of its own (RPATH, RUNPATH)' '\((RPATH|RUNPATH)\)' "$dynamic"
refuse 'a segment that is written and executed' 'LOAD .* RWE ' "$segments"

[ $broken = 0 ] && echo "hardened: $(basename "$program")"
exit $broken
