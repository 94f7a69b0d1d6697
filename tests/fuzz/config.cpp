// Any text is either a plan that is whole and can be shown, or a ConfigError that names its place.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <doctest/doctest.h>
#include <simdjson.h>

#include <xylem/config.hpp>

#include "config/describe.hpp"
#include "config/dict_config.hpp"
#include "config/document.hpp"
#include "config/json_fault.hpp"
#include "format/utf8.hpp"

namespace {

namespace config = xylem::config;

constexpr const char* source = "fuzz.json";

void check_indices(const std::vector<std::size_t>& indices, std::size_t end) {
  for (const std::size_t index : indices) CHECK(index < end);
}

bool is_separator(const std::string& text, char sign) {
  return std::count(text.begin(), text.end(), sign) == 1 &&
         text.find_first_not_of(" \t" + std::string(1, sign)) == std::string::npos;
}

void check_formatter(const config::FormatterPlan& formatter) {
  if (const auto* pattern = std::get_if<config::PatternFormatterPlan>(&formatter.kind)) {
    CHECK(!pattern->format.empty());
    CHECK(pattern->datefmt.find('\0') == std::string::npos);
    return;
  }
  if (const auto* json = std::get_if<config::JsonFormatterPlan>(&formatter.kind)) {
    CHECK(is_separator(json->item_separator, ','));
    CHECK(is_separator(json->key_separator, ':'));
  }
}

void check_handler(const config::Plan& plan, std::size_t number) {
  const config::HandlerPlan& handler = plan.handlers[number];
  if (handler.formatter) CHECK(*handler.formatter < plan.formatters.size());
  check_indices(handler.filters, plan.filters.size());
  if (const auto* queue = std::get_if<config::QueuePlan>(&handler.kind)) {
    check_indices(queue->handlers, number);
    CHECK(queue->max_records >= 0);
  } else if (const auto* memory = std::get_if<config::MemoryPlan>(&handler.kind)) {
    if (memory->target) CHECK(*memory->target < number);
  } else if (const auto* file = std::get_if<config::FilePlan>(&handler.kind)) {
    CHECK((file->mode == 'a' || file->mode == 'w'));
  } else if (const auto* rotating = std::get_if<config::RotatingFilePlan>(&handler.kind)) {
    CHECK((rotating->file.mode == 'a' || (rotating->file.mode == 'w' && rotating->max_bytes <= 0)));
    CHECK(rotating->backup_count >= 0);
  }
}

void check_plan(const config::Plan& plan) {
  CHECK(plan.source == source);
  for (const config::FormatterPlan& formatter : plan.formatters) check_formatter(formatter);
  for (std::size_t i = 0; i < plan.handlers.size(); ++i) check_handler(plan, i);
  const auto check_logger = [&plan](const config::LoggerPlan& logger) {
    check_indices(logger.handlers, plan.handlers.size());
    check_indices(logger.filters, plan.filters.size());
  };
  for (const config::LoggerPlan& logger : plan.loggers) check_logger(logger);
  if (plan.root) check_logger(*plan.root);
  const std::uint32_t slots = plan.engine.ring_slots;
  CHECK((slots & (slots - 1)) == 0);
  CHECK(slots >= config::min_ring_slots);
  CHECK(slots <= config::max_ring_slots);
}

/// What is shown to a terminal may not drive it.
void check_description(const std::string& text) {
  CHECK(!text.empty());
  CHECK(xylem::format::is_valid_utf8(text));
  CHECK(std::none_of(text.begin(), text.end(),
                     [](char c) { return c != '\n' && static_cast<unsigned char>(c) < 0x20; }));
}

/// Reads `word` and a number from the front of the text.
std::size_t take_number(std::string_view& text, std::string_view word) {
  REQUIRE(text.starts_with(word));
  text.remove_prefix(word.size());
  std::size_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  REQUIRE(result.ec == std::errc{});
  text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
  return number;
}

/// "...: line L column C (char N)": N code points lie before the fault, L and C tell the same
/// place.
void check_place(std::string_view message, std::string_view json) {
  const std::size_t place = message.rfind(": line ");
  REQUIRE(place != std::string_view::npos);
  std::string_view rest = message.substr(place);
  const std::size_t line = take_number(rest, ": line ");
  const std::size_t column = take_number(rest, " column ");
  std::size_t left = take_number(rest, " (char ");
  CHECK(rest == ")");
  std::size_t expected_line = 1;
  std::size_t expected_column = 1;
  const char* const end = json.data() + json.size();
  for (const char* at = json.data(); left > 0; --left) {
    REQUIRE(at < end);
    const auto unit = xylem::format::decode_utf8(at, end);
    expected_column = *at == '\n' ? 1 : expected_column + 1;
    expected_line += *at == '\n' ? 1 : 0;
    at += unit.length;
  }
  CHECK(line == expected_line);
  CHECK(column == expected_column);
}

/// The two readers of JSON here and simdjson's other one agree on what JSON is.
void check_document(std::string_view json) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded{json};
  simdjson::dom::element element;
  const simdjson::error_code error = parser.parse(padded).get(element);
  try {
    config::parse_document(json, source);
    CHECK(!config::find_json_fault(json));
    // Integers of any size are kept here.
    CHECK((error == simdjson::SUCCESS || error == simdjson::NUMBER_ERROR));
  } catch (const xylem::ConfigError& refused) {
    CHECK(refused.path().empty());
    CHECK(refused.file() == source);
    const auto fault = config::find_json_fault(json);
    if (!fault) {
      CHECK(refused.message() == "Expected an object at the top");
      CHECK((error != simdjson::SUCCESS || !element.is_object()));
      return;
    }
    CHECK(fault->offset <= json.size());
    check_place(refused.message(), json);
    const bool is_limit = fault->message.starts_with("Nested deeper than ") ||
                          fault->message == "Number out of range";
    if (!is_limit) CHECK(error != simdjson::SUCCESS);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view json{reinterpret_cast<const char*>(data), size};
  check_document(json);
  try {
    const config::Plan plan = config::parse(json, source);
    check_plan(plan);
    check_description(config::describe(plan));
  } catch (const xylem::ConfigError& refused) {
    CHECK(!refused.message().empty());
    CHECK(refused.file() == source);
    CHECK(std::string_view{refused.what()}.starts_with(refused.message()));
  }
  return 0;
}
