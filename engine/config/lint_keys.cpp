#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "config/lint_checks.hpp"
#include "config/python_text.hpp"
#include "config/reader.hpp"
#include "config/suggestion.hpp"

namespace xylem::config {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 9> top_keys = {
    "version",    "incremental", "disable_existing_loggers",
    "formatters", "filters",     "handlers",
    "loggers",    "root",        "xylem"};
constexpr std::array<std::string_view, 6> formatter_keys = {"format", "datefmt",  "style",
                                                            "class",  "validate", "defaults"};
constexpr std::array<std::string_view, 1> filter_keys = {"name"};
constexpr std::array<std::string_view, 4> logger_keys = {"level", "handlers", "filters",
                                                         "propagate"};
constexpr std::array<std::string_view, 3> root_keys = {"level", "handlers", "filters"};
constexpr std::array<std::string_view, 5> incremental_keys = {"version", "incremental", "handlers",
                                                              "loggers", "root"};
constexpr std::array<std::string_view, 1> level_key = {"level"};
constexpr std::array<std::string_view, 2> level_and_propagate = {"level", "propagate"};

constexpr std::array<std::string_view, 9> boolean_keys = {
    "disable_existing_loggers", "incremental", "validate",     "propagate",   "delay",
    "respect_handler_level",    "utc",         "flushOnClose", "ensure_ascii"};

bool has(Names names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_true(const Cursor& owner, std::string_view key) {
  const std::optional<Cursor> flag = owner.find_raw(key);
  return flag && flag->value().truthy();
}

/// A word for mistakes that are made again and again.
std::string advice(const Cursor& owner, std::string_view kind, std::string_view key, Names known) {
  if (kind == "filter" && key == "class") return ": a class is named by '()' here";
  // The name that the argument of the class itself has.
  if (kind == "formatter" && key == "fmt") return ". Did you mean 'format'?";
  if (kind == "formatter" && owner.contains("class")) {
    return ": only a formatter that is made by '()' instead of 'class' gets it";
  }
  if (kind == "root" && key == "propagate") return ": root has nobody to propagate to";
  const std::string nearest = suggestion(key, known);
  return nearest.empty() ? ": take it out" : nearest;
}

void report_others(const Cursor& owner, std::string_view kind, Names known, Warnings& warnings) {
  const Object* const members = owner.value().get_if<Object>();
  if (members == nullptr) return;
  for (const auto& [key, value] : *members) {
    if (has(known, key)) continue;
    warnings.add(owner.find_raw(key)->path(),
                 python_repr(key) + " is ignored" + advice(owner, kind, key, known));
  }
}

/// Calls `visit(name, member)` for each of a section that is there.
template <typename Visit>
void for_each_in(const Cursor& document, std::string_view section, Visit visit) {
  const std::optional<Cursor> found = document.find_raw(section);
  const Object* const members = found ? found->value().get_if<Object>() : nullptr;
  if (members == nullptr) return;
  for (const auto& [name, value] : *members) visit(name, *found->find_raw(name));
}

bool is_root(std::string_view name) {
  return name.empty() || name == "root";
}

void check_incremental_keys(const Cursor& document, Warnings& warnings) {
  report_others(document, "document", incremental_keys, warnings);
  for_each_in(document, "handlers", [&](const std::string&, const Cursor& handler) {
    report_others(handler, "handler", level_key, warnings);
  });
  for_each_in(document, "loggers", [&](const std::string& name, const Cursor& logger) {
    const bool root = is_root(name);
    report_others(logger, root ? "root" : "logger",
                  root ? Names(level_key) : Names(level_and_propagate), warnings);
  });
  if (const auto root = document.find_raw("root")) {
    report_others(*root, "root", level_key, warnings);
  }
}

/// Everywhere, since the keys that are asked for have one meaning wherever they are read.
void look_for_strings(const Cursor& at, Warnings& warnings) {
  const Object* const members = at.value().get_if<Object>();
  if (members == nullptr) return;
  for (const auto& [key, value] : *members) {
    const auto* const text = value.get_if<std::string>();
    if (text == nullptr || !has(boolean_keys, key)) continue;
    warnings.add(at.find_raw(key)->path(),
                 text->empty() ? "'' is a string, and counts as false: write false"
                               : python_repr(*text) +
                                     " is a string, and counts as true whatever it says: write "
                                     "true or false without quotes");
  }
}

}  // namespace

void check_ignored_keys(const Linted& linted, Warnings& warnings) {
  const Cursor document(linted.document, {});
  if (is_true(document, "incremental")) return check_incremental_keys(document, warnings);
  report_others(document, "document", top_keys, warnings);
  for_each_in(document, "formatters", [&](const std::string&, const Cursor& formatter) {
    if (!formatter.contains("()")) report_others(formatter, "formatter", formatter_keys, warnings);
  });
  for_each_in(document, "filters", [&](const std::string&, const Cursor& filter) {
    if (!filter.contains("()")) report_others(filter, "filter", filter_keys, warnings);
  });
  for_each_in(document, "loggers", [&](const std::string& name, const Cursor& logger) {
    const bool root = is_root(name);
    report_others(logger, root ? "root" : "logger", root ? Names(root_keys) : Names(logger_keys),
                  warnings);
  });
  if (const auto root = document.find_raw("root")) {
    report_others(*root, "root", root_keys, warnings);
  }
}

void check_string_booleans(const Linted& linted, Warnings& warnings) {
  const Cursor document(linted.document, {});
  look_for_strings(document, warnings);
  for (const std::string_view section : {"formatters", "handlers", "loggers"}) {
    for_each_in(document, section, [&](const std::string&, const Cursor& member) {
      look_for_strings(member, warnings);
    });
  }
}

void check_two_roots(const Linted& linted, Warnings& warnings) {
  const Cursor document(linted.document, {});
  if (!is_true(document, "root")) return;
  for_each_in(document, "loggers", [&](const std::string& name, const Cursor& logger) {
    if (!is_root(name) || !is_true(logger, "handlers")) return;
    warnings.add(logger.find_raw("handlers")->path(),
                 "The top-level 'root' takes these handlers away again: keep one of the two");
  });
}

}  // namespace xylem::config
