// No output, output twice, a record that cannot be written: where to look. `xylem check` tells the
// same of a config without the program.

#include <fmt/core.h>

#include <xylem/xylem.hpp>

namespace {

/// What a program can say about itself, on a page for its operators.
void print_state(const char* logger) {
  xylem::flush();  // what was logged before is counted below
  const xylem::Stats stats = xylem::stats();
  fmt::print("{} lets pass {} and above; {} accepted, {} written, {} dropped, {} failed\n", logger,
             static_cast<int>(xylem::effective_level(logger)), stats.accepted, stats.written,
             stats.dropped, stats.failed);
}

}  // namespace

int main() {
  const xylem::Logger log = xylem::get_logger("my_app.db");  // may come before the config
  xylem::configure_file("tools/examples/troubleshooting.json");
  log.info("too low: the logger's level is WARNING");
  log.warning("twice: both my_app and root have the handler");
  print_state("my_app.db");

  // A logger that was there before and that the config does not name is off, as in Python, unless
  // the config says "disable_existing_loggers": false.
  const xylem::Logger other = xylem::get_logger("other");
  xylem::configure(R"j({"version": 1, "root": {"level": "INFO"}})j");
  fmt::print("other is {}\n", other.enabled(xylem::Level::critical) ? "on" : "off");
}

// $ troubleshooting
//   twice: both my_app and root have the handler
//   twice: both my_app and root have the handler
//   my_app.db lets pass 30 and above; 1 accepted, 1 written, 0 dropped, 0 failed
//   other is off
// $ xylem check tools/examples/troubleshooting.json --logger my_app.db --level WARNING 2> /dev/null
//   ...
//       -> out   yes: stdout
//   ...
//     output twice?  stdout gets it 2 times, by out of my_app and out of root: take one of them out, or set propagate of my_app to false
//     not rotating?  logs/app.log: never rolls over, since backupCount is 0
// $ xylem check tools/examples/troubleshooting.json --logger my_app.db --level INFO 2> /dev/null | grep record
//     record  not made: its level is WARNING, that of my_app
//   ...
// $ xylem check tools/examples/troubleshooting.json > /dev/null
//   xylem: warning: The file never rolls over, since no backup may be kept: set backupCount to 1 or more (at handlers.file in tools/examples/troubleshooting.json)
