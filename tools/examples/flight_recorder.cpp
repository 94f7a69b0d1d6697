// DEBUG when it matters: what the level refuses is kept in memory, the newest of it, and written in
// front of an ERROR, or after a crash.

#include <xylem/xylem.hpp>

namespace {

void charge(const xylem::Logger log, int order) {
  XYLEM_DEBUG(log, "charging {}", order);
  XYLEM_INFO(log, "order {}", order);
  if (order == 3) XYLEM_ERROR(log, "card refused");
}

}  // namespace

int main() {
  xylem::configure(R"j({
    "version": 1,
    "xylem": {"flight_recorder": {"my_app": {"records": 2, "level": "DEBUG", "trigger": "ERROR"}}},
    "formatters": {"f": {"format": "%(levelname)s %(message)s"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "f"}},
    "root": {"level": "INFO", "handlers": ["out"]}
  })j");
  for (int order = 1; order < 5; ++order) charge(xylem::get_logger("my_app"), order);
}

// $ flight_recorder
//   INFO order 1
//   INFO order 2
//   INFO order 3
//   DEBUG charging 2
//   DEBUG charging 3
//   ERROR card refused
//   INFO order 4
