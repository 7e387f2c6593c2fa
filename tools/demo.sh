#!/usr/bin/env bash
# From nothing to a proven copy: installs what is missing, builds, starts two small hosts with TLS on loopback, makes a
# model repository, copies it with hfpipe, and proves the copy with tools that are not ours.
# Usage: tools/demo.sh [SIZE of the largest object, 1GiB unless given]
set -euo pipefail
cd "$(dirname "$0")/.."
size=${1:-1GiB}

say() { printf '\n== %s\n' "$*"; }

say "1. Build"
tools/install_packages.sh test
cmake --preset release >/dev/null
cmake --build --preset release --target hfpipe forge
hfpipe=$PWD/build/release/hfpipe
forge=$PWD/build/release/forge

work=$(mktemp -d)
finish() {
  # shellcheck disable=SC2046
  kill $(jobs -p) 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
cd "$work"
export HOME=$work GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 GIT_SSL_CAINFO=$work/ca/ca.pem
git config --global user.name demo
git config --global user.email demo@example.com
git config --global init.defaultBranch main
git config --global advice.detachedHead false
git lfs install --skip-repo >/dev/null

say "2. Two hosts with TLS from a private CA: one as Hugging Face, whose blobs come from a CDN, one as the target"
"$forge" certs ca >/dev/null
git config --global http.sslCAInfo "$work/ca/ca.pem"
start_forge() { # NAME flags...
  local name=$1
  shift
  "$forge" --root "$name" --tls-cert ca/server.pem --tls-key ca/server.key --port 0 --cdn-port 0 \
    --log "$name.log" --port-file "$name.port" "$@" >/dev/null &
  for _ in $(seq 100); do [ -s "$name.port" ] && return; sleep 0.1; done
  echo "the forge did not start" >&2
  exit 1
}
url_of() { grep -oE '"url": *"[^"]*"' "$1.port" | grep -oE 'https://[^"]*'; }
for name in source target; do
  mkdir -p "$name/acme"
  git init -q --bare "$name/acme/model.git"
done
start_forge source --personality huggingface --user demo --token source-token
start_forge target --personality plain --user oauth2 --token target-token
source_url=$(url_of source)/acme/model
target_url=$(url_of target)/acme/model
echo "source $source_url"
echo "target $target_url"

say "3. A model repository: three branches, tags, 40 small objects and one of $size"
git init -q model
cd model
git lfs track '*.safetensors' '*.bin' >/dev/null
printf '{"architectures": ["DemoForCausalLM"], "hidden_size": 2048, "num_hidden_layers": 24}\n' >config.json
printf '# A demo model\n\nMade by tools/demo.sh.\n' >README.md
for i in $(seq 40); do head -c $((20000 + i * 997)) /dev/urandom >"adapter-$i.bin"; done
git add . && git commit -qm "Adds the configuration and forty adapters"
git tag -a v0.1 -m "First weights"
"$forge" add-generated --root ../source --repo acme/model --size "$size" --seed 7 >../pointer
git config --local filter.lfs.clean cat # the big object exists only at the source; commit its pointer as it is
cp ../pointer model.safetensors
git add model.safetensors && git commit -qm "Adds the weights"
git config --local --unset filter.lfs.clean
git tag v1.0
git branch int8 && git branch gguf v0.1
with_token=${source_url/https:\/\//https:\/\/demo:source-token@}
git config lfs.allowincompletepush true
git -c lfs.locksverify=false push -q "$with_token" --all
git push -q "$with_token" --tags
cd ..
git -C source/acme/model.git for-each-ref --format='%(objectname:short) %(refname)'

say "4. hfpipe copy, with 32 MiB of buffers, watched by strace for files"
export HF_TOKEN=source-token TARGET_TOKEN=target-token
strace -f --seccomp-bpf -o strace.log -e trace=openat,open,creat,mkdir,mkdirat,rename,renameat2,link,linkat,symlink,execve,memfd_create \
  "$hfpipe" copy "$source_url" "$target_url" --ca-cert ca/ca.pem --max-buffer-memory 32MiB
written=$(grep -cE 'O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE|creat\(|mkdir|rename|link|memfd_create' strace.log || true)
programs=$(($(grep -c 'execve(' strace.log) - 1))
echo "files created or opened for writing: $written    programs started: $programs    (strace)"

say "5. The proof, by git and git-lfs: the refs are equal, the history is whole, every object is what its name says"
diff <(git -C source/acme/model.git for-each-ref) <(git -C target/acme/model.git for-each-ref) && echo "refs: equal"
git -C target/acme/model.git fsck --full --no-progress --no-dangling && echo "git fsck: clean"
git -c credential.helper= clone -q "${target_url/https:\/\//https:\/\/oauth2:target-token@}" proof
git -C proof lfs fsck
[ "$written" = 0 ] && [ "$programs" = 0 ]
