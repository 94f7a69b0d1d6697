#pragma once
/// @file
/// The checks of lint.cpp. A new check is a function here and a row there.

#include <string>
#include <utility>
#include <vector>

#include "config/lint.hpp"
#include "config/reach.hpp"

namespace xylem::config {

/// What the checks look at.
struct Linted {
  const Value& document;
  const Plan& plan;
  std::vector<LoggerView> views;
};

class Warnings {
 public:
  void add(std::string path, std::string message) {
    list_.push_back({std::move(message), std::move(path)});
  }
  std::vector<Warning> take() { return std::move(list_); }

 private:
  std::vector<Warning> list_;
};

// lint_keys.cpp: what the document says and nobody reads.
void check_ignored_keys(const Linted& linted, Warnings& warnings);
void check_string_booleans(const Linted& linted, Warnings& warnings);
void check_two_roots(const Linted& linted, Warnings& warnings);

// lint_levels.cpp: where records go, and where they cannot.
void check_loggers_without_handlers(const Linted& linted, Warnings& warnings);
void check_levels_of_loggers(const Linted& linted, Warnings& warnings);
void check_levels_of_handlers(const Linted& linted, Warnings& warnings);
void check_ignored_levels(const Linted& linted, Warnings& warnings);
void check_recorders(const Linted& linted, Warnings& warnings);
void check_unused(const Linted& linted, Warnings& warnings);

// lint_files.cpp
void check_shared_files(const Linted& linted, Warnings& warnings);
void check_rollover(const Linted& linted, Warnings& warnings);
void check_directories(const Linted& linted, Warnings& warnings);

}  // namespace xylem::config
