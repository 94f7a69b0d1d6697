#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xylem {

/// A record made elsewhere, with the attributes of Python's LogRecord. What is not set is filled in
/// as for a record of this process.
struct Record {
  /// A field of the record: its value is the text of one valid JSON value, kept with its type.
  struct Extra {
    std::string key;
    std::string json;
  };

  std::string name = "root";
  int levelno = 20;
  std::string message;
  std::optional<std::string> levelname;
  std::optional<double> created;           // seconds since the epoch
  std::optional<double> msecs;             // milliseconds within the second of `created`
  std::optional<double> relative_created;  // milliseconds since the program's start
  std::optional<std::string> module;
  std::optional<std::string> filename;
  std::optional<std::string> pathname;
  std::optional<std::string> func_name;
  std::optional<long long> lineno;
  std::optional<unsigned long long> thread;
  std::optional<std::string> thread_name;
  std::optional<long long> process;
  std::optional<std::string> process_name;
  std::optional<std::string> task_name;
  std::optional<std::string> exc_text;
  std::optional<std::string> stack_info;
  std::vector<Extra> extras;
};

/// Handles a record as the logger of its name would handle one of its own: level and filters apply.
/// Returns whether the level let it pass. Thread-safe.
bool handle(const Record& record);

}  // namespace xylem
