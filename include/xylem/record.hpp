#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xylem {

/// A record made elsewhere, with the attributes of Python's LogRecord. What is not set is filled in
/// as for a record of this process.
struct Record {
  /// An attribute that may also be None (JSON's null), which is not the same as not set:
  /// `record.thread_name.emplace(std::nullopt)`.
  template <typename T>
  using OrNone = std::optional<std::optional<T>>;

  /// A field of the record: its value is the text of one valid JSON value, kept with its type.
  struct Extra {
    std::string key;
    std::string json;
  };

  std::string name = "root";
  int levelno = 20;
  std::string message;
  OrNone<std::string> levelname;
  std::optional<double> created;           // seconds since the epoch
  std::optional<double> msecs;             // milliseconds within the second of `created`
  std::optional<double> relative_created;  // milliseconds since the program's start
  OrNone<std::string> module;
  OrNone<std::string> filename;
  OrNone<std::string> pathname;
  std::optional<std::string> func_name;
  OrNone<long long> lineno;
  OrNone<unsigned long long> thread;
  OrNone<std::string> thread_name;
  OrNone<long long> process;
  OrNone<std::string> process_name;
  std::optional<std::string> task_name;
  std::optional<std::string> exc_text;
  std::optional<std::string> stack_info;
  std::vector<Extra> extras;
};

/// Handles a record as the logger of its name would handle one of its own: level and filters apply.
/// Returns whether the level let it pass. Thread-safe.
bool handle(const Record& record);

}  // namespace xylem
