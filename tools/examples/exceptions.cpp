// An exception is logged as a whole, with its type, the calls that led here and those nested in it;
// a stack needs no exception. What is linked with xylem-throw shows the calls that led to each
// throw, also of the nested ones.

#include <exception>
#include <stdexcept>

#include <xylem/xylem.hpp>

namespace {

const xylem::Logger log = xylem::get_logger("my_app");

void connect() {
  throw std::runtime_error{"connection refused"};
}

void query() {
  try {
    connect();
  } catch (...) {
    std::throw_with_nested(std::logic_error{"query failed"});
  }
}

}  // namespace

int main() {
  xylem::configure_file("configs/0-stdout.json");
  try {
    query();
  } catch (const std::exception&) {
    XYLEM_EXCEPTION(log, "Operation failed", xylem::field("attempt", 1));
  }
  try {
    throw 42;  // anything that can be thrown
  } catch (...) {
    log.exception("Operation failed");
  }
  XYLEM_WARNING(log, "slow query", xylem::stack());
}

// $ exceptions
//   ERROR: Operation failed
//   std::runtime_error: connection refused
//
//   The above exception was the direct cause of the following exception:
//
//   Traceback (most recent call last):
//     File "...exceptions.cpp", line ..., in main
//   std::logic_error: query failed
//   ERROR: Operation failed
//   Traceback (most recent call last):
//     File "...exceptions.cpp", line ..., in main
//   int: 42
//   WARNING: slow query
//   Stack (most recent call last):
//     File "...exceptions...", line ..., in main
