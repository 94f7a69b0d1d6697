#!/usr/bin/env bash
# What must not compile: log calls whose format string and arguments do not fit. Each snippet stands
# alone, and one that fits shows that the others fail for their own reason.
# usage: refused.sh SOURCE_ROOT COMPILER...
set -euo pipefail

source_root=$1
compiler=("${@:2}")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
status=0

# compiles STATEMENT: its messages are left in messages.txt.
compiles() {
  cat > "$place/snippet.cpp" << END
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>
#include <xylem/log.hpp>
struct Opaque {};
struct Half { Opaque part; };
XYLEM_DESCRIBE(Half, part)
void log_something(xylem::Logger log) {
  int* pointer = nullptr;
  static_cast<void>(log), static_cast<void>(pointer);
  $1
}
END
  "${compiler[@]}" -std=c++20 -fsyntax-only "-I$source_root/include" "$place/snippet.cpp" 2> "$place/messages.txt"
}

accepted() {
  compiles "$1" && return
  echo "refused: this must compile: $1" >&2
  head --lines=20 "$place/messages.txt" >&2
  status=1
}

# refused STATEMENT TEXT: TEXT is what the compiler must say, in some line.
refused() {
  if compiles "$1"; then
    echo "refused: this must not compile: $1" >&2
    status=1
  elif ! grep --quiet --extended-regexp -- "$2" "$place/messages.txt"; then
    echo "refused: not for the right reason: $1" >&2
    head --lines=20 "$place/messages.txt" >&2
    status=1
  fi
}

accepted '
  XYLEM_INFO(log, "{} {:>8} {:{}}", 1, 2, 3, 4);
  XYLEM_INFO(log, "plain");
  XYLEM_INFO(log, "{1:>8} {user_id} {0:.1f} {{}}", 2.0, std::string{}, xylem::field("user_id", 7));
  XYLEM_INFO(log, "{}", static_cast<const void*>(pointer));
  XYLEM_LOG(xylem::Level{25}, log, "{}", 1);
  constexpr xylem::Level notice{25};
  XYLEM_LOG_ONCE(notice, log, "plain");
  log.info("{} {:>8} {:{}}", 1, 2, 3, 4);
  log.info("plain");
  log.info("{1:>8} {user_id} {0:.1f} {{}}", 2.0, std::string{}, xylem::field("user_id", 7));
  log.info("{}", static_cast<const void*>(pointer));'

accepted '
  XYLEM_INFO(log, "{::.2f} {:n} {:n:>3} {::n:x}", std::vector<double>{}, std::vector<int>{}, std::vector<std::string>{},
             std::vector<std::vector<int>>{});
  log.info("{:.1f} {:>9} {:%H:%M} {:*^30%F}", std::optional<double>{}, u"wide", std::chrono::hours{1},
           std::chrono::system_clock::time_point{});'

# Macros and functions share the check of the format string, so most cases need only one of them.
unfit='constant expression|constexpr'
refused 'XYLEM_INFO(log, "{} {}", 1);' "$unfit"
refused 'log.info("{} {}", 1);' "$unfit"
refused 'XYLEM_INFO(log, "{}");' "$unfit"
refused 'log.info("{1}", 1);' "$unfit"
refused 'XYLEM_INFO(log, "{:d}", "text");' "$unfit"
refused 'log.info("{:d}", std::string{});' "$unfit"
refused 'XYLEM_INFO(log, "{:s}", 7);' "$unfit"
refused 'log.info("{", 1);' "$unfit"
refused 'XYLEM_INFO(log, "}");' "$unfit"
refused 'log.info("{} {0}", 1);' "$unfit"
refused 'XYLEM_INFO(log, "{name}", 1);' "$unfit"
refused 'log.info("{name}");' "$unfit"
refused 'XYLEM_INFO(log, "{}", xylem::field("a", 1));' "$unfit"
refused 'log.info("{:{}}", 1, "wide");' "$unfit"
refused 'log.info("{:d}", std::vector<int>{});' "$unfit"
refused 'log.info("{::s}", std::vector<int>{});' "$unfit"
refused 'log.info("{::>{}}", std::vector<int>{}, 3);' "$unfit"
refused 'log.info("{:.2f}", std::optional<int>{});' "$unfit"
refused 'log.info("{:>9}", std::map<int, int>{});' "$unfit"
refused 'log.info("{:%Y}", std::chrono::seconds{1});' "$unfit"

unloggable='cannot be logged|[Ff]ormattable|cannot format|pointer'
refused 'XYLEM_INFO(log, "{}", Opaque{});' "$unloggable"
refused 'log.info("{}", pointer);' "$unloggable"
refused 'log.info("{}", std::vector<int*>{});' "$unloggable"
refused 'log.info("{}", std::map<int, std::optional<Opaque>>{});' "$unloggable"
refused 'XYLEM_INFO(log, "{}", Half{});' "$unloggable"
refused 'XYLEM_INFO(log, "", xylem::field("a", Opaque{}));' 'cannot be logged; describe a struct by XYLEM_DESCRIBE'
refused 'log.info("", xylem::field(std::string{"a"}.c_str(), 1));' 'Key|no matching function'
refused 'const char* format = "{}"; log.info(format, 1);' 'convert|no matching|no viable'
refused 'xylem::Level level = xylem::Level::info; XYLEM_LOG(level, log, "x");' 'must be a constant of type xylem::Level'
refused 'XYLEM_LOG(25, log, "x");' 'convert|Level'
exit "$status"
