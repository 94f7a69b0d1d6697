// With the library xylem-throw, exc_info has the stacks that exceptions were thrown from.

#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/testing.hpp>
#include <xylem/xylem.hpp>

using xylem::Logger;
using xylem::testing::Capture;

namespace app {

[[gnu::noinline]] void connect(int port) {
  if (port != 0) throw std::runtime_error{"connection refused"};
}

[[gnu::noinline]] void query() {
  connect(5432);
  asm volatile("");  // no call in the place of a return
}

[[gnu::noinline]] void wrap() {
  try {
    query();
  } catch (...) {
    std::throw_with_nested(std::logic_error{"query failed"});
  }
}

[[gnu::noinline]] void handle(Logger log, void (*work)()) {
  try {
    work();
  } catch (...) {
    XYLEM_EXCEPTION(log, "failed");
  }
}

}  // namespace app

namespace {

std::string exception_of(void (*work)()) {
  const Capture cap;
  app::handle(xylem::get_logger("test"), work);
  REQUIRE(cap.records().size() == 1);
  return std::string{cap.records()[0].exc_text()};
}

}  // namespace

TEST_CASE("a traceback goes from the function that catches to the throw") {
  const std::string text = exception_of(app::query);
  INFO(text);
  CHECK(text.starts_with("Traceback (most recent call last):\n  File \""));
  const std::size_t handle = text.find(", in app::handle(");
  const std::size_t query = text.find(", in app::query()\n");
  const std::size_t connect = text.find(", in app::connect(int)");
  CHECK(handle < query);
  CHECK(query < connect);
  CHECK(connect != std::string::npos);
  // Python does not show who called the function that catches.
  CHECK(text.find(", in main\n") == std::string::npos);
  CHECK(text.ends_with("\nstd::runtime_error: connection refused"));
}

TEST_CASE("every exception of a chain has its own traceback, the cause first") {
  const std::string text = exception_of(app::wrap);
  INFO(text);
  const std::string between =
      "\nstd::runtime_error: connection refused\n\n"
      "The above exception was the direct cause of the following exception:\n\n"
      "Traceback (most recent call last):\n";
  const std::size_t cause = text.find(", in app::connect(int)");
  const std::size_t join = text.find(between);
  REQUIRE(join != std::string::npos);
  CHECK(cause < join);
  CHECK(text.find(", in app::wrap()", join) != std::string::npos);
  CHECK(text.find(", in app::connect(int)", join) == std::string::npos);
  CHECK(text.ends_with("\nstd::logic_error: query failed"));
}

TEST_CASE("an exception keeps its place when it is rethrown, and on another thread") {
  const std::string rethrown = exception_of([] {
    try {
      app::query();
    } catch (...) {
      throw;
    }
  });
  CHECK(rethrown.find(", in app::connect(int)") != std::string::npos);
  const std::string sent = exception_of([] { std::async(std::launch::async, app::query).get(); });
  CHECK(sent.find(", in app::connect(int)") != std::string::npos);
}

TEST_CASE("the throws of many exceptions at once are told apart") {
  std::vector<std::exception_ptr> kept;
  for (int i = 0; i < 100; ++i) {
    try {
      if (i % 2 == 0) app::query();
      throw i;
    } catch (...) {
      kept.push_back(std::current_exception());
    }
  }
  const Capture cap;
  for (const std::exception_ptr& exception : kept) {
    try {
      std::rethrow_exception(exception);
    } catch (...) {
      xylem::get_logger("test").exception("one of many");
    }
  }
  const auto records = cap.records();
  REQUIRE(records.size() == 100);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const bool is_of_connect = records[i].exc_text().find("app::connect") != std::string::npos;
    CHECK(is_of_connect == (i % 2 == 0));
  }
}
