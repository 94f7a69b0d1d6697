#pragma once

#include <benchmark/benchmark.h>

namespace xylem::bench {

/// What was measured went wrong: the case shows the reason in place of figures, and the program
/// ends with status 1, which Google Benchmark alone would not see to. `why` is a literal.
void fail(benchmark::State& state, const char* why);

}  // namespace xylem::bench
