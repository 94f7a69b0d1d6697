#include "config/build.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <thread>
#include <type_traits>
#include <utility>

#include <unistd.h>

#include <xylem/config.hpp>

#include "config/build_formatter.hpp"
#include "config/file_sinks.hpp"
#include "config/python_text.hpp"
#include "config/recorder.hpp"
#include "config/syslog_handler.hpp"
#include "extend/handler_sink.hpp"
#include "extend/own_parts.hpp"
#include "format/text_formatter.hpp"
#include "format/utf8.hpp"
#include "route/filter.hpp"
#include "route/handler.hpp"
#include "sink/file_sink.hpp"
#include "sink/rotating_file_sink.hpp"
#include "sink/stream_sink.hpp"
#include "sink/syslog_sink.hpp"

namespace xylem::config {
namespace {

using FormatterPtr = std::shared_ptr<format::Formatter>;
using FilterPtr = std::shared_ptr<const route::Filter>;
using HandlerPtr = std::shared_ptr<const route::Handler>;
using SinkPtr = std::shared_ptr<sink::Sink>;

/// For std::visit: one lambda a type.
template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <typename... F>
Overloaded(F...) -> Overloaded<F...>;

sink::SyslogAddress::Type socket_type(SyslogPlan::Socket socket) {
  using Type = sink::SyslogAddress::Type;
  switch (socket) {
    case SyslogPlan::Socket::datagram:
      return Type::datagram;
    case SyslogPlan::Socket::stream:
      return Type::stream;
    case SyslogPlan::Socket::unset:
      break;
  }
  return Type::unset;
}

/// What CPython's closed handler would do with a record that still gets to it. Its file is opened
/// again, but for one in mode 'w' that only a FileHandler writes, and a memory has no target.
std::optional<HandlerKind> after_close(HandlerKind kind, const sink::Sink* sink) {
  if (std::holds_alternative<MemoryPlan>(kind)) return std::nullopt;
  if (FilePlan* const file = file_of(kind)) {
    if (std::holds_alternative<FilePlan>(kind) && file->mode == 'w') return std::nullopt;
    // The working directory may be another by now.
    file->filename = sink->name();
    file->delay = true;
  }
  return kind;
}

struct HandlerOrigin final : route::Origin {
  HandlerOrigin(HandlerKind made_of, FormatterPtr given)
      : kind{std::move(made_of)}, formatter{std::move(given)} {}
  HandlerKind kind;
  FormatterPtr formatter;  // a program's own handlers have another in front of it
};

/// Makes the parts of one plan; later parts refer to earlier ones by index.
class Builder {
 public:
  Builder(const Plan& plan, const Beside& beside) : plan_{plan}, beside_{beside} {
    for (const SinkPtr& stream : beside.streams)
      (stream->name() == "stdout" ? output_ : error_) = stream;
    for (const FormatterPlan& formatter : plan.formatters) {
      attempt("formatter", formatter, [&] { formatters_.push_back(build_formatter(formatter)); });
    }
    for (const FilterPlan& filter : plan.filters) {
      attempt("filter", filter, [&] {
        // The engine's go with the configuration, and remember records: one for each place.
        const bool is_engines = std::holds_alternative<EngineFilterPlan>(filter.kind) ||
                                filter.class_name == level_filter_class;
        filters_.push_back(is_engines ? nullptr : build_filter(filter, nullptr));
      });
    }
    for (const HandlerPlan& handler : plan.handlers) {
      attempt("handler", handler, [&] { handlers_.push_back(make_handler(handler)); });
    }
  }

  const std::vector<HandlerPtr>& handlers() const { return handlers_; }

  /// Null when no handler of any engine writes to stderr.
  const SinkPtr& error_stream() const { return error_; }

  /// A handler of a configuration before this one in the place of `former`, which is going to be
  /// closed; the same each time.
  HandlerPtr left_of(const HandlerPtr& former) {
    HandlerPtr& known = left_[former.get()];
    if (known != nullptr) return known;
    auto handler = std::make_shared<route::Handler>(*former);
    const auto* const origin = static_cast<const HandlerOrigin*>(former->origin.get());
    std::optional<HandlerKind> kind;
    if (origin != nullptr) kind = after_close(origin->kind, former->sink.get());
    handler->sink = nullptr;
    handler->memory.reset();
    if (!kind) {
      handler->members.clear();
    } else if (std::holds_alternative<QueuePlan>(*kind)) {
      for (HandlerPtr& member : handler->members) member = left_of(member);
    } else {
      handler->formatter = origin->formatter;
      std::visit([&](const auto& plan) { equip(*handler, plan); }, *kind);
    }
    return known = std::move(handler);
  }

