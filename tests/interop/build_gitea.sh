#!/usr/bin/env bash
# Builds a real Gitea from its Go module for the tests in this folder. Needs Go, a C compiler and a quarter of an hour.
# Usage: tests/interop/build_gitea.sh FOLDER [VERSION]; then
#   GITEA_BIN=FOLDER/gitea GITEA_STATIC_ROOT=FOLDER/source ctest --test-dir build/release -L interop --output-on-failure
set -euo pipefail
folder=${1:?where to}
version=${2:-v1.22.6}

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cd "$folder"
module=$(go mod download -json "code.gitea.io/gitea@$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
[ -n "$module" ] || { echo "Gitea $version cannot be downloaded" >&2; exit 1; }
[ -d source ] || cp -r "$module" source
chmod -R u+w source
cd source
# It reads the labels of a goroutine as they were before Go 1.24; a newer Go stops it at its first line of log.
printf 'package log\n\nfunc getGoroutineLabels() map[string]string { return nil }\n' >modules/log/groutinelabel.go
# Without its pages, which a build by Node would make: nobody looks at them here.
exec env GOFLAGS=-mod=mod go build -tags "sqlite sqlite_unlock_notify" -o "$folder/gitea" .
