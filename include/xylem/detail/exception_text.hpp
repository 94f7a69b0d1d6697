#pragma once

#include <xylem/detail/argument.hpp>

namespace xylem::detail {

/// The exception being handled, for the consumer to lay out as Python lays out a traceback:
/// exceptions nested in it (std::nested_exception) first, as the causes that they are, each with
/// the stack that it was thrown from where xylem-throw is linked; without it the last one has that
/// of the caller.
ExceptionText current_exception_text();

}  // namespace xylem::detail