  void apply(const LoggerPlan& plan, route::LoggerNode& node) const {
    if (plan.level) node.level = *plan.level;
    if (plan.propagate) node.propagate = *plan.propagate;
    node.disabled = false;
    node.handlers.clear();
    for (const std::size_t index : plan.handlers) node.handlers.push_back(handlers_[index]);
    std::erase_if(node.filters, [](const auto& former) { return former->goes_with_configuration; });
    const std::string name = plan.name.empty() ? "root" : plan.name;
    for (const std::size_t index : plan.filters) {
      // Calls can go by one sampler; another sees what that has let through.
      const bool is_sampled =
          std::any_of(node.filters.begin(), node.filters.end(),
                      [](auto& other) { return other->rule_for_calls() != nullptr; });
      node.filters.push_back(filter(index, is_sampled || !beside_.is_default ? nullptr : &name));
    }
  }

 private:
  /// Puts what goes wrong in the words of CPython, with the place.
  template <typename Part, typename F>
  void attempt(const char* what, const Part& part, F&& make) const {
    try {
      make();
    } catch (const ConfigError& error) {
      throw ConfigError{context(what, part) + error.message(),
                        error.path().empty() ? part.path : error.path(), plan_.source};
    } catch (const std::exception& error) {
      throw ConfigError{context(what, part) + error.what(), part.path, plan_.source};
    }
  }

  template <typename Part>
  static std::string context(const char* what, const Part& part) {
    return std::string{"Unable to configure "} + what + " " + python_repr(part.name) + ": ";
  }

  FilterPtr filter(std::size_t index, const std::string* logger) const {
    if (filters_[index] != nullptr) return filters_[index];
    FilterPtr made = build_filter(plan_.filters[index], logger);
    made->goes_with_configuration = true;
    return made;
  }

  HandlerPtr make_handler(const HandlerPlan& plan) {
    auto handler = std::make_shared<route::Handler>();
    handler->name = plan.name;
    handler->level = plan.level;
    for (const std::size_t index : plan.filters) handler->filters.push_back(filter(index, nullptr));
    handler->formatter = formatter_of(plan);
    handler->origin = std::make_shared<HandlerOrigin>(plan.kind, handler->formatter);
    std::visit([&](const auto& kind) { equip(*handler, kind); }, plan.kind);
    return handler;
  }

  FormatterPtr formatter_of(const HandlerPlan& plan) {
    if (!plan.formatter) return default_formatter();
    FormatterPtr own = build_formatter_for(plan_.formatters[*plan.formatter], plan);
    return own != nullptr ? own : formatters_[*plan.formatter];
  }

  FormatterPtr default_formatter() {
    if (default_formatter_ == nullptr) {
      default_formatter_ =
          std::make_shared<format::TextFormatter>(format::TextFormatter::Options{});
    }
    return default_formatter_;
  }

  sink::SinkOptions stream_options() const {
    return {.max_kept_bytes = static_cast<std::size_t>(plan_.engine.max_kept_bytes)};
  }

  /// A thread for each file, started when there is much to write.
  sink::SinkOptions file_sink_options() const {
    sink::SinkOptions options = stream_options();
    options.has_own_thread = std::thread::hardware_concurrency() > 1;
    return options;
  }

  /// Handlers of one stream share its sink, so that their lines keep the order of the records.
  void equip(route::Handler& handler, const StreamPlan& plan) {
    const bool is_output = plan.stream == StandardStream::output;
    SinkPtr& shared = is_output ? output_ : error_;
    if (shared == nullptr) {
      shared =
          std::make_shared<sink::StreamSink>(is_output ? STDOUT_FILENO : STDERR_FILENO,
                                             is_output ? "stdout" : "stderr", stream_options());
    }
    handler.sink = shared;
    handler.terminator = plan.terminator;
  }

  void equip(route::Handler& handler, const FilePlan& plan) {
    handler.sink =
        std::make_shared<sink::FileSink>(plan.filename, file_options(plan), file_sink_options());
    handler.terminator = plan.terminator;
  }

  void equip(route::Handler& handler, const RotatingFilePlan& plan) {
    const sink::RotationOptions rotation{plan.max_bytes, plan.backup_count,
                                         format::count_code_points(plan.file.terminator)};
    handler.sink = std::make_shared<sink::RotatingFileSink>(
        plan.file.filename, rotation, file_options(plan.file), file_sink_options());
    handler.terminator = plan.file.terminator;
  }

  void equip(route::Handler& handler, const TimedFilePlan& plan) {
    handler.sink = make_sink(plan, file_sink_options());
    handler.terminator = plan.file.terminator;
  }

  void equip(route::Handler& handler, const ArchiveFilePlan& plan) {
    handler.sink = make_sink(plan, file_sink_options());
    handler.terminator = plan.file.terminator;
  }

  void equip(route::Handler& handler, const QueuePlan& plan) {
    for (const std::size_t index : plan.handlers) handler.members.push_back(handlers_[index]);
    handler.respect_handler_level = plan.respect_handler_level;
  }

  void equip(route::Handler&, const NullPlan&) {}

  void equip(route::Handler& handler, const OwnHandlerPlan& plan) {
    handler.sink =
        std::make_shared<extend::HandlerSink>(handler.name, make_own(plan), stream_options());
    handler.formatter = std::make_shared<extend::PackingFormatter>(handler.formatter);
    handler.terminator.clear();
  }

