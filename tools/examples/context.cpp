// What a thread is doing stands in each of its records: fields of a request, of a trace, of a
// component. The config names them, or shows all of them as JSON.

#include <string>
#include <thread>

#include <xylem/xylem.hpp>

namespace {

const xylem::Logger log = xylem::get_logger("my_app");

void serve(const std::string& id) {
  const xylem::Context request{xylem::field("request_id", id)};
  XYLEM_INFO(log, "Processing request");  // and whatever else this thread logs from here on

  const auto db = log.with(xylem::field("component", "db"));  // a logger with fields of its own
  XYLEM_INFO(db, "stored", xylem::field("rows", 3));

  // Work that goes on elsewhere takes the context along.
  std::thread{[captured = xylem::Context::capture()] {
    const xylem::Context resumed{captured};
    XYLEM_INFO(log, "sent");
  }}.join();
}

}  // namespace

int main() {
  xylem::configure(R"j({
    "version": 1,
    "disable_existing_loggers": false,
    "formatters": {
      "text": {"format": "[%(request_id)s] %(message)s", "defaults": {"request_id": "-"}},
      "json": {"()": "xylem.JsonFormatter"}
    },
    "handlers": {
      "out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "text"},
      "file": {"class": "logging.FileHandler", "filename": "logs/my_app.jsonl", "formatter": "json"}
    },
    "root": {"level": "INFO", "handlers": ["out", "file"]}
  })j");
  serve("abc-123");
  XYLEM_INFO(log, "idle");
}

// $ context
//   [abc-123] Processing request
//   [abc-123] stored
//   [abc-123] sent
//   [-] idle
// $ grep stored logs/my_app.jsonl
//   {"message":"stored","timestamp":"...","rows":3,"component":"db","request_id":"abc-123"}
