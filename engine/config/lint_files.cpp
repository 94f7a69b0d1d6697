#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <variant>

#include <fmt/format.h>

#include "config/file_state.hpp"
#include "config/lint_checks.hpp"
#include "config/plan_parts.hpp"
#include "config/python_text.hpp"

namespace xylem::config {

namespace fs = std::filesystem;

void check_shared_files(const Linted& linted, Warnings& warnings) {
  std::map<fs::path, const HandlerPlan*> writers;
  for (const HandlerPlan& handler : linted.plan.handlers) {
    const FilePlan* const file = file_of(handler);
    // Devices and pipes take lines from whoever comes.
    std::error_code error;
    if (file == nullptr || fs::is_other(file->filename, error)) continue;
    const auto [first, is_new] = writers.try_emplace(identity_of(*file), &handler);
    if (is_new) continue;
    warnings.add(handler.path + ".filename",
                 fmt::format("{} and {} write one file, {}: let one handler serve the loggers of "
                             "both",
                             python_repr(first->second->name), python_repr(handler.name),
                             python_repr(file->filename)));
  }
}

void check_rollover(const Linted& linted, Warnings& warnings) {
  for (const HandlerPlan& handler : linted.plan.handlers) {
    const auto* const rotating = std::get_if<RotatingFilePlan>(&handler.kind);
    if (rotating == nullptr) continue;
    if (rotating->max_bytes <= 0) {
      warnings.add(handler.path,
                   "The file never rolls over: set maxBytes and backupCount, or make this a "
                   "logging.FileHandler");
    } else if (rotating->backup_count == 0) {
      warnings.add(handler.path,
                   "The file never rolls over, since no backup may be kept: set backupCount to 1 "
                   "or more");
    }
    const Value* const handlers = linted.document.find("handlers");
    const Value* const config = handlers == nullptr ? nullptr : handlers->find(handler.name);
    const Value* const mode = config == nullptr ? nullptr : config->find("mode");
    const auto* const letters = mode == nullptr ? nullptr : mode->get_if<std::string>();
    const bool is_appended = letters != nullptr && letters->starts_with('a');
    if (rotating->max_bytes > 0 && mode != nullptr && !is_appended) {
      warnings.add(handler.path + ".mode",
                   "A file with maxBytes is appended to, whatever mode says: take it out");
    }
  }
}

void check_directories(const Linted& linted, Warnings& warnings) {
  for (const HandlerPlan& handler : linted.plan.handlers) {
    const FilePlan* const file = file_of(handler);
    if (file == nullptr) continue;
    std::string found = obstacle_to_open(*file);
    if (found.empty() && can_roll_over(handler)) found = obstacle_to_rename(*file);
    if (!found.empty()) warnings.add(handler.path + ".filename", found);
  }
}

}  // namespace xylem::config
