#pragma once
/// @file
/// Filters while the program runs, at loggers and handlers that are in force: what "filters" of a
/// configuration says, in code.
///
///     const xylem::FilterHandle quiet = xylem::add_filter("my_app", [](const auto& record) {
///       return record.field("path") != "/health";
///     });
///     xylem::add_handler_filter("file",
///         R"j({"()": "xylem.RedactionFilter", "fields": ["password"]})j");
///     xylem::remove_filter(quiet);
///
/// Each function waits until the consumer has taken the change over, as set_level() does: what the
/// calling thread has logged before goes the old way. Thread-safe, but not to be called by a
/// handler, formatter or filter, where they throw ConfigError.
///
/// After a crash a recovery goes by the configuration alone. It does not know of filters that were
/// added here, so what must never be seen belongs into the configuration.

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include <xylem/config.hpp>
#include <xylem/record_view.hpp>

namespace xylem {

/// Names a filter that was added, for remove_filter(). A small value; outlives the filter.
class FilterHandle {
 public:
  FilterHandle() noexcept = default;
  explicit FilterHandle(std::weak_ptr<const void> filter) noexcept : filter_{std::move(filter)} {}

  std::shared_ptr<const void> lock() const noexcept { return filter_.lock(); }

 private:
  std::weak_ptr<const void> filter_;
};

/// Only records for which `passes` returns true pass the logger of that name from now on ("" and
/// "root" are the root), besides what its level and other filters say; as in Python not those of
/// the loggers below it. Stays through configurations, as CPython's do, until it is removed or
/// shutdown().
///
/// `passes` runs on the engine's thread, one record at a time. What it throws costs the record,
/// which counts as failed.
FilterHandle add_filter(std::string_view logger, std::function<bool(const RecordView&)> passes);

/// The same with what would stand under a name in "filters", as JSON: a filter of the engine's or
/// one that is registered (registry.hpp, extend.hpp).
/// @throws ConfigError as configure() does
FilterHandle add_filter(std::string_view logger, std::string_view config);

/// The same at the handler of that name, for all that comes to it. Goes with the handler, at the
/// next configuration.
/// @throws ConfigError "There is no handler 'x'"
FilterHandle add_handler_filter(std::string_view handler,
                                std::function<bool(const RecordView&)> passes);
FilterHandle add_handler_filter(std::string_view handler, std::string_view config);

/// False if it is not there any more.
bool remove_filter(const FilterHandle& filter);

}  // namespace xylem
