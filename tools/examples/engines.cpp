// Parts of a program with a configuration each: their loggers, levels and handlers have nothing to
// do with each other.

#include <xylem/engine.hpp>
#include <xylem/xylem.hpp>

int main() {
  const xylem::Engine api{"configs/2-stderr-json-file.json"};
  xylem::Engine db{"configs/0-stdout.json"};
  const xylem::Logger api_log = api.get_logger("my_app");
  const xylem::Logger db_log = db.get_logger("my_app");  // the same name, another logger

  XYLEM_WARNING(api_log, "client {} is slow", 7);
  XYLEM_DEBUG(db_log, "SELECT 1");
  db.set_level("", xylem::Level::error);
  XYLEM_DEBUG(db_log, "too low");
  XYLEM_DEBUG(api_log, "still goes to its file");
}

// $ engines 2> /dev/null
//   DEBUG: SELECT 1
// $ cat logs/my_app.log.jsonl
//   {"level": "WARNING", "message": "client 7 is slow", ...}
//   {"level": "DEBUG", "message": "still goes to its file", ...}
