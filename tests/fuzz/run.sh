#!/usr/bin/env bash
# Fuzzes each target for a while from its corpus, with AddressSanitizer and UndefinedBehaviorSanitizer.
# One line a target; the last line is "N passed, N failed". An input that fails is kept in the build
# directory.
set -uo pipefail

usage() {
  cat << 'END'
usage: tests/fuzz/run.sh [--seconds N] [--build-dir DIR] [--grow] [TARGET...]
  --seconds N      for each target; 60
  --build-dir DIR  where to build; build-fuzz
  --grow           what reached new code is added to the corpus, and what adds nothing leaves it, save
                   the inputs with a name, which failed once
END
}

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." || exit 1
PATH=/usr/bin:/bin:$PATH

seconds=60
build='build-fuzz'
grow=0
targets=()
while (($# > 0)); do
  case $1 in
    --seconds | --build-dir)
      (($# > 1)) || { usage >&2; exit 2; }
      ;;&
    --seconds) seconds=$2; shift 2 ;;
    --build-dir) build=$2; shift 2 ;;
    --grow) grow=1; shift ;;
    --help | -h) usage; exit 0 ;;
    -*) echo "run.sh: unknown argument: $1" >&2; usage >&2; exit 2 ;;
    *) targets+=("$1"); shift ;;
  esac
done
corpora=tests/fuzz/corpus
((${#targets[@]} > 0)) || mapfile -t targets < <(ls "$corpora")

work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
log=$work/log

give_up() {
  cat "$log" >&2
  echo "run.sh: $1" >&2
  echo "0 passed, 1 failed"
  exit 1
}

if [[ ! -f $build/build.ninja ]]; then
  # As tools/check has it for these two, and what libFuzzer needs to see where an input led.
  CXX=clang++ meson setup --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false \
    '-Dcpp_args=-D_GLIBCXX_ASSERTIONS -fsanitize=fuzzer-no-link' "$build" > "$log" 2>&1 ||
    give_up "could not configure $build"
fi
ninja -C "$build" "${targets[@]/#/tests/fuzz/fuzz_}" > "$log" 2>&1 || give_up "$build does not build"

export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
passed=0
failed=0
for target in "${targets[@]}"; do
  program=$build/tests/fuzz/fuzz_$target
  corpus=$corpora/$target
  # What it finds goes to the first directory.
  mkdir "$work/$target"
  if "$program" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 -len_control=10 \
    -artifact_prefix="$build/fuzz-$target-" "$work/$target" "$corpus" > "$log" 2>&1 < /dev/null; then
    verdict=ok
    ((passed += 1))
  else
    verdict=FAILED
    ((failed += 1))
    grep --text --invert-match --extended-regexp '^#[0-9]+|NEW_FUNC' "$log" | tail --lines=80
  fi
  executions=$(sed --quiet 's/^stat::number_of_executed_units: *//p' "$log")
  printf 'fuzz %-10s %10d executions in %d s from %d inputs: %s\n' "$target" "${executions:-0}" "$seconds" \
    "$(find "$corpus" -type f | wc --lines)" "$verdict"
  if ((grow)); then
    mkdir "$work/$target.least"
    # By code reached, not by how often: a fraction of the inputs, and the seeds that matter.
    "$program" -merge=1 -set_cover_merge=1 -use_counters=0 "$work/$target.least" "$corpus" "$work/$target" \
      > "$log" 2>&1 || give_up "could not merge"
    find "$corpus" -type f -regex '.*/[0-9a-f]*' -delete
    cp --no-clobber "$work/$target.least"/* "$corpus"
  fi
done
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
