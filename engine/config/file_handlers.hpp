#pragma once
/// @file
/// The handlers of files that follow their names or roll by time.

#include <array>
#include <string>
#include <string_view>

#include "config/handler_classes.hpp"
#include "config/plan.hpp"
#include "config/reader.hpp"

namespace xylem::config {

inline constexpr std::array<std::string_view, 9> timed_arguments = {
    "filename", "when", "interval", "backupCount", "encoding", "delay", "utc", "atTime", "errors"};
inline constexpr std::array<std::string_view, 11> archive_arguments = {
    "filename", "maxBytes", "when",  "interval",   "backupCount", "compress",
    "utc",      "encoding", "delay", "totalBytes", "errors"};

HandlerKind read_watched_file_handler(const Cursor& config, const HandlerScope& scope);
HandlerKind read_timed_file_handler(const Cursor& config, const HandlerScope& scope);
HandlerKind read_archive_file_handler(const Cursor& config, const HandlerScope& scope);

/// "every 2 hours", "at midnight, UTC", for people.
std::string schedule_text(const SchedulePlan& schedule);

/// What `xylem check` says behind the file.
std::string rolling_text(const TimedFilePlan& plan);
std::string rolling_text(const ArchiveFilePlan& plan);

}  // namespace xylem::config
