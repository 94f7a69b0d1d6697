// Loggers are named after the parts of a program, and levels hold for whatever is below a name.

#include <xylem/xylem.hpp>

// What __name__ is in Python: each file names its own logger, once, after its place in the program.
namespace db {
const xylem::Logger log = xylem::get_logger("my_app.db");
}
namespace web {
const xylem::Logger log = xylem::get_logger("my_app.web");
}

inline constexpr xylem::Level notice{25};  // between INFO and WARNING

int main() {
  xylem::configure(R"j({
    "version": 1,
    "disable_existing_loggers": false,
    "xylem": {"levels": {"NOTICE": 25}},
    "formatters": {"f": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "f"}},
    "loggers": {"my_app": {"level": "NOTICE"}, "my_app.db": {"level": "DEBUG"}},
    "root": {"level": "WARNING", "handlers": ["out"]}
  })j");
  XYLEM_DEBUG(db::log,
              "SELECT * FROM users WHERE id=123");          // detail, for whoever looks for a fault
  XYLEM_INFO(web::log, "authenticated");                    // things work: not shown, below NOTICE
  web::log.log(notice, "a new client");                     // a level of one's own
  XYLEM_WARNING(web::log, "{}% of the disk are left", 10);  // unexpected, and it goes on
  XYLEM_ERROR(db::log, "cannot connect");                   // something could not be done
  XYLEM_CRITICAL(web::log, "out of memory");                // the program may end

  // While it runs, as an admin page would: for all of my_app, whatever the config said.
  xylem::set_level_below("my_app", xylem::Level::info);
  XYLEM_DEBUG(db::log, "not any more");
  XYLEM_INFO(web::log, "now shown");
}

// $ loggers
//   DEBUG my_app.db: SELECT * FROM users WHERE id=123
//   NOTICE my_app.web: a new client
//   WARNING my_app.web: 10% of the disk are left
//   ERROR my_app.db: cannot connect
//   CRITICAL my_app.web: out of memory
//   INFO my_app.web: now shown
