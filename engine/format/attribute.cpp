#include "format/attribute.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "format/percent.hpp"
#include "record/level_names.hpp"
#include "record/payload.hpp"
#include "record/process.hpp"

namespace xylem::format {
namespace {

using record::Value;
using record::View;

constexpr std::pair<std::string_view, Attribute> names[] = {
    {"name", Attribute::name},
    {"msg", Attribute::msg},
    {"levelname", Attribute::levelname},
    {"levelno", Attribute::levelno},
    {"pathname", Attribute::pathname},
    {"filename", Attribute::filename},
    {"module", Attribute::module},
    {"lineno", Attribute::lineno},
    {"funcName", Attribute::func_name},
    {"process", Attribute::process},
    {"processName", Attribute::process_name},
    {"taskName", Attribute::task_name},
    {"args", Attribute::args},
    {"created", Attribute::created},
    {"msecs", Attribute::msecs},
    {"relativeCreated", Attribute::relative_created},
    {"thread", Attribute::thread},
    {"threadName", Attribute::thread_name},
    {"message", Attribute::message},
    {"asctime", Attribute::asctime},
    {"timestamp", Attribute::timestamp},
    {"exc_info", Attribute::exc_info},
    {"exc_text", Attribute::exc_text},
    {"stack_info", Attribute::stack_info},
};

double created_of(const View& view) {
  if (view.foreign != nullptr && view.foreign->created) return *view.foreign->created;
  return static_cast<double>(view.time_ns) / 1e9;
}

std::int64_t created_ns_of(const View& view) {
  if (view.foreign == nullptr || !view.foreign->created) return view.time_ns;
  // A double of such a size knows microseconds and no more.
  constexpr std::int64_t ns_per_us = 1000;
  constexpr std::int64_t most_us = std::numeric_limits<std::int64_t>::max() / ns_per_us;
  const auto time_us = to_unix_time_us(*view.foreign->created);
  return time_us ? std::clamp(*time_us, -most_us, most_us) * ns_per_us : 0;
}

double msecs_of(const View& view) {
  if (view.foreign != nullptr && view.foreign->msecs) return *view.foreign->msecs;
  // CPython: whole milliseconds, as a float. Of a record with another `created` it shows those of
  // its own clock, which belong to no time at all.
  if (view.foreign != nullptr && view.foreign->created) {
    const double created = *view.foreign->created;
    return std::floor((created - std::floor(created)) * 1e3);
  }
  return static_cast<double>(msecs_of_time(view.time_ns));
}

double relative_of(const View& view) {
  if (view.foreign != nullptr && view.foreign->relative_created) {
    return *view.foreign->relative_created;
  }
  if (view.foreign != nullptr && view.foreign->created) {
    return *view.foreign->created * 1e3 - static_cast<double>(record::process_start_ns()) / 1e6;
  }
  // Unsigned, because a time that was read from a file may be any.
  const auto since_ns =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(view.time_ns) -
                                static_cast<std::uint64_t>(record::process_start_ns()));
  return static_cast<double>(since_ns) / 1e6;
}

template <typename T>
Value value_or_none(const std::optional<T>& value) {
  return value ? Value::of(*value) : Value::none();
}

/// For records made elsewhere: what was given counts, and what was not has the default of
/// logging.makeLogRecord.
Value read_foreign(Attribute attribute, const View& view, std::string& scratch) {
  const record::Foreign& foreign = *view.foreign;
  switch (attribute) {
    case Attribute::msg:
      return Value::of(foreign.message);
    case Attribute::levelname:
      if (foreign.levelname) return value_or_none(*foreign.levelname);
      return Value::of(std::string_view{scratch = record::level_name(foreign.levelno)});
    case Attribute::levelno:
      return Value::of(std::int64_t{foreign.levelno});
    case Attribute::pathname:
      return value_or_none(foreign.pathname.value_or(""));
    case Attribute::filename:
      return value_or_none(foreign.filename.value_or(""));
    case Attribute::module:
      return value_or_none(foreign.module.value_or(""));
    case Attribute::lineno:
      return value_or_none(foreign.lineno.value_or(0));
    case Attribute::func_name:
      return value_or_none(foreign.func_name);
    case Attribute::process:
      return value_or_none(foreign.process.value_or(record::process_id()));
    case Attribute::process_name:
      return value_or_none(foreign.process_name.value_or("MainProcess"));
    case Attribute::task_name:
      return value_or_none(foreign.task_name);
    case Attribute::thread:
      return value_or_none(foreign.thread.value_or(view.thread->id));
    case Attribute::thread_name:
      return value_or_none(foreign.thread_name.value_or(view.thread->name));
    default:
      return {};
  }
}

Value read_native(Attribute attribute, const View& view, std::string& scratch) {
  const record::Site& site = *view.site;
  switch (attribute) {
    case Attribute::msg:
      return Value::of(std::string_view{site.format});
    case Attribute::levelname:
      return Value::of(
          std::string_view{scratch = record::level_name(static_cast<int>(site.level))});
    case Attribute::levelno:
      return Value::of(std::int64_t{static_cast<int>(site.level)});
    case Attribute::pathname:
      return Value::of(std::string_view{site.pathname});
    case Attribute::filename:
      return Value::of(base_name(site.pathname));
    case Attribute::module:
      return Value::of(stem(base_name(site.pathname)));
    case Attribute::lineno:
      return Value::of(std::int64_t{site.line});
    case Attribute::func_name:
      return Value::of(std::string_view{site.function});
    case Attribute::process:
      return Value::of(record::process_id());
    case Attribute::process_name:
      return Value::of(std::string_view{"MainProcess"});
    case Attribute::task_name:
      return Value::none();
    case Attribute::thread:
      return Value::of(view.thread->id);
    case Attribute::thread_name:
      return Value::of(std::string_view{view.thread->name});
    default:
      return {};
  }
}

}  // namespace

