// doctest's assertions outside of its tests: the first that does not hold ends the program, which
// is what libFuzzer looks for.

#include <cstdio>
#include <cstdlib>

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

namespace {

[[noreturn]] void fail(const doctest::AssertData& data) {
  std::fprintf(stderr, "%s:%d: %s\n  %s\n", data.m_file, data.m_line, data.m_expr,
               data.m_decomp.c_str());
  std::abort();
}

struct Assertions {
  Assertions() {
    context.setAsDefaultForAssertsOutOfTestCases();
    context.setAssertHandler(fail);
  }
  doctest::Context context;
};

const Assertions assertions;

}  // namespace
