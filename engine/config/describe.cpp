#include "config/describe.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "config/file_handlers.hpp"
#include "config/incremental.hpp"
#include "config/levels.hpp"
#include "config/python_text.hpp"
#include "config/reach.hpp"
#include "config/recorder.hpp"
#include "config/syslog_handler.hpp"
#include "config/table.hpp"
#include "record/level_names.hpp"

namespace xylem::config {
namespace {

std::string handler_names(const Plan& plan, const std::vector<std::size_t>& handlers,
                          std::string_view separator) {
  return joined(handlers, separator,
                [&plan](std::size_t index) { return shown(plan.handlers[index].name); });
}

std::string filter_names(const Plan& plan, const std::vector<std::size_t>& filters) {
  return joined(filters, ", ",
                [&plan](std::size_t index) { return shown(plan.filters[index].name); });
}

std::string levels_of(const Route& route) {
  if (route.min_level > route.max_level) return "nothing";
  std::string text = range_text(route.min_level, route.max_level);
  if (!route.only.empty()) text += ", only " + joined(route.only, " and ", shown);
  return text;
}

std::string level_of(const std::vector<LoggerView>& views, std::size_t index) {
  const LoggerView& view = views[index];
  std::string text = record::level_name(view.effective_level);
  const bool is_default = index == 0 && (view.plan == nullptr || !view.plan->level);
  if (is_default) {
    text += " (default)";
  } else if (view.level_from != index) {
    text += " (from " + shown(views[view.level_from].name) + ")";
  }
  return text;
}

bool writes_text(const HandlerPlan& handler) {
  return !std::holds_alternative<QueuePlan>(handler.kind) &&
         !std::holds_alternative<NullPlan>(handler.kind) &&
         !std::holds_alternative<MemoryPlan>(handler.kind);
}

/// A queue or a memory at the end of a way has no handlers.
std::string route_text(const Plan& plan, const Route& route) {
  const bool is_written = writes_text(plan.handlers[route.handlers.back()]);
  return levels_of(route) + (is_written ? "" : ", discarded");
}

void describe_loggers(const Plan& plan, std::string& out) {
  const std::vector<LoggerView> views = view_loggers(plan);
  Table table;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const LoggerView& view = views[i];
    const std::string indent(2 * view.depth, ' ');
    std::string text = level_of(views, i);
    if (view.plan != nullptr && !view.plan->filters.empty()) {
      text += ", filters " + filter_names(plan, view.plan->filters);
    }
    if (view.plan != nullptr && !view.plan->propagate.value_or(true)) {
      text += ", does not propagate";
    }
    table.add(indent + shown(view.name), text);
    const std::vector<Route> routes = routes_of(plan, views, i);
    for (const Route& route : routes) {
      table.add(indent + "  -> " + handler_names(plan, route.handlers, " -> "),
                route_text(plan, route));
    }
    if (routes.empty()) {
      const int least = std::max(view.effective_level, 30);
      table.add(indent + "  -> no handler",
                record::level_name(least) + " and above: message to stderr");
    }
  }
  table.print("Loggers", out);
}

std::string terminator_note(const std::string& terminator) {
  return terminator == "\n" ? "" : ", lines end in " + python_repr(terminator);
}

std::string file_text(const FilePlan& file) {
  return fmt::format(
      "{}: {}{}{}{}", shown(file.filename), file.mode == 'w' ? "overwrite" : "append",
      file.is_watched ? ", follows its name at every write" : "",
      file.delay ? ", opened at the first record" : "", terminator_note(file.terminator));
}

struct KindText {
  const Plan& plan;

