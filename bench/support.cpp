#include "support.hpp"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>
#include <simdjson.h>

#include "format/program.hpp"

namespace xylem::bench {
namespace {

std::filesystem::path parent_directory() {
  const char* const wanted = std::getenv("XYLEM_BENCH_DIR");
  return wanted != nullptr ? wanted : std::filesystem::temp_directory_path();
}

}  // namespace

ScratchDirectory::ScratchDirectory() {
  std::string name = std::filesystem::absolute(parent_directory() / "xylem-bench-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::system_error{errno, std::generic_category(), name};
  }
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

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
    "xylem": {{"clock": "{}"}}
  }})json";
  return fmt::format(text, format::styled(config.file.string(), format::TextStyle::utf8),
                     config.max_bytes, config.backup_count, config.root_level, config.clock);
}

std::optional<Lines> check_lines(std::string_view text) {
  simdjson::dom::parser parser;
  Lines lines;
  lines.bytes = text.size();
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    // The text and the parser's padding need not be neighbours: it copies.
    simdjson::dom::object object;
    if (parser.parse(text.data(), end).get(object) != simdjson::SUCCESS) return std::nullopt;
    text.remove_prefix(end + 1);
    ++lines.count;
  }
  return lines;
}

std::optional<Lines> check_file(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  return check_lines(text);
}

}  // namespace xylem::bench
