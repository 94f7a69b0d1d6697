#pragma once

// What the tests of the whole engine share: configurations made from paths, lines read back with
// simdjson.

#include <cstdint>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <simdjson.h>

#include <xylem/xylem.hpp>

#include "sink_support.hpp"

namespace engine_test {

using sink_test::count;
using sink_test::read_file;
using sink_test::StderrCapture;
using sink_test::TempDir;
using sink_test::write_file;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif
#else
inline constexpr bool is_sanitized = false;
#endif

/// One line of a file, parsed. Throws std::runtime_error when it is not one JSON object.
class Line {
 public:
  explicit Line(std::string text)
      : text_{std::move(text)}, parser_{std::make_unique<simdjson::dom::parser>()} {
    if (parser_->parse(text_).get(object_) != simdjson::SUCCESS) {
      throw std::runtime_error("not a JSON object: " + text_);
    }
  }

  const std::string& text() const { return text_; }
  bool has(std::string_view key) const { return object_[key].error() == simdjson::SUCCESS; }
  /// Each throws simdjson_error for a key that is missing or of another type.
  std::string string(std::string_view key) const {
    return std::string{std::string_view{object_[key]}};
  }
  std::int64_t integer(std::string_view key) const { return object_[key].get_int64().value(); }
  std::string message() const { return string("message"); }

  /// The value as it stands in the line, for what a type test needs: `"7"` is not `7`. Of the last
  /// member with that key.
  std::string raw(std::string_view key) const {
    std::string found = "(missing)";
    for (const auto member : object_) {
      if (member.key == key) found = simdjson::minify(member.value);
    }
    return found;
  }

  std::vector<std::string> keys() const {
    std::vector<std::string> keys;
    for (const auto member : object_) keys.emplace_back(member.key);
    return keys;
  }

 private:
  std::string text_;
  std::unique_ptr<simdjson::dom::parser> parser_;
  simdjson::dom::object object_;
};

/// Every line of a JSON Lines file; the last one must be whole.
inline std::vector<Line> read_lines(const std::string& path) {
  const std::string text = read_file(path);
  std::vector<Line> lines;
  std::size_t at = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
    lines.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  if (at != text.size()) throw std::runtime_error("the last line is torn: " + text.substr(at));
  return lines;
}

inline std::vector<std::string> messages(const std::string& path) {
  std::vector<std::string> messages;
  for (const Line& line : read_lines(path)) messages.push_back(line.message());
  return messages;
}

/// read_lines() for files that do not fit: calls visit(object) for each line.
template <typename F>
void for_each_line(const std::string& path, F&& visit) {
  std::ifstream file{path, std::ios::binary};
  simdjson::dom::parser parser;
  std::string line;
  while (std::getline(file, line)) {
    simdjson::dom::object object;
    if (parser.parse(line).get(object) != simdjson::SUCCESS) {
      throw std::runtime_error("not a JSON object: " + line);
    }
    if (file.eof()) throw std::runtime_error("the last line is torn: " + line);
    visit(object);
  }
}

/// What most tests want: everything to one JSON Lines file.
struct ToFile {
  std::string path;
  std::string fmt_keys = "{}";  // message and timestamp come anyway
  std::string engine = "{}";    // the "xylem" object
  std::string level = "DEBUG";

  std::string json() const {
    return R"({"version": 1, "disable_existing_loggers": false, "xylem": )" + engine +
           R"-(, "formatters": {"json": {"()": "xylem.JsonFormatter", "fmt_keys": )-" + fmt_keys +
           R"(}}, "handlers": {"file": {"class": "logging.FileHandler", "formatter": "json",)" +
           R"( "filename": ")" + path + R"("}}, "root": {"level": ")" + level +
           R"(", "handlers": ["file"]}})";
  }
};

/// A configuration in force while it lives.
class Session {
 public:
  explicit Session(const std::string& config) { xylem::configure(config); }
  explicit Session(const ToFile& config) : Session{config.json()} {}
  ~Session() { xylem::shutdown(); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
};

/// The lines that log_some(logger) leaves in a file.
template <typename F>
std::vector<Line> logged(F&& log_some, const std::string& fmt_keys = "{}") {
  const TempDir dir;
  const Session session{ToFile{dir / "log.jsonl", fmt_keys}};
  log_some(xylem::get_logger("test"));
  xylem::flush();
  return read_lines(dir / "log.jsonl");
}

template <typename F>
Line logged_line(F&& log_some, const std::string& fmt_keys = "{}") {
  std::vector<Line> lines = logged(log_some, fmt_keys);
  REQUIRE(lines.size() == 1);
  return std::move(lines[0]);
}

/// What stands behind the timestamp: the fields, byte for byte.
inline std::string fields_of(const Line& line) {
  const std::string_view before = R"("timestamp":")";
  const std::size_t end = line.text().find('"', line.text().find(before) + before.size());
  const std::string rest = line.text().substr(end + 1);
  return rest == "}" ? "" : rest.substr(1, rest.size() - 2);
}

/// What the counters gained since it was made: they count for the whole process.
class Gain {
 public:
  xylem::Stats get() const {
    xylem::Stats now = xylem::stats();
    now.accepted -= before_.accepted;
    now.written -= before_.written;
    now.dropped -= before_.dropped;
    now.failed -= before_.failed;
    return now;
  }

 private:
  xylem::Stats before_ = xylem::stats();
};

}  // namespace engine_test
