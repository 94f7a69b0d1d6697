// Filters of the config: what is secret never reaches a line, and what comes a thousand times is
// thinned out. How many were held back is told in a line of its own.

#include <xylem/xylem.hpp>

int main() {
  xylem::configure(R"j({
    "version": 1,
    "disable_existing_loggers": false,
    "filters": {
      "secrets": {"()": "xylem.RedactionFilter", "fields": ["password"], "patterns": ["\\d{4}-\\d{4}"]},
      "tenth": {"()": "xylem.SamplingFilter", "first": 1, "thereafter": 10, "below": "WARNING"},
      "repeated": {"()": "xylem.DuplicateFilter", "seconds": 60}
    },
    "formatters": {"json": {"()": "xylem.JsonFormatter"}},
    "handlers": {
      "file": {"class": "logging.FileHandler", "filename": "logs/my_app.jsonl", "formatter": "json",
               "filters": ["secrets"]},
      "out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout",
              "filters": ["secrets", "repeated"]}
    },
    "loggers": {"my_app.requests": {"filters": ["tenth"]}},
    "root": {"level": "INFO", "handlers": ["file", "out"]}
  })j");
  const xylem::Logger log = xylem::get_logger("my_app");
  XYLEM_INFO(log, "card 1234-5678 of alice", xylem::field("password", "s3cret"));

  const xylem::Logger requests = xylem::get_logger("my_app.requests");
  for (int i = 0; i < 25; ++i) XYLEM_INFO(requests, "request {}", i);

  for (int i = 0; i < 4; ++i) XYLEM_WARNING(log, "the queue is full");
}

// $ filters
//   card ***REDACTED*** of alice
//   request 0
//   request 10
//   request 20
//   the queue is full
//   repeated 3 times: the queue is full
//   ...
// $ tail -n 1 logs/my_app.jsonl
//   {"message":"22 records held back by filter 'tenth'",...,"held_back":22}
// $ head -n 1 logs/my_app.jsonl
//   {"message":"card ***REDACTED*** of alice","timestamp":"...","password":"***REDACTED***"}
