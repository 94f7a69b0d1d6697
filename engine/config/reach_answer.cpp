#include "config/reach_answer.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "config/file_state.hpp"
#include "config/plan_parts.hpp"
#include "config/reach_trace.hpp"
#include "config/recorder.hpp"
#include "config/table.hpp"
#include "record/level_names.hpp"

namespace xylem::config {
namespace {

constexpr int last_resort_level = 30;

/// What a handler writes to, by a name that tells places apart, and as people call it.
struct Place {
  std::string identity;
  std::string name;
};

class Answer {
 public:
  Answer(const Plan& plan, std::string_view logger, int level)
      : plan_(plan),
        views_(view_loggers(plan)),
        trace_(trace(plan, views_, logger, level)),
        level_name_(record::level_name(level)) {}

  std::string text() const {
    std::string out = fmt::format("{} at {}{}\n", shown(trace_.logger), level_name_,
                                  plan_.source.empty() ? "" : " in " + shown(plan_.source));
    print_logger(out);
    print_ways(out);
    Table questions;
    questions.add("no output?", no_output());
    add_twice(questions);
    add_rollover(questions);
    questions.print("Answers", out);
    return out;
  }

 private:
  std::string name_of(std::size_t view) const { return shown(views_[view].name); }

  void print_logger(std::string& out) const {
    Table table;
    if (!trace_.is_named) {
      table.add("named", "no: what holds for " + name_of(trace_.nearest) + " holds for it");
    }
    const LoggerView& view = views_[trace_.nearest];
    const bool is_default =
        views_[view.level_from].plan == nullptr || !views_[view.level_from].plan->level;
    table.add("level", fmt::format("{}, from {}{}", record::level_name(view.effective_level),
                                   name_of(view.level_from), is_default ? " (default)" : ""));
    table.add("record", trace_.obstacle.empty() ? "made" + text_of(trace_.doubts)
                                                : "not made: " + trace_.obstacle);
    if (trace_.recorder != nullptr) {
      table.add("flight recorder", describe_recorder(*trace_.recorder));
    }
    table.print("Logger", out);
  }

  /// ", but filter quiet holds repetitions back"
  static std::string text_of(const std::vector<std::string>& doubts) {
    const std::string text =
        joined(doubts, ", and ", [](const std::string& doubt) { return doubt; });
    return text.empty() ? text : ", but " + text;
  }

  std::string path_of(const Way& way) const {
    return joined(way.handlers, " -> ",
                  [this](std::size_t index) { return shown(plan_.handlers[index].name); });
  }

  bool is_delivered(const Way& way) const {
    return trace_.obstacle.empty() && way.obstacle.empty() && place_of(way).has_value();
  }

  /// None for what is discarded at its end.
  std::optional<Place> place_of(const Way& way) const {
    const HandlerPlan& handler = plan_.handlers[way.handlers.back()];
    if (discards(handler)) return std::nullopt;
    if (const FilePlan* const file = file_of(handler)) {
      return Place{identity_of(*file).string(), shown(file->filename)};
    }
    if (const auto* stream = std::get_if<StreamPlan>(&handler.kind)) {
      const std::string name = stream->stream == StandardStream::output ? "stdout" : "stderr";
      return Place{name, name};
    }
    return Place{"handler " + handler.name, shown(handler.name)};
  }

  std::string outcome_of(const Way& way) const {
    if (!trace_.obstacle.empty()) return "no: no record is made";
    if (!way.obstacle.empty()) return "no: " + way.obstacle;
    const std::optional<Place> place = place_of(way);
    if (!place) return "yes, and discards it" + text_of(way.doubts);
    std::string text = "yes: " + place->name + late();
    for (const std::size_t index : way.handlers) {
      const HandlerPlan& handler = plan_.handlers[index];
      if (holds_back(handler)) text += ", once " + shown(handler.name) + " passes it on";
    }
    return text + text_of(way.doubts);
  }

  void print_ways(std::string& out) const {
    Table table;
    std::optional<std::size_t> owner;
    for (const Way& way : trace_.ways) {
      if (owner != way.owner) table.add("of " + name_of(way.owner), {});
      owner = way.owner;
      table.add("  -> " + path_of(way), outcome_of(way));
    }
    for (const std::size_t above : trace_.not_asked) {
      table.add("of " + name_of(above),
                "not asked: " + name_of(*trace_.cut_at) + " does not propagate");
    }
    if (trace_.ways.empty()) table.add("none", last_resort());
    table.print("Handlers", out);
  }

  std::string last_resort() const {
    if (!trace_.obstacle.empty()) return "no record is made";
    return trace_.level >= last_resort_level ? "the bare message goes to stderr"
                                             : "the record goes nowhere";
  }

  std::vector<const Way*> delivered() const {
    std::vector<const Way*> ways;
    for (const Way& way : trace_.ways) {
      if (is_delivered(way)) ways.push_back(&way);
    }
    return ways;
  }

