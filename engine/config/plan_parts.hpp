#pragma once
/// @file
/// What kinds of handlers have in common, by the names of their members.

#include <cstddef>
#include <type_traits>
#include <variant>
#include <vector>

#include "config/plan.hpp"

namespace xylem::config {

/// The file that a handler writes; null for one that writes none.
inline const FilePlan* file_of(const HandlerPlan& handler) {
  return std::visit(
      [](const auto& kind) -> const FilePlan* {
        if constexpr (std::is_convertible_v<decltype(&kind), const FilePlan*>) {
          return &kind;
        } else if constexpr (requires { static_cast<const FilePlan*>(&kind.file); }) {
          return &kind.file;
        } else {
          return nullptr;
        }
      },
      handler.kind);
}

/// Indices of the handlers behind a handler: a queue's members, or the target of one that holds
/// records back.
inline std::vector<std::size_t> members_of(const HandlerPlan& handler) {
  return std::visit(
      [](const auto& kind) -> std::vector<std::size_t> {
        if constexpr (requires { kind.handlers; }) {
          return kind.handlers;
        } else if constexpr (requires { *kind.target; }) {
          return kind.target ? std::vector<std::size_t>{*kind.target} : std::vector<std::size_t>{};
        } else {
          return {};
        }
      },
      handler.kind);
}

/// Whether a handler throws away what gets to it.
inline bool discards(const HandlerPlan& handler) {
  return std::visit(
      [](const auto& kind) {
        if constexpr (requires { kind.handlers; }) {
          return kind.handlers.empty();
        } else if constexpr (requires { *kind.target; }) {
          return !kind.target;
        } else {
          return std::is_same_v<decltype(kind), const NullPlan&>;
        }
      },
      handler.kind);
}

/// Whether a handler keeps records for a while before it hands them on.
inline bool holds_back(const HandlerPlan& handler) {
  return std::visit(
      [](const auto& kind) {
        return requires {
          *kind.target;
        };
      },
      handler.kind);
}

/// Whether the class of a handler has rules by which its file is replaced by a new one.
inline bool can_roll_over(const HandlerPlan& handler) {
  return std::visit(
      [](const auto& kind) {
        return requires {
          kind.file;
        };
      },
      handler.kind);
}

}  // namespace xylem::config
