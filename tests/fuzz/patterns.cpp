// Any pattern, in each style, either is refused or makes lines, and the template of a call site
// makes the same lines as the general path.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "../record_support.hpp"
#include "config/styles.hpp"
#include "format/brace.hpp"
#include "format/pattern.hpp"
#include "format/text_formatter.hpp"
#include "input.hpp"
#include "record/foreign.hpp"

namespace {

using namespace record_test;
using fuzz::Input;
using xylem::format::FormatError;
using xylem::format::PatternPiece;
using xylem::format::PatternStyle;
using xylem::format::Program;
using xylem::format::TextFormatter;
using xylem::record::Foreign;
using xylem::record::Value;

/// Wide enough to see all there is to see of a width, narrow enough to be quick.
constexpr int widest = 2000;

/// Whether a line of the pattern is of a size to be tried.
bool is_quick(const std::vector<PatternPiece>& pieces) {
  return std::all_of(pieces.begin(), pieces.end(), [](const PatternPiece& piece) {
    if (piece.brace == nullptr) {
      return piece.conversion.width <= widest && piece.conversion.precision <= widest;
    }
    // A specifier with fields may ask for anything.
    const auto& spec = piece.brace->spec;
    return piece.brace->nested.empty() && spec.width <= widest && spec.precision <= widest;
  });
}

/// Whether the pattern is refused or can be tried.
bool can_be_tried(PatternStyle style, const std::string& pattern) {
  xylem::config::style_fault(style, pattern);
  try {
    return is_quick(xylem::format::parse_pattern(style, pattern));
  } catch (const FormatError& refused) {
    CHECK(refused.what() != std::string_view{});
    return true;
  }
}

TextFormatter::Default read_default(Input& in) {
  TextFormatter::Default value{in.text(), Value::none()};
  switch (in.below(5)) {
    case 0:
      value.value = Value::of(in.number<std::int64_t>());
      break;
    case 1:
      value.value = Value::of(in.number<double>());
      break;
    case 2:
      value.value = Value::of(in.flag());
      break;
    case 3:
      value.value = Value::of(std::string_view{});
      value.text = in.text();
      break;
    default:
      break;
  }
  return value;
}

/// A call whose fields have one value of each type.
std::vector<Arg> read_arguments(Input& in) {
  return {
      arg(in.number<std::int64_t>()).named("i"),
      arg(in.number<std::uint64_t>()).named("u"),
      arg(in.number<double>()).named("d"),
      arg(in.number<float>()).named("f"),
      arg(in.flag()).named("b"),
      arg(static_cast<char>(in.byte())).named("c"),
      arg(nullptr).named("n"),
      arg(in.number<std::uint64_t>(), Kind::pointer).named("p"),
      arg(in.text()).named("s"),
      arg(R"({"k": [1, 12345678901234567890123, 1.5, "\u00e9\n", null]})", Kind::json).named("j"),
      arg("E" + in.text(), Kind::exception)};
}

Foreign read_foreign(Input& in, const std::string& text) {
  Foreign record;
  record.levelno = in.number<int>();
  record.message = text;
  record.created = in.number<double>();
  if (in.flag()) record.msecs = in.number<double>();
  if (in.flag()) record.lineno.emplace(std::nullopt);
  record.extras = {{"i", "123456789012345678901234567890"},
                   {"u", "-0"},
                   {"d", "1e400"},
                   {"s", R"("\ud800\u0000")"},
                   {"j", "[NaN, -Infinity]"}};
  return record;
}

/// The line, or none when the record is refused.
std::optional<std::string> general_line(TextFormatter& formatter, const View& view) {
  try {
    std::string line;
    formatter.format(line, view);
    return line;
  } catch (const FormatError& refused) {
    CHECK(refused.what() != std::string_view{});
    return std::nullopt;
  }
}

std::optional<std::string> compiled_line(TextFormatter& formatter, const View& view) {
  try {
    Program program = formatter.compile(*view.site, view.logger, "");
    return render(program, view);
  } catch (const FormatError& refused) {
    CHECK(refused.what() != std::string_view{});
    return std::nullopt;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input in{data, size};
  TextFormatter::Options options{in.text(), in.text()};
  std::erase(options.datefmt, '\0');  // refused by the configuration
  for (std::size_t n = in.below(4); n > 0; --n) options.defaults.push_back(read_default(in));

  const std::vector<Arg> args = read_arguments(in);
  const Site site = make_site(in.text(), args);
  const Thread thread = make_thread(in.text());
  const std::vector<std::byte> payload = encode(args);
  const View view{&site, "my_app.db", &thread, in.number<std::int64_t>(), payload.data(), nullptr};
  const std::string text = in.text();
  const Foreign foreign = read_foreign(in, text);
  View elsewhere = view;
  elsewhere.foreign = &foreign;
  for (const PatternStyle style :
       {PatternStyle::percent, PatternStyle::brace, PatternStyle::dollar}) {
    if (!can_be_tried(style, options.format)) continue;
    options.style = style;
    TextFormatter formatter{options};
    // Of two faults they may name different ones: a template meets those of its constants first.
    CHECK(compiled_line(formatter, view) == general_line(formatter, view));
    general_line(formatter, elsewhere);
  }
  return 0;
}
