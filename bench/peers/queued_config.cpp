#include "queued_config.hpp"

#include <fmt/format.h>

#include "format/program.hpp"

namespace xylem::bench {

std::string to_json(const QueuedConfig& config) {
  constexpr std::string_view text = R"json({{
    "version": 1,
    "disable_existing_loggers": false,
    "formatters": {{
      "simple": {{
        "format": "[%(levelname)s|%(module)s|L%(lineno)d] %(asctime)s: %(message)s",
        "datefmt": "%Y-%m-%dT%H:%M:%S%z"
      }},
      "json": {{
        "()": "mylogger.MyJSONFormatter",
        "fmt_keys": {{
          "level": "levelname",
          "message": "message",
          "timestamp": "timestamp",
          "logger": "name",
          "module": "module",
          "function": "funcName",
          "line": "lineno",
          "thread_name": "threadName"
        }}
      }}
    }},
    "handlers": {{
      "stderr": {{
        "class": "logging.StreamHandler",
        "level": "WARNING",
        "formatter": "simple",
        "stream": "ext://sys.stderr"
      }},
      "file_json": {{
        "class": "logging.handlers.RotatingFileHandler",
        "level": "DEBUG",
        "formatter": "json",
        "filename": "{}",
        "maxBytes": {},
        "backupCount": {}
      }},
      "queue_handler": {{
        "class": "logging.handlers.QueueHandler",
        "handlers": ["stderr", "file_json"],
        "respect_handler_level": true
      }}
    }},
    "loggers": {{"root": {{"level": "{}", "handlers": ["queue_handler"]}}}},
    "xylem": {{"clock": "{}", "ring": {{{}}}}}
  }})json";
  return fmt::format(text, format::styled(config.file.string(), format::TextStyle::utf8),
                     config.max_bytes, config.backup_count, config.root_level, config.clock,
                     config.survives_crash ? "" : R"("crash_dir": null)");
}

}  // namespace xylem::bench
