#pragma once
/// @file
/// What a configuration asks for, checked and free of references by name. Plain values: making a
/// plan opens no file and touches no logger, so `xylem check` can show it and a caller can refuse
/// it without a trace.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "config/document.hpp"
#include "config/engine_filters.hpp"
#include "config/own.hpp"
#include "crash/file.hpp"
#include "format/json_presets.hpp"
#include "format/pattern.hpp"
#include "format/python_json_members.hpp"
#include "format/timestamp.hpp"
#include "record/level_names.hpp"

namespace xylem::config {

/// `logging.Formatter`: a text pattern.
struct PatternFormatterPlan {
  /// Never empty: CPython replaces an empty or absent format by the style's own for the message.
  std::string format = "%(message)s";
  /// For strftime; empty means CPython's "%Y-%m-%d %H:%M:%S,mmm".
  std::string datefmt;
  format::PatternStyle style = format::PatternStyle::percent;
  /// Values for attributes that a record lacks, in file order.
  std::vector<std::pair<std::string, Value>> defaults;
  /// Attributes of the class, which "." sets beside a "()".
  std::string default_time_format = format::TimeLayout{}.default_time_format;
  std::string default_msec_format = format::TimeLayout{}.default_msec_format;
  /// `xylem.UtcFormatter`: what Python does with `converter = time.gmtime` in a class.
  bool is_utc = false;
};

/// `mylogger.MyJSONFormatter` and `xylem.JsonFormatter`: one JSON object a line.
struct JsonFormatterPlan {
  /// {key in the output, attribute of the record} in output order.
  std::vector<std::pair<std::string, std::string>> fmt_keys;
  bool ensure_ascii = true;
  std::string item_separator = ", ";
  std::string key_separator = ": ";
  /// Then `fmt_keys` is empty.
  std::optional<format::PresetLayout> preset{};
};

/// `xylem.LogfmtFormatter`: `key=value` pairs.
struct LogfmtFormatterPlan {
  /// As those of JSON.
  std::vector<std::pair<std::string, std::string>> fmt_keys = {
      {"time", "timestamp"}, {"level", "levelname"}, {"logger", "name"}, {"msg", "message"}};
};

/// `xylem.ConsoleFormatter`: lines for people.
struct ConsoleFormatterPlan {
  enum class Colour { on_terminals, always, never };
  /// For strftime; empty: the time of day and milliseconds.
  std::string datefmt;
  Colour colour = Colour::on_terminals;
  /// Characters that the column of logger names takes at least.
  std::size_t name_width = 20;
};

/// `pythonjsonlogger.json.JsonFormatter`, of the package python-json-logger.
struct PythonJsonFormatterPlan {
  format::PythonJsonLayout layout;
  std::string datefmt;
  std::string prefix;
  bool ensure_ascii = true;
};

struct FormatterPlan {
  std::string name;
  std::string class_name;
  std::variant<PatternFormatterPlan, JsonFormatterPlan, PythonJsonFormatterPlan,
               LogfmtFormatterPlan, ConsoleFormatterPlan, OwnFormatterPlan>
      kind;
  std::string path;
};

/// `logging.Filter`: passes the logger `prefix` and those below it; an empty prefix passes all.
struct NameFilterPlan {
  std::string prefix;
};

inline constexpr std::string_view level_filter_class = "xylem.LevelFilter";

/// Passes these levels and what lies between them: `xylem.LevelFilter`, and
/// `mylogger.NonErrorFilter`, which has INFO and below.
struct LevelFilterPlan {
  int min_level = std::numeric_limits<int>::min();
  int max_level = std::numeric_limits<int>::max();
};

struct FilterPlan {
  std::string name;
  std::string class_name;
  std::variant<NameFilterPlan, LevelFilterPlan, OwnFilterPlan, EngineFilterPlan> kind;
  std::string path;
};

enum class StandardStream { output, error };

struct StreamPlan {
  StandardStream stream = StandardStream::error;
  std::string terminator = "\n";
};

struct FilePlan {
  /// As written in the document: not made absolute, not known to exist.
  std::string filename;
  /// 'a' or 'w'; always 'a' for a rotating file with max_bytes > 0, as in CPython.
  char mode = 'a';
  /// Open at the first record instead of at once.
  bool delay = false;
  /// As written, empty when absent. Files are UTF-8, so no handler of errors ever comes into play.
  std::string errors;
  std::string terminator = "\n";
  /// `logging.handlers.WatchedFileHandler`: asks at every write whether the name has moved on.
  bool is_watched = false;
};

struct RotatingFilePlan {
  FilePlan file;
  /// 0 or less: the file never rolls over.
  std::int64_t max_bytes = 0;
  /// Not negative.
  int backup_count = 0;
};

/// When a file rolls by time: `when`, `interval` and `utc`.
struct SchedulePlan {
  enum class When { second, minute, hour, day, midnight, weekly };
  When when = When::hour;
  /// Of `weekly`; 0 is Monday.
  int weekday = 0;
  /// How many of them: `interval`. Any number, as in CPython: with NaN the file never rolls.
  double units = 1;
  bool is_utc = false;
  /// In the place of `units`.
  std::optional<double> interval_s{};
};

/// `logging.handlers.TimedRotatingFileHandler`.
struct TimedFilePlan {
  FilePlan file;
  SchedulePlan schedule;
  /// Not negative; 0: all.
  int backup_count = 0;
  /// What holds from the first rollover on, where that is something else: the key ".".
  std::optional<SchedulePlan> later{};
};

enum class PackedAs { gzip, zstd };

/// `xylem.RotatingFileHandler`: by size, by time or by both.
struct ArchiveFilePlan {
  FilePlan file;
  /// 0 or less: not by size.
  std::int64_t max_bytes = 0;
  std::optional<SchedulePlan> schedule;
  /// Not negative; 0: all.
  int backup_count = 0;
  /// What old files may have together; 0 or less: any number.
  std::int64_t total_bytes = 0;
  std::optional<PackedAs> packed_as;
};

struct QueuePlan {
  /// Indices into Plan::handlers, each less than that of the queue itself. A handler that is listed
  /// twice gets every record twice, as in CPython.
  std::vector<std::size_t> handlers;
  /// Off: the levels of the handlers behind the queue are not consulted; their filters always are.
  bool respect_handler_level = false;
  /// `maxsize` of the queue; 0: none.
  std::int64_t max_records = 0;
};

struct MemoryPlan {
  /// Records that are held at most; 0 or less: none.
  std::int64_t capacity = 0;
  /// A record of that level or above has all passed on.
  int flush_level = 40;
  /// Index into Plan::handlers, less than that of the memory itself. None: records are discarded.
  std::optional<std::size_t> target;
  /// Off: what is held at the end is discarded.
  bool flush_on_close = true;
};

struct SyslogPlan {
  enum class Socket { unset, datagram, stream };