  /// Loggers below one that is named begin anew, and are not disabled.
  bool is_below_named() const {
    return std::any_of(plan_.loggers.begin(), plan_.loggers.end(), [this](const LoggerPlan& named) {
      return trace_.logger.starts_with(named.name + '.');
    });
  }

  std::string no_output() const {
    std::string text = cause_of_silence();
    // What the process made before it was configured is not in the plan.
    if (!trace_.is_named && !is_below_named() && plan_.disable_existing_loggers &&
        trace_.logger != "root") {
      text +=
          ". A logger of that name that is older than the configuration is disabled: name it in "
          "loggers, or set disable_existing_loggers to false";
    }
    return text;
  }

  std::string cause_of_silence() const {
    if (!trace_.obstacle.empty()) return "no record is made: " + trace_.obstacle;
    if (trace_.ways.empty()) {
      return last_resort() + ": give handlers to " + shown(trace_.logger) +
             (trace_.cut_at ? ", or let " + name_of(*trace_.cut_at) + " propagate"
                            : " or to a logger above it");
    }
    const std::vector<const Way*> ways = delivered();
    if (ways.empty()) return "no handler writes it: see above";
    std::set<std::string> names;
    for (const Way* way : ways) {
      if (const FilePlan* const file = file_of(plan_.handlers[way->handlers.back()])) {
        std::string obstacle = obstacle_to_open(*file);
        if (!obstacle.empty()) return obstacle;
      }
      names.insert(place_of(*way)->name);
    }
    return "it goes to " + joined(names, ", ", [](const std::string& name) { return name; }) +
           late();
  }

  /// What a flight recorder keeps waits for another record.
  std::string late() const {
    if (trace_.recorder == nullptr) return {};
    return fmt::format(", once {} comes", record::level_name(trace_.recorder->trigger));
  }

  void add_twice(Table& table) const {
    const std::vector<const Way*> ways = delivered();
    std::vector<std::string> answers;
    std::set<std::string> seen;
    for (const Way* way : ways) {
      const Place place = *place_of(*way);
      if (!seen.insert(place.identity).second) continue;
      std::vector<const Way*> same;
      std::copy_if(ways.begin(), ways.end(), std::back_inserter(same),
                   [&](const Way* other) { return place_of(*other)->identity == place.identity; });
      if (same.size() > 1) answers.push_back(twice(place, same));
    }
    if (answers.empty() && seen.contains("stdout") && seen.contains("stderr")) {
      answers.emplace_back("on a terminal, which shows both stdout and stderr");
    }
    if (answers.empty()) answers.emplace_back("no");
    for (std::size_t i = 0; i < answers.size(); ++i) {
      table.add(i == 0 ? "output twice?" : "", answers[i]);
    }
  }

  std::string twice(const Place& place, const std::vector<const Way*>& ways) const {
    const bool has_one_owner = std::all_of(ways.begin(), ways.end(), [&](const Way* way) {
      return way->owner == ways.front()->owner;
    });
    const std::string text = fmt::format("{} gets it {} times, by {}", place.name, ways.size(),
                                         joined(ways, " and ", [this](const Way* way) {
                                           return path_of(*way) + " of " + name_of(way->owner);
                                         }));
    return text + (has_one_owner ? ": take one of them out"
                                 : ": take one of them out, or set propagate of " +
                                       name_of(ways.front()->owner) + " to false");
  }

  void add_rollover(Table& table) const {
    std::set<std::string> seen;
    for (const Way* way : delivered()) {
      const HandlerPlan& handler = plan_.handlers[way->handlers.back()];
      const FilePlan* const file = file_of(handler);
      if (file == nullptr || !seen.insert(identity_of(*file).string()).second) continue;
      table.add(seen.size() == 1 ? "not rotating?" : "",
                shown(file->filename) + ": " + rollover_of(handler, *file));
    }
    if (seen.empty()) table.add("not rotating?", "no file gets it");
  }

  static std::string rollover_of(const HandlerPlan& handler, const FilePlan& file) {
    if (!can_roll_over(handler)) return handler.class_name + " never rolls over";
    if (!obstacle_to_open(file).empty()) return "cannot be opened, see above";
    std::string obstacle = obstacle_to_rename(file);
    if (!obstacle.empty()) return obstacle;
    const auto* const rotating = std::get_if<RotatingFilePlan>(&handler.kind);
    if (rotating == nullptr) return "rolls over as " + shown(handler.name) + " says";
    if (rotating->max_bytes <= 0) return "never rolls over, since maxBytes is not set";
    if (rotating->backup_count == 0) return "never rolls over, since backupCount is 0";
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(file.filename, error);
    return fmt::format("rolls over before it reaches {} bytes, {}", rotating->max_bytes,
                       error ? "and is not there yet" : fmt::format("and has {} now", size));
  }

  const Plan& plan_;
  std::vector<LoggerView> views_;
  Trace trace_;
  std::string level_name_;
};

}  // namespace

std::string answer(const Plan& plan, std::string_view logger, int level) {
  const record::WithLevelNames named{plan.engine.level_names};
  return Answer(plan, logger, level).text();
}

}  // namespace xylem::config
