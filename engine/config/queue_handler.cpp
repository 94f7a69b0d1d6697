#include "config/queue_handler.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>

#include "config/filters.hpp"
#include "config/limit.hpp"
#include "config/python_text.hpp"
#include "config/references.hpp"

namespace xylem::config {
namespace {

constexpr std::array<std::string_view, 2> no_queue_keys = {"()", "."};
constexpr std::array<std::string_view, 1> bound_arguments = {"maxsize"};

/// What there is of the standard library's queues: first in, first out, by whatever name.
bool is_queue(std::string_view name) {
  return name == "queue.Queue" || name == "queue.SimpleQueue" || name == "multiprocessing.Queue" ||
         name == "multiprocessing.JoinableQueue";
}

/// Those that give records in another order, or cannot hold them.
bool is_other_queue(std::string_view name) {
  return name == "queue.LifoQueue" || name == "queue.PriorityQueue" || name == "asyncio.Queue" ||
         name == "multiprocessing.SimpleQueue" || name == "collections.deque";
}

[[noreturn]] void refuse_queue(const Cursor& at, std::string_view name) {
  at.fail("Cannot resolve " + python_repr(name) +
          (is_other_queue(name) ? ": this class is not available, use 'queue.Queue'" : ""));
}

/// How many records may wait; 0: any number.
std::int64_t read_bound(const Cursor& queue) {
  // CPython follows no reference here.
  const Cursor named = *queue.find_raw("()");
  if (const auto* raw = named.value().get_if<std::string>(); raw && raw->starts_with("ext://")) {
    refuse_queue(named, *raw);
  }
  const std::string name = class_name_of(queue, "()");
  if (!is_queue(name)) refuse_queue(*queue.find("()", External::allowed), name);
  if (name == "queue.SimpleQueue") {
    for (const auto& entry : queue.object()) {
      const bool is_argument = entry.first != "()" && entry.first != ".";
      if (is_argument) fail_at(queue, entry.first, "SimpleQueue() takes no keyword arguments");
    }
  }
  check_arguments(queue, {"Queue", bound_arguments}, no_queue_keys);
  const std::optional<Cursor> bound = queue.find("maxsize");
  if (!bound) return 0;
  if (const std::optional<std::int64_t> number = limit_of(bound->value())) {
    return std::max<std::int64_t>(*number, 0);
  }
  bound->fail("'>' not supported between instances of '" +
              std::string(python_type(bound->value())) + "' and 'int'");
}

std::int64_t read_queue(const Cursor& config) {
  const std::optional<Cursor> queue = config.find("queue", External::allowed);
  if (!queue) return 0;
  const Value& value = queue->value();
  if (const auto name = external_name(value)) {
    // At every record, in CPython.
    if (is_queue(*name))
      queue->fail(python_repr(value) + " is the class: use " + python_repr(*name));
    refuse_queue(*queue, *name);
  }
  if (const auto* name = value.get_if<std::string>()) {
    if (!is_queue(*name)) refuse_queue(*queue, *name);
    return 0;
  }
  if (value.find("()") != nullptr) return read_bound(*queue);
  queue->fail("Invalid queue specifier " + python_repr(value));
}

/// The consumer takes the place of the listener, so only what changes nothing is taken.
void check_listener(const Cursor& config) {
  const std::optional<Cursor> listener = config.find("listener", External::allowed);
  if (!listener) return;
  const Value& value = listener->value();
  if (value.get_if<std::string>() == nullptr && value.find("()") == nullptr) {
    listener->fail("Invalid listener specifier " + python_repr(value));
  }
  const Cursor named = value.get_if<Object>() ? *listener->find("()") : *listener;
  const std::string text = python_str(named.value());
  const std::string name(external_name(named.value()).value_or(text));
  const bool is_class = is_handler_class(name) || is_filter_class(name) || is_queue(name);
  if (value.get_if<std::string>() != nullptr && is_class) {
    named.fail("Invalid listener specifier " + python_repr(value));
  }
  if (name != "logging.handlers.QueueListener") named.fail("Cannot resolve " + python_repr(name));
  if (value.get_if<Object>()) {
    // CPython calls the factory before it has the queue.
    named.fail("QueueListener.__init__() missing 1 required positional argument: 'queue'");
  }
}

}  // namespace

HandlerKind read_queue_handler(const Cursor& config, const HandlerScope& scope) {
  QueuePlan plan;
  plan.max_records = read_queue(config);
  check_listener(config);
  if (const std::optional<Cursor> members = config.find("handlers")) {
    for (const auto& [name, path] : members->iterate()) {
      const std::string complaint = "Unable to set required handler " + python_repr(name);
      const auto* text = name.get_if<std::string>();
      if (text == nullptr || scope.section.find(*text) == nullptr) {
        throw ConfigError(complaint, path);
      }
      const std::optional<std::size_t> index = find_named(scope.built, name);
      if (!index) {
        throw NotConfiguredYet{
            complaint + ": Required handler " + python_repr(name) + " is not configured yet", path};
      }
      plan.handlers.push_back(*index);
    }
  }
  plan.respect_handler_level = read_flag(config, "respect_handler_level", false);
  return plan;
}

void bound_rings(const std::vector<HandlerPlan>& handlers, EnginePlan& engine) {
  std::int64_t most = 0;
  for (const HandlerPlan& handler : handlers) {
    if (const auto* queue = std::get_if<QueuePlan>(&handler.kind)) {
      most = std::max(most, queue->max_records);
    }
  }
  if (most == 0) return;
  engine.when_full = WhenFull::drop;
  engine.ring_slots = std::bit_ceil(
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(most, min_ring_slots, max_ring_slots)));
}

}  // namespace xylem::config
