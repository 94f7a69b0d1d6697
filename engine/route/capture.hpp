#pragma once

#include <memory>
#include <string>

#include "route/handler.hpp"

namespace xylem::route {

/// Takes the records of a logger and those below it, whatever is configured: for tests.
struct Capture {
  std::string logger;  // "root": all
  int level = 0;
  bool is_only = false;  // no other handler gets them
  std::shared_ptr<const Handler> handler;

  bool covers(std::string_view name) const { return logger == "root" || is_within(name, logger); }
};

}  // namespace xylem::route
