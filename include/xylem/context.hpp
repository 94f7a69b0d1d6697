#pragma once

/// Fields that belong to what a thread is doing, not to one call: the request, the job, the trace.
/// Python has contextvars and a filter for it.
///
///     void serve(const Request& request) {
///       xylem::Context context{xylem::field("request_id", request.id),
///                              xylem::field("user", request.user)};
///       XYLEM_INFO(log, "accepted");       // {"message": "accepted", ..., "request_id": "a1",
///       ...} parse(request);                    // whatever logs in there carries them too
///     }                                    // no more
///
/// The fields keep their types in every JSON formatter, stand as `%(request_id)s` in text (a format
/// that names them needs `defaults` for records outside of the context), and behind the record's
/// own fields otherwise. Of equal keys the record's own counts, then a bound logger's, then the
/// innermost context's. A record's message can show one by its name, `{request_id}`, if the call
/// has a field of its own.
///
/// Cost: making one encodes the fields into a block of memory. The thread's next record is preceded
/// by one that carries them all, so a context in which nothing is logged sends nothing, and a
/// record within costs its call what it costs outside.

#include <type_traits>
#include <utility>

#include <xylem/detail/members.hpp>
#include <xylem/field.hpp>
#include <xylem/trace.hpp>

namespace xylem {

/// While it lives, each record of the thread that made it carries its fields and those of the
/// contexts around it. It belongs to a block of that thread: make it a local variable, and contexts
/// end in the reverse order of their beginning.
///
/// It must not live across a point at which a coroutine may be suspended (co_await, co_yield): what
/// the thread does meanwhile would be logged with its fields, and what the coroutine logs when
/// another thread resumes it without them. A coroutine captures once what it wants to carry, and
/// goes on with that in each stretch between two such points:
///
///     const auto captured = xylem::Context::capture();
///     co_await request();
///     {
///       xylem::Context resumed{captured};
///       XYLEM_INFO(log, "answered");
///     }
///     co_await next();
///
/// One that ends out of turn all the same, or on another thread, takes its own fields away from the
/// thread that made it, and only these.
class [[nodiscard]] Context {
 public:
  /// The fields of a thread at one moment: a handle, cheap to copy, usable from any thread.
  class Captured {
   public:
    /// No fields.
    Captured() noexcept = default;

   private:
    friend class Context;
    explicit Captured(detail::Members members) noexcept : members_{std::move(members)} {}
    detail::Members members_;
  };

  /// Adds the fields, made by field() or trace(). What they refer to is copied. Throws
  /// std::bad_alloc.
  template <typename... Fields>
  requires(sizeof...(Fields) > 0 &&
           (detail::is_member_source<Fields> && ...)) explicit Context(const Fields&... fields)
      : Context{detail::make_members(fields...), false} {}

  /// Goes on with the fields of another thread, or of another moment, in place of those of this
  /// one: in a task that a pool runs, or in a coroutine each time that it is resumed.
  ///
  ///     pool.submit([captured = xylem::Context::capture()] {
  ///       xylem::Context resumed{captured};
  ///       XYLEM_INFO(log, "done");   // with the request_id of whoever submitted it
  ///     });
  ///
  /// Throws std::bad_alloc.
  explicit Context(const Captured& captured) : Context{captured.members_, true} {}

  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context();

  /// All fields that a record of this thread would carry now.
  static Captured capture() noexcept;

 private:
  Context(detail::Members added, bool stands_alone);

  detail::ContextNode* node_;
};

}  // namespace xylem