  /// Without a target nothing of what it holds will ever be seen.
  void equip(route::Handler& handler, const MemoryPlan& plan) {
    if (!plan.target) return;
    handler.members.push_back(handlers_[*plan.target]);
    handler.memory = route::MemoryRule{plan.capacity, plan.flush_level, plan.flush_on_close,
                                       static_cast<std::size_t>(plan_.engine.max_kept_bytes)};
  }

  /// Handlers of one address share its socket and its thread.
  void equip(route::Handler& handler, const SyslogPlan& plan) {
    const sink::SyslogAddress address{plan.path, plan.host, plan.port, socket_type(plan.socket)};
    SinkPtr& shared = syslogs_[sink::SyslogSink::name_of(address)];
    if (shared == nullptr) shared = std::make_shared<sink::SyslogSink>(address, stream_options());
    handler.sink = shared;
    handler.terminator = plan.append_nul ? std::string(1, '\0') : std::string();
    handler.opening = [plan](std::string_view level_name) {
      return syslog_opening(plan, level_name);
    };
  }

  const Plan& plan_;
  const Beside& beside_;
  std::vector<FormatterPtr> formatters_;
  std::vector<FilterPtr> filters_;
  std::vector<HandlerPtr> handlers_;
  FormatterPtr default_formatter_;
  SinkPtr output_;
  SinkPtr error_;
  std::map<std::string, SinkPtr> syslogs_;
  std::map<const route::Handler*, HandlerPtr> left_;
};

/// CPython's treatment of loggers that the configuration does not name: those below a logger that
/// it names start afresh; the others are disabled, or enabled again. A logger above one that exists
/// was there before as well, if only as a place holder.
void treat_unnamed(route::Tree& tree, const Plan& plan, const std::set<std::string>& existing) {
  std::set<std::string> named;
  for (const LoggerPlan& logger : plan.loggers) named.insert(logger.name);
  const auto is_below_named = [&](const std::string& name) {
    for (std::string_view above = route::parent_of(name); above != "root";
         above = route::parent_of(above)) {
      if (named.contains(std::string{above})) return true;
    }
    return false;
  };
  for (const std::string& name : existing) {
    if (named.contains(name)) continue;
    route::LoggerNode& node = tree.node(name);
    if (is_below_named(name)) {
      node.level = 0;
      node.propagate = true;
      node.handlers.clear();
    } else {
      node.disabled = plan.disable_existing_loggers;
    }
  }
}

/// Loggers that the configuration says nothing of have the handlers that they had. Those are closed
/// when this tree comes into force, so that each of them needs another in its place.
void keep_left(route::Tree& tree, const route::Tree& former, Builder& parts) {
  std::set<HandlerPtr> closed;
  for (const auto& [name, node] : former.nodes()) {
    closed.insert(node.handlers.begin(), node.handlers.end());
  }
  tree.left.clear();
  for (auto& [name, node] : tree.nodes()) {
    for (HandlerPtr& handler : node.handlers) {
      if (!closed.contains(handler)) continue;
      handler = parts.left_of(handler);
      if (std::find(tree.left.begin(), tree.left.end(), handler) == tree.left.end()) {
        tree.left.push_back(handler);
      }
    }
  }
}

}  // namespace

std::shared_ptr<const route::Tree> build(const Plan& plan, const route::Tree& former,
                                         const std::vector<std::string>& existing_names,
                                         const Beside& beside) {
  if (plan.incremental) {
    throw ConfigError{"An incremental configuration has no handlers of its own", "incremental",
                      plan.source};
  }
  Builder parts{plan, beside};
  auto tree = std::make_shared<route::Tree>(former);
  std::set<std::string> existing{existing_names.begin(), existing_names.end()};
  for (const auto& [name, node] : tree->nodes()) existing.insert(name);
  existing.erase("root");
  tree->handlers = parts.handlers();
  for (const LoggerPlan& logger : plan.loggers) parts.apply(logger, tree->node(logger.name));
  treat_unnamed(*tree, plan, existing);
  if (plan.root) parts.apply(*plan.root, tree->node("root"));
  keep_left(*tree, former, parts);
  tree->recorders = build_recorders(plan.engine);
  if (parts.error_stream() != nullptr) tree->write_last_resort_to(parts.error_stream());
  for (sink::Sink* const sink : tree->sinks()) sink->begin();
  return tree;
}

FilterPtr build_filter(const FilterPlan& plan, const std::string* logger) {
  return std::visit(Overloaded{
                        [](const NameFilterPlan& name) -> FilterPtr {
                          return std::make_shared<route::NameFilter>(name.prefix);
                        },
                        [](const LevelFilterPlan& range) -> FilterPtr {
                          return std::make_shared<route::LevelFilter>(range.min_level,
                                                                      range.max_level);
                        },
                        [](const OwnFilterPlan& own) -> FilterPtr {
                          return std::make_shared<extend::OwnFilter>(make_own(own));
                        },
                        [logger](const EngineFilterPlan& engines) { return engines.make(logger); },
                    },
                    plan.kind);
}

}  // namespace xylem::config
