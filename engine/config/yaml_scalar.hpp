#pragma once
/// @file
/// The scalars of YAML 1.1 as PyYAML resolves and constructs them.

#include <stdexcept>
#include <string_view>

#include "config/document.hpp"

namespace xylem::config {

/// What a scalar can be. `merge` and `value` have a meaning as keys only ("<<" and "=").
enum class YamlTag { string, null, boolean, integer, floating, merge, value, timestamp };

/// What a scalar without quotes and without a tag is, by the patterns of PyYAML's resolver.py.
YamlTag resolve_plain(std::string_view text);

/// A scalar that cannot be what it is to be.
struct BadScalar : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The value of a scalar, by the rules of PyYAML's SafeConstructor: underscores in numbers, bases
/// 2, 8, 10, 16 and 60.
/// @throws BadScalar "invalid literal for int() with base 10: 'x'"
Value construct_scalar(YamlTag tag, std::string_view text);

}  // namespace xylem::config
