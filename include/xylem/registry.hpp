#pragma once
/// @file
/// Names for configurations: what a Python service calls a class of its own, this program calls one
/// that the engine has.

#include <string_view>

#include <xylem/config.hpp>

namespace xylem {

/// From now on a configuration may name a formatter `name`:
///
///     xylem::register_formatter("myapp.logs.LineFormatter", "xylem.JsonFormatter",
///                               R"({"ensure_ascii": true, "fmt_keys": {"level": "levelname"}})");
///
/// makes `{"()": "myapp.logs.LineFormatter"}` mean what `{"()": "xylem.JsonFormatter",
/// "ensure_ascii": true, ...}` does. An argument in the configuration counts instead of the default
/// of the same name.
///
/// A name that is registered again stands for the new class in the configurations that come; one of
/// the engine's own may be registered as well. What is in force is never changed. Thread-safe.
///
/// @param name     dotted, as in `"()"` or `"class"`, with or without `ext://` there
/// @param target   a formatter that the engine has, or a name registered before
/// @param defaults a JSON object of keyword arguments
/// @throws ConfigError when `name` is empty, `target` names no formatter or `defaults` is no JSON
///         object
void register_formatter(std::string_view name, std::string_view target,
                        std::string_view defaults = "{}");

/// The same for filters.
void register_filter(std::string_view name, std::string_view target,
                     std::string_view defaults = "{}");

/// The same for handlers; `"class"` and `"()"` may name them. The defaults may hold what is no
/// argument of a class as well: `level`, `filters`, `formatter`.
void register_handler(std::string_view name, std::string_view target,
                      std::string_view defaults = "{}");

}  // namespace xylem
