#include "config/build_formatter.hpp"

#include <cstdlib>
#include <string_view>
#include <utility>
#include <variant>

#include <unistd.h>

#include "config/defaults.hpp"
#include "extend/own_parts.hpp"
#include "format/console_formatter.hpp"
#include "format/json_formatter.hpp"
#include "format/logfmt_formatter.hpp"
#include "format/text_formatter.hpp"

namespace xylem::config {
namespace {

using FormatterPtr = std::shared_ptr<format::Formatter>;

struct Make {
  FormatterPtr operator()(const PatternFormatterPlan& plan) const {
    format::TextFormatter::Options options{plan.format, plan.datefmt};
    for (const auto& [name, value] : plan.defaults) {
      options.defaults.push_back(to_default(name, value));
    }
    options.style = plan.style;
    options.default_time_format = plan.default_time_format;
    options.default_msec_format = plan.default_msec_format;
    options.is_utc = plan.is_utc;
    return std::make_shared<format::TextFormatter>(std::move(options));
  }
  FormatterPtr operator()(const JsonFormatterPlan& plan) const {
    format::JsonFormatter::Options options{plan.fmt_keys, plan.ensure_ascii, plan.item_separator,
                                           plan.key_separator};
    options.preset = plan.preset;
    return std::make_shared<format::JsonFormatter>(std::move(options));
  }
  FormatterPtr operator()(const PythonJsonFormatterPlan& plan) const {
    format::JsonFormatter::Options options;
    options.ensure_ascii = plan.ensure_ascii;
    options.python_json = plan.layout;
    options.datefmt = plan.datefmt;
    options.prefix = plan.prefix;
    return std::make_shared<format::JsonFormatter>(std::move(options));
  }
  FormatterPtr operator()(const LogfmtFormatterPlan& plan) const {
    return std::make_shared<format::LogfmtFormatter>(plan.fmt_keys);
  }
  FormatterPtr operator()(const ConsoleFormatterPlan& plan) const {
    return make(plan, plan.colour == ConsoleFormatterPlan::Colour::always);
  }

  FormatterPtr operator()(const OwnFormatterPlan& own) const {
    return std::make_shared<extend::OwnFormatter>(make_own(own));
  }

  static FormatterPtr make(const ConsoleFormatterPlan& plan, bool is_coloured) {
    return std::make_shared<format::ConsoleFormatter>(
        format::ConsoleFormatter::Options{plan.datefmt, plan.name_width, is_coloured});
  }
};

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): told in the header
  return value != nullptr ? value : "";
}

}  // namespace

FormatterPtr build_formatter(const FormatterPlan& plan) {
  return std::visit(Make{}, plan.kind);
}

FormatterPtr build_formatter_for(const FormatterPlan& plan, const HandlerPlan& handler) {
  const auto* const console = std::get_if<ConsoleFormatterPlan>(&plan.kind);
  const auto* const stream = std::get_if<StreamPlan>(&handler.kind);
  if (console == nullptr || stream == nullptr) return nullptr;
  const bool is_output = stream->stream == StandardStream::output;
  if (console->colour != ConsoleFormatterPlan::Colour::on_terminals) return nullptr;
  if (isatty(is_output ? STDOUT_FILENO : STDERR_FILENO) == 0) return nullptr;
  if (!environment("NO_COLOR").empty() || environment("TERM") == "dumb") return nullptr;
  return Make::make(*console, true);
}

}  // namespace xylem::config
