#include <benchmark/benchmark.h>

#include "failure.hpp"

namespace {

bool has_failed = false;

}  // namespace

void xylem::bench::fail(benchmark::State& state, const char* why) {
  has_failed = true;
  state.SkipWithError(why);
}

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return has_failed ? 1 : 0;
}