  std::string operator()(const StreamPlan& stream) const {
    return (stream.stream == StandardStream::output ? "stdout" : "stderr") +
           terminator_note(stream.terminator);
  }
  std::string operator()(const FilePlan& file) const { return file_text(file); }
  std::string operator()(const RotatingFilePlan& rotating) const {
    const std::string file = file_text(rotating.file);
    if (rotating.max_bytes <= 0) return file + ", never rolls over";
    if (rotating.backup_count == 0) return file + ", grows without bound (backupCount is 0)";
    return fmt::format("{}, {} bytes a file, {} backup{}", file, rotating.max_bytes,
                       rotating.backup_count, rotating.backup_count == 1 ? "" : "s");
  }
  std::string operator()(const TimedFilePlan& timed) const {
    return file_text(timed.file) + rolling_text(timed);
  }
  std::string operator()(const ArchiveFilePlan& archive) const {
    return file_text(archive.file) + rolling_text(archive);
  }
  std::string operator()(const QueuePlan& queue) const {
    if (queue.handlers.empty()) return "no handlers: records are discarded";
    return "to " + handler_names(plan, queue.handlers, ", ") +
           (queue.respect_handler_level ? ", at their levels" : ", whatever their levels") +
           (queue.max_records > 0 ? fmt::format(", holds {}", queue.max_records) : "");
  }
  std::string operator()(const MemoryPlan& memory) const {
    if (!memory.target) return "no target: records are discarded";
    return fmt::format(
        "to {} after {} records or at {}{}", shown(plan.handlers[*memory.target].name),
        std::max<std::int64_t>(memory.capacity, 1), record::level_name(memory.flush_level),
        memory.flush_on_close ? "" : ", discards the rest at the end");
  }
  std::string operator()(const SyslogPlan& syslog) const {
    return fmt::format("syslog at {}, facility {}{}{}", shown(syslog_address(syslog)),
                       syslog.facility,
                       syslog.ident.empty() ? "" : ", ident " + python_repr(syslog.ident),
                       syslog.append_nul ? "" : ", no NUL at the end");
  }
  std::string operator()(const NullPlan&) const { return "discards"; }
  std::string operator()(const OwnHandlerPlan& own) const {
    return "the program's own (" + own_arguments_text(own.arguments) + ")";
  }
};

void describe_handlers(const Plan& plan, std::string& out) {
  Table table;
  for (const HandlerPlan& handler : plan.handlers) {
    table.add(shown(handler.name), handler.class_name);
    table.add("", std::visit(KindText{plan}, handler.kind));
    std::string text = "level " + record::level_name(handler.level);
    if (handler.formatter) {
      text += ", formatter " + shown(plan.formatters[*handler.formatter].name);
    } else if (writes_text(handler)) {
      text += ", format %(message)s";
    }
    if (!handler.filters.empty()) text += ", filters " + filter_names(plan, handler.filters);
    table.add("", text);
  }
  table.print("Handlers, in order of construction", out);
}

void describe_pattern(const PatternFormatterPlan& pattern, Table& table) {
  table.add("", "format   " + shown(pattern.format));
  if (pattern.style != format::PatternStyle::percent) {
    table.add("", std::string{"style    "} + static_cast<char>(pattern.style));
  }
  if (!pattern.datefmt.empty()) table.add("", "datefmt  " + shown(pattern.datefmt));
  if (pattern.defaults.empty()) return;
  const auto pair = [](const auto& entry) {
    return shown(entry.first) + "=" + python_repr(entry.second);
  };
  table.add("", "defaults " + joined(pattern.defaults, ", ", pair));
}

std::string keys_text(const std::vector<std::pair<std::string, std::string>>& fmt_keys) {
  return joined(fmt_keys, ", ", [](const auto& entry) {
    return entry.first == entry.second ? shown(entry.first)
                                       : shown(entry.first) + "=" + shown(entry.second);
  });
}

void describe_json(const JsonFormatterPlan& json, Table& table) {
  if (json.preset) {
    table.add("", "preset   " + std::string(format::preset_name(json.preset->preset)));
    const auto pair = [](const auto& entry) { return shown(entry.first) + "=" + entry.second; };
    const std::string fixed = joined(json.preset->static_fields, ", ", pair);
    if (!fixed.empty()) table.add("", "static   " + fixed);
  } else {
    table.add("", "keys     " + keys_text(json.fmt_keys));
  }
  table.add("", fmt::format("text     {}, separators {} {}", json.ensure_ascii ? "ASCII" : "UTF-8",
                            python_repr(json.item_separator), python_repr(json.key_separator)));
}

void describe_python_json(const PythonJsonFormatterPlan& json, Table& table) {
  std::string keys = joined(json.layout.required, ", ", shown);
  if (!json.layout.timestamp.empty()) keys += (keys.empty() ? "" : ", ") + json.layout.timestamp;
  table.add("", "keys     " + (keys.empty() ? "fields only" : keys));
  table.add("", fmt::format("text     {}", json.ensure_ascii ? "ASCII" : "UTF-8"));
}

void describe_console(const ConsoleFormatterPlan& console, Table& table) {
  using Colour = ConsoleFormatterPlan::Colour;
  if (!console.datefmt.empty()) table.add("", "datefmt  " + shown(console.datefmt));
  table.add("", console.colour == Colour::always  ? "colors   always"
                : console.colour == Colour::never ? "colors   never"
                                                  : "colors   on a terminal");
}

void describe_formatters(const Plan& plan, std::string& out) {
  Table table;
  for (const FormatterPlan& formatter : plan.formatters) {
    table.add(shown(formatter.name), formatter.class_name);
    if (const auto* pattern = std::get_if<PatternFormatterPlan>(&formatter.kind)) {
      describe_pattern(*pattern, table);
    } else if (const auto* json = std::get_if<JsonFormatterPlan>(&formatter.kind)) {
      describe_json(*json, table);
    } else if (const auto* logfmt = std::get_if<LogfmtFormatterPlan>(&formatter.kind)) {
      table.add("", "keys     " + keys_text(logfmt->fmt_keys));
    } else if (const auto* console = std::get_if<ConsoleFormatterPlan>(&formatter.kind)) {
      describe_console(*console, table);
    } else if (const auto* own = std::get_if<OwnFormatterPlan>(&formatter.kind)) {
      table.add("", "the program's own (" + own_arguments_text(own->arguments) + ")");
    } else {
      describe_python_json(std::get<PythonJsonFormatterPlan>(formatter.kind), table);
    }
  }
  table.print("Formatters", out);
}

void describe_filters(const Plan& plan, std::string& out) {
  Table table;
  for (const FilterPlan& filter : plan.filters) {
    std::string text = filter.class_name + ": ";
    if (const auto* range = std::get_if<LevelFilterPlan>(&filter.kind)) {
      text += range_text(range->min_level, range->max_level);
    } else if (const auto* own = std::get_if<OwnFilterPlan>(&filter.kind)) {
      text += "the program's own (" + own_arguments_text(own->arguments) + ")";
    } else if (const auto* engines = std::get_if<EngineFilterPlan>(&filter.kind)) {
      text += engines->text;
    } else {
      const std::string& prefix = std::get<NameFilterPlan>(filter.kind).prefix;
      text += prefix.empty() ? "everything" : "logger " + shown(prefix) + " and those below it";
    }
    table.add(shown(filter.name), text);
  }
  table.print("Filters", out);
}

void describe_files(const Plan& plan, std::string& out) {
  std::vector<std::pair<std::string, std::vector<std::size_t>>> files;
  for (std::size_t i = 0; i < plan.handlers.size(); ++i) {
    const FilePlan* file = file_of(plan.handlers[i].kind);
    if (file == nullptr) continue;
    auto known = std::find_if(files.begin(), files.end(),
                              [file](const auto& entry) { return entry.first == file->filename; });
    if (known == files.end()) known = files.insert(known, {file->filename, {}});
    known->second.push_back(i);
  }
  Table table;
  for (const auto& [filename, handlers] : files) {
    table.add(shown(filename), "written by " + handler_names(plan, handlers, " and "));
  }
  table.print("Files", out);
}

std::string level_names(const EnginePlan& plan) {
  std::string text;
  for (const record::LevelName& level : plan.level_names) {
    text += fmt::format("{}{} is {}", text.empty() ? "" : ", ", shown(level.name), level.number);
  }
  return text;
}

void describe_engine(const Plan& plan, std::string& out) {
  constexpr std::uint32_t slots_per_kib = 1024 / 64;
  Table table;
  table.add("ring", fmt::format("{} slots ({} KiB) a thread, {}", plan.engine.ring_slots,
                                plan.engine.ring_slots / slots_per_kib,
                                plan.engine.when_full == WhenFull::block
                                    ? "callers wait when it is full"
                                    : "records are dropped when it is full"));
  table.add("clock", std::string{clock_words[static_cast<std::size_t>(plan.engine.clock)]});
  table.add("when a disk is full",
            fmt::format("each file and stream keeps up to {} bytes", plan.engine.max_kept_bytes));
  table.add("after a crash", plan.engine.crash_dir.empty()
                                 ? "records that are not written yet are lost"
                                 : "records are recovered from " + shown(plan.engine.crash_dir));
  table.add("fatal signals", plan.engine.signals ? "recorded, then passed on" : "left alone");
  if (plan.engine.synchronous) table.add("calls", "return when their lines are written");
  if (!plan.engine.level_names.empty()) table.add("levels", level_names(plan.engine));
  for (const RecorderPlan& recorder : plan.engine.recorders) {
    table.add("flight recorder", shown(recorder.logger.empty() ? "root" : recorder.logger) + ": " +
                                     describe_recorder(recorder));
  }
  table.add("loggers not named", plan.disable_existing_loggers ? "disabled" : "left as they are");
  table.print("Engine", out);
}

}  // namespace

std::string describe(const Plan& plan) {
  std::string out = (plan.source.empty() ? "configuration" : shown(plan.source)) + "\n";
  const record::WithLevelNames named{plan.engine.level_names};
  if (plan.incremental) return out + describe_incremental(plan);
  describe_loggers(plan, out);
  describe_handlers(plan, out);
  describe_formatters(plan, out);
  describe_filters(plan, out);
  describe_files(plan, out);
  describe_engine(plan, out);
  return out;
}

}  // namespace xylem::config