std::optional<Attribute> find_attribute(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(names), std::end(names), [name](auto& e) { return e.first == name; });
  if (found == std::end(names)) return std::nullopt;
  return found->second;
}

Value read_attribute(Attribute attribute, const View& view, std::string& scratch) {
  switch (attribute) {
    case Attribute::name:
      return Value::of(view.logger);
    case Attribute::args:
      return Value::none();
    case Attribute::created:
      return Value::of(created_of(view));
    case Attribute::msecs:
      return Value::of(msecs_of(view));
    case Attribute::relative_created:
      return Value::of(relative_of(view));
    case Attribute::created_ns:
      return Value::of(std::string_view{scratch = std::to_string(created_ns_of(view))});
    default:
      return view.foreign != nullptr ? read_foreign(attribute, view, scratch)
                                     : read_native(attribute, view, scratch);
  }
}

std::string_view render_asctime(const View& view, LocalTimeRenderer& renderer) {
  if (view.foreign == nullptr || !view.foreign->created) return renderer.render(view.time_ns);
  // As formatTime: the second of `created`, the milliseconds of `msecs`, whatever they are.
  const double created = std::floor(*view.foreign->created);
  const double msecs = msecs_of(view);
  if (!(std::fabs(created) < 1e15 && std::fabs(msecs) < 1e9)) {
    throw FormatError{"timestamp out of range for platform time_t"};
  }
  return renderer.render(static_cast<std::int64_t>(created), msecs);
}

namespace {

/// The argument of that kind, absent when the record has none.
Value read_trace(const View& view, record::Kind kind) {
  const std::byte* tail = view.payload + view.site->fixed_bytes;
  for (const record::Argument& argument : view.site->arguments) {
    if (argument.kind == kind) {
      return record::read_argument(argument, view.payload, reinterpret_cast<const char*>(tail));
    }
    if (detail::has_tail(argument.kind)) {
      tail += record::load<std::uint32_t>(view.payload + argument.offset);
    }
  }
  return {};
}

}  // namespace

Value read_exception(const View& view) {
  if (view.foreign == nullptr) return read_trace(view, record::Kind::exception);
  return view.foreign->exc_text ? Value::of(*view.foreign->exc_text) : Value{};
}

Value read_stack(const View& view) {
  if (view.foreign == nullptr) return read_trace(view, record::Kind::stack);
  return view.foreign->stack_info ? Value::of(*view.foreign->stack_info) : Value{};
}

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view stem(std::string_view file_name) {
  const std::size_t dot = file_name.rfind('.');
  // As os.path.splitext: leading dots begin no extension.
  if (dot == std::string_view::npos || file_name.find_first_not_of('.') > dot) return file_name;
  return file_name.substr(0, dot);
}

}  // namespace xylem::format
