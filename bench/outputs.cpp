// What formatters and handlers cost beside JSON to a plain file: from the call until the line is in
// the kernel's hands. Each case has a logger, a handler and a file of its own in a directory that
// is removed at the end. usage: outputs [ROUNDS]

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <xylem/extend.hpp>
#include <xylem/xylem.hpp>

#include "side_by_side.hpp"

namespace {

using xylem::field;
using xylem::Logger;

struct Output {
  const char* name;       // of the case
  const char* formatter;  // members of its object
  const char* handler;    // the same, but for the file
};

constexpr const char* keys =
    R"-("()": "xylem.JsonFormatter", "fmt_keys": {"level": "levelname", "logger": "name", "line": "lineno"})-";
constexpr const char* file = R"("class": "logging.FileHandler")";

constexpr Output outputs[] = {
    {"JSON to a file", keys, file},
    {"text, %", R"("format": "%(asctime)s %(levelname)-8s %(name)s:%(lineno)d %(message)s")", file},
    {"text, % in columns", R"("format": "%(asctime)s %(levelname)-8s %(name)-20s %(message)-80s")",
     file},
    {"text, {", R"("style": "{", "format": "{asctime} {levelname:8} {name}:{lineno} {message}")",
     file},
    {"text, $", R"("style": "$", "format": "$asctime $levelname $name:$lineno $message")", file},
    {"logfmt", R"-("()": "xylem.LogfmtFormatter")-", file},
    {"lines for people", R"-("()": "xylem.ConsoleFormatter")-", file},
    {"JSON for Elastic", R"-("()": "xylem.JsonFormatter", "preset": "ecs")-", file},
    {"JSON for OpenTelemetry", R"-("()": "xylem.JsonFormatter", "preset": "otel")-", file},
    {"JSON for Google Cloud", R"-("()": "xylem.JsonFormatter", "preset": "gcp")-", file},
    {"python-json-logger",
     R"-("()": "pythonjsonlogger.json.JsonFormatter", "fmt": "%(levelname)s %(name)s %(message)s")-",
     file},
    {"a formatter of one's own", R"-("()": "bench.Formatter")-", file},
    {"a watched file", keys, R"("class": "logging.handlers.WatchedFileHandler")"},
    {"a file that rolls by size", keys,
     R"("class": "logging.handlers.RotatingFileHandler", "maxBytes": 1000000, "backupCount": 1)"},
    {"a file that rolls by time", keys,
     R"("class": "logging.handlers.TimedRotatingFileHandler", "when": "midnight")"},
    {"a file that rolls and is archived", keys,
     R"("class": "xylem.RotatingFileHandler", "maxBytes": 1000000, "backupCount": 1)"},
};

class OwnFormatter : public xylem::Formatter {
 public:
  void format(const xylem::RecordView& record, std::string& out) override {
    out += record.name();
    out += ' ';
    out += record.message();
  }
};

class OwnHandler : public xylem::Handler {
 public:
  void handle(const xylem::RecordView&, std::string_view line) override { bytes_ += line.size(); }

 private:
  std::uint64_t bytes_ = 0;
};

std::string config(const std::string& directory) {
  std::string formatters;
  std::string handlers = R"("own": {"class": "bench.Handler", "formatter": "f0"})";
  std::string loggers = R"("own": {"handlers": ["own"]})";
  for (std::size_t i = 0; i < std::size(outputs); ++i) {
    const std::string number = std::to_string(i);
    formatters += (i == 0 ? "\"f" : ", \"f") + number + "\": {" + outputs[i].formatter + "}";
    handlers += ", \"h" + number + "\": {" + outputs[i].handler + R"(, "formatter": "f)" + number +
                R"(", "filename": ")" + directory + "/" + number + "\"}";
    loggers += ", \"o" + number + R"(": {"handlers": ["h)" + number + "\"]}";
  }
  return R"({"version": 1, "formatters": {)" + formatters + R"(}, "handlers": {)" + handlers +
         R"(}, "loggers": {)" + loggers +
         R"(}, "root": {"level": "INFO"}, "xylem": {"ring": {"slots": 65536}}})";
}

void log_lines(const Logger& log, int calls) {
  for (int i = 0; i < calls; ++i) {
    XYLEM_INFO(log, "stored {} of {}", i, "orders", field("took_ms", 12.5), field("shard", 3));
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string directory = (std::filesystem::temp_directory_path() / "xylem-bench-XXXXXX").string();
  if (mkdtemp(directory.data()) == nullptr) {
    std::perror("outputs: cannot make a directory");
    return 1;
  }
  xylem::register_formatter(
      "bench.Formatter", [](const xylem::Arguments&) { return std::make_unique<OwnFormatter>(); });
  xylem::register_handler("bench.Handler",
                          [](const xylem::Arguments&) { return std::make_unique<OwnHandler>(); });
  xylem::configure(config(directory));
  xylem::bench::SideBySide cases;
  for (std::size_t i = 0; i < std::size(outputs); ++i) {
    cases.add(outputs[i].name, [log = xylem::get_logger("o" + std::to_string(i))](int calls) {
      log_lines(log, calls);
    });
  }
  cases.add("a handler of one's own",
            [log = xylem::get_logger("own")](int calls) { log_lines(log, calls); });
  cases.run(xylem::bench::rounds_of(argc, argv));
  xylem::shutdown();
  std::filesystem::remove_all(directory);
  return 0;
}
