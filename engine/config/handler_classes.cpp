#include "config/handler_classes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "config/file_handlers.hpp"
#include "config/limit.hpp"
#include "config/memory_handler.hpp"
#include "config/python_text.hpp"
#include "config/queue_handler.hpp"
#include "config/syslog_handler.hpp"

namespace xylem::config {
namespace {

HandlerKind read_stream_handler(const Cursor& config, const HandlerScope&) {
  const std::optional<Cursor> stream = config.find("stream", External::allowed);
  if (!stream || stream->value().is_null()) return StreamPlan{};
  const auto name = external_name(stream->value());
  if (!name) {
    stream->fail("Expected 'ext://sys.stdout' or 'ext://sys.stderr', got " +
                 python_repr(stream->value()));
  }
  if (*name == "sys.stdout" || *name == "sys.__stdout__") return StreamPlan{StandardStream::output};
  if (*name == "sys.stderr" || *name == "sys.__stderr__") return StreamPlan{StandardStream::error};
  stream->fail("Cannot resolve " + python_repr(*name));
}

std::string read_filename(const Cursor& config) {
  const Cursor filename = *config.find("filename");
  const auto* text = filename.value().get_if<std::string>();
  if (text == nullptr) {
    filename.fail("expected str, bytes or os.PathLike object, not " +
                  std::string(python_type(filename.value())));
  }
  if (text->find('\0') != std::string::npos) filename.fail("embedded null byte");
  return *text;
}

/// 'a' and 'w', with the 't' that is the default and the '+' that a log never makes use of.
char read_mode(const Cursor& config) {
  const std::optional<Cursor> mode = config.find("mode");
  if (!mode) return 'a';
  const auto* text = mode->value().get_if<std::string>();
  if (text == nullptr) {
    mode->fail("argument of type '" + std::string(python_type(mode->value())) +
               "' is not iterable");
  }
  std::string letters;
  for (const char letter : *text) {
    if (letter != 't' && letter != '+') letters += letter;
    if (std::count(text->begin(), text->end(), letter) > 1) letters += '?';
  }
  if (letters == "a" || letters == "w") return letters.front();
  if (letters == "x" || letters == "r" || letters == "ab" || letters == "wb") {
    mode->fail("mode " + python_repr(*text) + " is not available: use 'a' or 'w'");
  }
  mode->fail("invalid mode: " + python_repr(*text));
}

std::string read_text_option(const Cursor& config, std::string_view key) {
  const std::optional<Cursor> option = config.find(key);
  if (!option || option->value().is_null()) return {};
  const auto* text = option->value().get_if<std::string>();
  if (text == nullptr) {
    option->fail("open() argument '" + std::string(key) + "' must be str or None, not " +
                 std::string(python_type(option->value())));
  }
  return *text;
}

/// Python compares codec names without case and takes '-' for '_'.
void check_encoding(const Cursor& config) {
  static constexpr std::array<std::string_view, 5> utf8 = {"utf_8", "utf8", "u8", "utf", "cp65001"};
  static constexpr std::array<std::string_view, 11> others = {
      "ascii",  "us_ascii", "latin_1", "latin1",    "iso_8859_1", "iso8859_1",
      "cp1252", "utf_16",   "utf_32",  "utf_8_sig", "locale"};
  const std::string encoding = read_text_option(config, "encoding");
  const std::optional<Cursor> given = config.find("encoding");
  if (!given || given->value().is_null()) return;
  std::string name = encoding;
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    if (c == '-' || c == ' ') c = '_';
  }
  if (std::find(utf8.begin(), utf8.end(), name) != utf8.end()) return;
  if (std::find(others.begin(), others.end(), name) != others.end()) {
    given->fail("encoding " + python_repr(encoding) + " is not available: files are UTF-8");
  }
  given->fail("unknown encoding: " + encoding);
}

}  // namespace

FilePlan read_file_plan(const Cursor& config, std::optional<char> mode) {
  FilePlan plan;
  plan.filename = read_filename(config);
  plan.mode = mode ? *mode : read_mode(config);
  check_encoding(config);
  plan.delay = read_flag(config, "delay", false);
  plan.errors = read_text_option(config, "errors");
  return plan;
}

