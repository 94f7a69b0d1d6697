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
  # As tools/check has it for these two.
  CXX=clang++ CXX_LD=lld meson setup --buildtype=debugoptimized -Doptimization=1 -Db_sanitize=address,undefined \
    -Db_lundef=false '-Dcpp_args=-D_GLIBCXX_ASSERTIONS -g1' -Dfuzzing=true "$build" > "$log" 2>&1 ||
    give_up "could not configure $build"
fi
ninja -C "$build" "${targets[@]/#/tests/fuzz/fuzz_}" > "$log" 2>&1 || give_up "$build does not build"

export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

# fuzz TARGET: one line, and what it says of an input that fails. Returns 1 then.
fuzz() {
  local target=$1 verdict=ok executions
  local program=$build/tests/fuzz/fuzz_$target corpus=$corpora/$target log=$work/$target.log
  # What it finds goes to the first directory.
  mkdir "$work/$target"
  if ! "$program" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 -len_control=10 \
    -artifact_prefix="$build/fuzz-$target-" "$work/$target" "$corpus" > "$log" 2>&1 < /dev/null; then
    verdict=FAILED
    grep --text --invert-match --extended-regexp '^#[0-9]+|NEW_FUNC' "$log" | tail --lines=80
  fi
  executions=$(sed --quiet 's/^stat::number_of_executed_units: *//p' "$log")
  printf 'fuzz %-10s %10d executions in %d s from %d inputs: %s\n' "$target" "${executions:-0}" "$seconds" \
    "$(find "$corpus" -type f | wc --lines)" "$verdict"
  [[ $verdict == ok ]] || return 1
  ((grow)) || return 0
  mkdir "$work/$target.least"
  # By code reached, not by how often: a fraction of the inputs, and the seeds that matter.
  if ! "$program" -merge=1 -set_cover_merge=1 -use_counters=0 "$work/$target.least" "$corpus" "$work/$target" \
    > "$log" 2>&1; then
    cat "$log"
    echo "run.sh: could not merge what $target found"
    return 1
  fi
  find "$corpus" -type f -regex '.*/[0-9a-f]*' -delete
  cp --no-clobber "$work/$target.least"/* "$corpus"
}

# One on each processor: a target's minute is a minute of one.
passed=0
for target in "${targets[@]}"; do
  while (($(jobs -pr | wc --lines) >= $(nproc))); do
    wait -n
  done
  { fuzz "$target" && touch "$work/$target.passed"; } > "$work/$target.report" 2>&1 &
done
wait
for target in "${targets[@]}"; do
  cat "$work/$target.report"
  [[ ! -f $work/$target.passed ]] || ((passed += 1))
done
failed=$((${#targets[@]} - passed))
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
