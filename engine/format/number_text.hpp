#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "record/value.hpp"

/// What Python's two ways of formatting numbers, `%` and `{}`, have in common.
namespace xylem::format {

/// Whether the JSON text is an integer, of any size.
bool is_integer_text(std::string_view json);

/// An integer of any size, in the digits of some base.
struct IntegerText {
  bool negative;
  std::string digits;  // lower case, "0" for 0
};

/// The digits of a Python int in base 2, 8, 10 or 16: of an integer, a boolean or an address.
/// Nothing for a value that is none.
std::optional<IntegerText> integer_text(const record::Value& value, unsigned base);

/// The number as a double, as Python's float(); nothing for a value that is no number. Throws
/// FormatError "int too large to convert to float".
std::optional<double> real_number(const record::Value& value);

/// The digits of `magnitude` as C's printf() writes them: `type` is one of eEfFgG, `alternate` its
/// flag `#`. "inf" and "nan" are among them.
std::string real_digits(double magnitude, char type, int precision, bool alternate);

/// Negative, and not NaN, whose sign Python does not show.
bool shows_minus(double number);

}  // namespace xylem::format
