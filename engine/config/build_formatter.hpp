#pragma once
/// @file
/// The formatters that a plan asks for.

#include <memory>

#include "config/plan.hpp"
#include "format/formatter.hpp"

namespace xylem::config {

std::shared_ptr<format::Formatter> build_formatter(const FormatterPlan& plan);

/// A handler's own formatter where what it makes depends on the handler's stream: one that is a
/// terminal, and whose user has not asked for plain text (https://no-color.org), gets colours. Null
/// where the formatter is the same for all handlers. Reads the environment as getenv(3) does.
std::shared_ptr<format::Formatter> build_formatter_for(const FormatterPlan& plan,
                                                       const HandlerPlan& handler);

}  // namespace xylem::config
