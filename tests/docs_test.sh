#!/usr/bin/env bash
# Fails when the docs name what is not there, or leave out what is. Usage: tests/docs_test.sh [CHECKOUT [HFPIPE]]
# Without the program, its flags are not compared.
set -u
program=${2:-}
cd "${1:-$(dirname "$0")/..}" || exit 2
broken=0
complain() { echo "$*"; broken=1; }

# 1. Every file that the tour and the architecture name exists.
for page in docs/tour.md docs/architecture.md docs/security.md README.md; do
  while read -r path; do
    [ -e "$path" ] || complain "$page names $path, which does not exist"
  done < <(grep -oE '`(protocol|transports|engine|tools|tests|docs|bench)/[A-Za-z0-9_./-]*`' "$page" | tr -d '`' | sort -u)
done

# 2. docs/errors.md has exactly one row for each errc.
mapfile -t codes < <(grep -oE '^ *\{errc::[a-z_]+,' protocol/failure.cpp | grep -oE '[a-z_]+,' | tr -d ,)
[ ${#codes[@]} -gt 30 ] || complain "only ${#codes[@]} codes found in protocol/failure.cpp"
diff <(printf '%s\n' "${codes[@]}" | sort) <(grep -oE '^\| `[a-z_]+` \|' docs/errors.md | grep -oE '[a-z_]+' | sort) \
  || complain "docs/errors.md and the enum differ (< enum, > docs)"
diff <(printf '%s\n' "${codes[@]}") <(sed -n '/^enum class errc/,/^};/p' protocol/failure.hpp | grep -oE '^ +[a-z_]+,' | tr -d ' ,') \
  || complain "the table in protocol/failure.cpp and the enum differ"

# 3. The limits that the architecture states are the code's: the page's row, the file, the line that says the same.
limits=0
limit() { # ROW FILE PATTERN
  grep -qF "$1" docs/architecture.md || complain "docs/architecture.md has no row '$1'"
  grep -qE "$3" "$2" || complain "docs/architecture.md says '$1', $2 does not"
}
limit '| HTTP header block | 64 KiB |' transports/net/reply_head.hpp 'header_block_limit.*64'
limit '| ref advertisement | 64 MiB |' protocol/git/ref_line.hpp 'ref_list_limit.*64'
limit '| words of a server in a message | 4 KiB |' protocol/failure.hpp 'server_text_limit = 4096'
limit '| URL | 16 KiB |' protocol/http/url.hpp 'url_limit = 16 \* 1024'
limit '| LFS batch reply with the parts of one object | 8 MiB, 10,000 parts |' protocol/lfs/batch.hpp 'largest_reply = 8U << 20'
limit '| kept pack | 32 MiB |' engine/pack_intake.cpp 'kept_limit = 32_MiB'

while read -r name; do
  limits=$((limits + 1))
  grep -qE "[\`:]$name\`" docs/architecture.md || complain "docs/architecture.md has no row for $name"
done < <(grep -rhoE 'constexpr [A-Za-z0-9_:]+ [a-z_]+_limit\b' protocol transports engine tools/hfpipe | sed 's/.* //' | sort -u)
[ "$limits" -gt 25 ] || complain "only $limits limits found in the code"

# 4. Every flag that a page names is one of the program's, or one of those programs' that the pages tell to run.
of_others='--all --build --preset --unshallow --minutes --seed' # git lfs push, cmake, cmake, git fetch; tests/soak.sh
if [ -n "$program" ]; then
  mapfile -t flags < <("$program" --help | grep -oE -e '--[a-z][a-z-]+' | sort -u)
  [ ${#flags[@]} -gt 30 ] || complain "only ${#flags[@]} flags found in what $program says of itself"
  for page in README.md docs/*.md; do
    while read -r flag; do
      case " ${flags[*]} $of_others " in
        *" $flag "*) ;;
        *) complain "$page names $flag, which hfpipe does not have" ;;
      esac
    done < <(grep -oE -e '(^|[^A-Za-z0-9-])--[a-z][a-z0-9-]+' "$page" | grep -oE -e '--.*' | sort -u)
  done
fi

# 5. Every page that a page links to exists.
for page in README.md docs/*.md; do
  while read -r link; do
    [ -e "$(dirname "$page")/$link" ] || complain "$page links to $link, which does not exist"
  done < <(grep -oE '\]\([A-Za-z0-9_./-]+(#[a-z0-9-]*)?\)' "$page" | sed -E 's/^\]\(//; s/(#.*)?\)$//' | sort -u)
done

[ $broken = 0 ] && echo "docs hold: ${#codes[@]} errors"
exit $broken
