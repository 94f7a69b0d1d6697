#pragma once

#include <cstdint>
#include <string_view>

#include <xylem/detail/argument.hpp>

namespace xylem::detail {

/// The exception being handled, laid out as Python lays out a traceback whose only known frame is
/// the place of the log call; exceptions nested in it (std::nested_exception) first, as the causes
/// that they are.
ExceptionText current_exception_text(std::string_view file, std::uint32_t line,
                                     std::string_view function);

}  // namespace xylem::detail