  /// Of a Unix socket, as written; none: host and port count.
  std::optional<std::string> path;
  std::string host = "localhost";
  /// A number or the name of a service.
  std::string port = "514";
  /// Unset: datagrams; at a Unix socket that takes none, a stream.
  Socket socket = Socket::unset;
  /// LOG_USER.
  std::int64_t facility = 1;
  /// Stands in front of each message.
  std::string ident;
  bool append_nul = true;
  /// The priority of each level by its name; of other levels that of a warning. None: CPython's.
  std::optional<std::vector<std::pair<std::string, std::int64_t>>> priorities{};
};

struct NullPlan {};

using HandlerKind =
    std::variant<StreamPlan, FilePlan, RotatingFilePlan, TimedFilePlan, ArchiveFilePlan, QueuePlan,
                 NullPlan, MemoryPlan, SyslogPlan, OwnHandlerPlan>;

/// The file that a handler of that kind writes to; null when it writes to none. `Kind` is
/// HandlerKind, const or not.
template <typename Kind>
auto file_of(Kind& kind) {
  using File = std::conditional_t<std::is_const_v<Kind>, const FilePlan, FilePlan>;
  const auto find = [](auto& plan) -> File* {
    if constexpr (requires { plan.filename; }) return &plan;
    if constexpr (requires { plan.file.filename; }) return &plan.file;
    return nullptr;
  };
  return std::visit(find, kind);
}

struct HandlerPlan {
  std::string name;
  std::string class_name;
  HandlerKind kind;
  int level = 0;
  /// Index into Plan::formatters; none means "%(message)s".
  std::optional<std::size_t> formatter;
  /// Indices into Plan::filters, in file order, without repetitions.
  std::vector<std::size_t> filters;
  /// Key path for errors that only building finds out, such as a directory that is missing.
  std::string path;
};

struct LoggerPlan {
  /// Empty for the root.
  std::string name;
  /// None keeps the level the logger has (0 for a new one, WARNING for a new root).
  std::optional<int> level;
  /// Indices into Plan::handlers, in file order, without repetitions. They replace the old ones.
  std::vector<std::size_t> handlers;
  /// Indices into Plan::filters. CPython adds them to the filters a logger already has.
  std::vector<std::size_t> filters;
  /// None keeps what the logger has (true for a new one); always none for the root.
  std::optional<bool> propagate;
  std::string path;
};

enum class WhenFull { block, drop };
inline constexpr std::string_view when_full_words[] = {"block", "drop"};

enum class ClockSource {
  /// The processor's time stamp counter, converted on the consumer.
  tsc,
  /// The kernel's clock, read at every call.
  system,
  /// The kernel's clock as the consumer read it last: microseconds ago when there is much to do, up
  /// to 16 ms after a silence.
  coarse,
};
inline constexpr std::string_view clock_words[] = {"tsc", "system", "coarse"};

inline constexpr std::uint32_t min_ring_slots = 64;
inline constexpr std::uint32_t max_ring_slots = 1048576;
inline constexpr std::int64_t most_kept_bytes = std::int64_t{1} << 40;

/// A new level for a handler that is in force.
struct HandlerLevelPlan {
  std::string name;
  /// None, also for 0 and "": the handler keeps its level, but it has to exist.
  std::optional<int> level;
  std::string path;
};

/// A member of `"flight_recorder"`: keeps the newest records that the levels of a logger and those
/// below it hold back, and has them written when an important one comes.
struct RecorderPlan {
  /// Empty for the root: all loggers.
  std::string logger;
  /// 1 to most_recorded.
  std::int64_t records = 256;
  /// What is below is not made at all.
  int level = 10;
  /// A record of that level or above has what is kept written.
  int trigger = 40;
  std::string path;
};
inline constexpr std::int64_t most_recorded = 1'000'000;

/// The `"xylem"` object, which CPython ignores.
struct EnginePlan {
  /// 64-byte slots of each thread's ring; a power of two, min_ring_slots to max_ring_slots.
  std::uint32_t ring_slots = 4096;
  WhenFull when_full = WhenFull::block;
  ClockSource clock = ClockSource::tsc;
  /// Where rings are kept that survive a crash; empty: nowhere.
  std::string crash_dir = crash::default_directory();
  /// Fatal signals and std::terminate leave a record.
  bool signals = true;
  /// A call returns once its record is in the kernel's hands.
  bool synchronous = false;
  /// Names for levels, in file order.
  std::vector<record::LevelName> level_names{};
  /// What each file or stream may keep of lines that it cannot write; 0 to most_kept_bytes.
  std::int64_t max_kept_bytes = std::int64_t{16} << 20;
  /// In file order, no logger twice.
  std::vector<RecorderPlan> recorders;
  /// Which of the settings that hold for the whole process the document has: "ring.slots", "clock".
  std::vector<std::string> given{};
};

struct Plan {
  /// The file the plan came from; empty for a text from memory.
  std::string source;
  /// Of the text, to tell configs apart.
  std::uint64_t hash = 0;
  /// Only changes what is in force: the levels of `handler_levels`, `loggers` and `root`, and what
  /// `loggers` say of propagation. The rest of the document is not read.
  bool incremental = false;
  /// In file order.
  std::vector<HandlerLevelPlan> handler_levels;
  bool disable_existing_loggers = true;
  /// In file order.
  std::vector<FormatterPlan> formatters;
  std::vector<FilterPlan> filters;
  /// In CPython's order of construction: by name, a queue after its members.
  std::vector<HandlerPlan> handlers;
  /// In file order, the root left out.
  std::vector<LoggerPlan> loggers;
  /// `loggers.root`, `loggers[]` and the top-level `root` as one; none when the document names no
  /// root, which leaves the root as it is.
  std::optional<LoggerPlan> root;
  EnginePlan engine;
};

}  // namespace xylem::config
