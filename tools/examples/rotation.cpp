// Files that cannot fill the disk: by size, by time, or by both with the old ones packed. The
// config says so; the program logs.

#include <xylem/xylem.hpp>

int main() {
  xylem::configure(R"j({
    "version": 1,
    "handlers": {
      "size": {"class": "logging.handlers.RotatingFileHandler", "filename": "logs/size.log",
               "maxBytes": 2000, "backupCount": 2},
      "time": {"class": "logging.handlers.TimedRotatingFileHandler", "filename": "logs/time.log",
               "when": "midnight", "interval": 1, "backupCount": 7},
      "both": {"class": "xylem.RotatingFileHandler", "filename": "logs/both.log",
               "maxBytes": 2000, "when": "midnight", "totalBytes": 1000000, "compress": "gzip"}
    },
    "root": {"level": "INFO", "handlers": ["size", "time", "both"]}
  })j");
  const xylem::Logger log = xylem::get_logger("my_app");
  for (int i = 100; i < 600; ++i) XYLEM_INFO(log, "request {}", i);
}

// $ rotation
// $ ls logs | sed 's/log\.2.*-.*gz/log.TIME.gz/' | uniq
//   both.log
//   both.log.TIME.gz
//   size.log
//   size.log.1
//   size.log.2
//   time.log
// $ wc -l < logs/time.log
//   500
// $ tail -n 1 logs/size.log
//   request 599
// $ (zcat logs/both.log.*.gz; cat logs/both.log) | sort | uniq | wc -l
//   500
