#!/usr/bin/env bash
# Installs the built tree into a directory of its own and uses it as a stranger would: a program
# compiled outside the tree with nothing but pkg-config, and the installed tool.
# usage: install.sh SOURCE_ROOT BUILD_ROOT JSON_LINES COMPILER...
set -euo pipefail

source_root=$1 build_root=$2
json_lines=$(realpath -- "$3")
compiler=("${@:4}")

fail() {
  echo "install: $1" >&2
  exit 1
}

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

meson install -C "$build_root" --no-rebuild --quiet --destdir "$place/root"
pkg_config_file=$(find "$place/root" -name xylem.pc)
[[ -n $pkg_config_file ]] || fail "no xylem.pc"
export PKG_CONFIG_PATH=${pkg_config_file%/*}

mkdir -p "$place/elsewhere/logs"
cd "$place/elsewhere"
cp "$source_root/tests/installed/ten_lines.cpp" .
# Split into words on purpose: it is how a Makefile would use them.
# shellcheck disable=SC2046
"${compiler[@]}" -std=c++20 -Wall -Wextra -Wpedantic -Werror ten_lines.cpp -o ten_lines \
  $(pkg-config --cflags --libs xylem)

config=$source_root/configs/5-queued-stderr-json-file.json
./ten_lines "$config" 2> stderr.txt
[[ $("$json_lines" logs/my_app.log.jsonl) == 2 ]] || fail "expected two JSON lines: $(cat logs/my_app.log.jsonl)"
grep --quiet '"message": "10 lines are enough", .*"ratio": 0.5}$' logs/my_app.log.jsonl ||
  fail "the first record: $(cat logs/my_app.log.jsonl)"
[[ $(wc -l < stderr.txt) == 1 ]] || fail "expected one line on stderr: $(cat stderr.txt)"
grep --quiet '^\[WARNING|ten_lines|L.*: the disk is 93.2 % full$' stderr.txt || fail "stderr: $(cat stderr.txt)"

tool=$(find "$place/root" -type f -name xylem -perm -u+x)
"$tool" check "$config" > plan.txt || fail "the installed tool does not accept $config"