std::int64_t read_count(const Cursor& config, std::string_view key) {
  const std::optional<Cursor> count = config.find(key);
  if (!count) return 0;
  if (const std::optional<std::int64_t> number = limit_of(count->value())) return *number;
  count->fail("'>' not supported between instances of '" +
              std::string(python_type(count->value())) + "' and 'int'");
}

int read_backups(const Cursor& config) {
  const std::optional<Cursor> backups = config.find("backupCount");
  if (backups && backups->value().get_if<double>() != nullptr) {
    // CPython finds out at the first rollover only.
    backups->fail("'float' object cannot be interpreted as an integer");
  }
  return static_cast<int>(std::clamp<std::int64_t>(read_count(config, "backupCount"), 0,
                                                   std::numeric_limits<int>::max()));
}

namespace {

HandlerKind read_file_handler(const Cursor& config, const HandlerScope&) {
  return read_file_plan(config);
}

HandlerKind read_rotating_file_handler(const Cursor& config, const HandlerScope&) {
  const std::int64_t max_bytes = read_count(config, "maxBytes");
  // What would roll is appended to, whatever `mode` is.
  RotatingFilePlan plan{read_file_plan(config, max_bytes > 0 ? std::optional{'a'} : std::nullopt),
                        max_bytes, 0};
  const std::optional<Cursor> attributes = config.find_raw(".");
  const std::optional<Cursor> backups = config.find("backupCount");
  const bool may_roll = max_bytes > 0 || (attributes && attributes->contains("maxBytes"));
  const bool is_integer = backups && backups->value().get_if<std::int64_t>() != nullptr;
  if (may_roll || is_integer) plan.backup_count = read_backups(config);
  return plan;
}

HandlerKind read_null_handler(const Cursor&, const HandlerScope&) {
  return NullPlan{};
}

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 1> stream_arguments = {"stream"};
constexpr std::array<std::string_view, 5> file_arguments = {"filename", "mode", "encoding", "delay",
                                                            "errors"};
constexpr std::array<std::string_view, 7> rotating_arguments = {
    "filename", "mode", "maxBytes", "backupCount", "encoding", "delay", "errors"};
constexpr std::array<std::string_view, 1> file_required = {"filename"};
/// Handler's own argument, which dictConfig never leaves for it.
constexpr std::array<std::string_view, 1> null_arguments = {"level"};

constexpr std::array<HandlerClass, 10> classes = {{
    {"logging.StreamHandler",
     {"StreamHandler", stream_arguments},
     Names(),
     false,
     read_stream_handler},
    {"logging.FileHandler",
     {"FileHandler", file_arguments, file_required},
     Names(),
     false,
     read_file_handler},
    {"logging.handlers.RotatingFileHandler",
     {"RotatingFileHandler", rotating_arguments, file_required},
     Names(),
     false,
     read_rotating_file_handler},
    {"logging.handlers.TimedRotatingFileHandler",
     {"TimedRotatingFileHandler", timed_arguments, file_required},
     Names(),
     false,
     read_timed_file_handler},
    {"logging.handlers.WatchedFileHandler",
     {"WatchedFileHandler", file_arguments, file_required},
     Names(),
     false,
     read_watched_file_handler},
    {"xylem.RotatingFileHandler",
     {"RotatingFileHandler", archive_arguments, file_required},
     Names(),
     false,
     read_archive_file_handler},
    {"logging.handlers.QueueHandler",
     {"QueueHandler", queue_arguments, queue_arguments},
     queue_keys,
     true,
     read_queue_handler},
    {"logging.handlers.MemoryHandler",
     {"MemoryHandler", memory_arguments, memory_required},
     Names(),
     true,
     read_memory_handler},
    {"logging.handlers.SysLogHandler",
     {"SysLogHandler", syslog_arguments},
     Names(),
     false,
     read_syslog_handler},
    {"logging.NullHandler", {"Handler", null_arguments}, Names(), false, read_null_handler},
}};

}  // namespace

std::span<const HandlerClass> handler_classes() {
  return classes;
}

bool is_handler_class(std::string_view name) {
  return has_class(handler_classes(), name);
}

}  // namespace xylem::config
