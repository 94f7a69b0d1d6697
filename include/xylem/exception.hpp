#pragma once

#include <exception>

#include <xylem/detail/argument.hpp>

/// An exception as an argument of a log call: Python's `exc_info=True` and `exc_info=exception`.
///
///     try {
///       connect();
///     } catch (const std::exception&) {
///       XYLEM_WARNING(log, "{} tries left", left, xylem::exception());
///     }
///     log.error("the task failed", xylem::exception(task.error));
///
/// It stands beside any other arguments of a call at any level, takes no `{}` of the format string,
/// and becomes the record's `exc_info`, laid out as that of Logger::exception(): the type and
/// what() of the exception and of those nested in it, with the calls that led to the log call, or
/// to the throw where xylem-throw is linked. Pass it straight to the call. Of several the first
/// counts that has an exception.
namespace xylem {

/// The exception being handled. Outside a catch block the record has no `exc_info`. Throws
/// std::bad_alloc. Any thread, but no signal handler.
[[nodiscard]] detail::ExceptionText exception();

/// An exception that was kept, by std::current_exception() or in a future say. Null: the record has
/// no `exc_info`. It is rethrown and caught to be looked at. Otherwise as exception().
[[nodiscard]] detail::ExceptionText exception(const std::exception_ptr& thrown);

}  // namespace xylem
