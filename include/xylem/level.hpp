#pragma once

namespace xylem {

/// The severity of a record, with the numbers of Python's `logging`. Any other number is a valid
/// level too: `static_cast<Level>(25)` lies between info and warning.
enum class Level : int {
  notset = 0,
  debug = 10,
  info = 20,
  warning = 30,
  error = 40,
  critical = 50,
};

}  // namespace xylem
