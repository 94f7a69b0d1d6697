// Whatever is logged under whatever JSON formatter: the template of the call site and the general
// path make the same line, a JSON reader finds in it what went in, and all kernels agree.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>
#include <simdjson.h>

#include "../field_support.hpp"
#include "../record_support.hpp"
#include "call.hpp"
#include "format/escape.hpp"
#include "format/json_formatter.hpp"
#include "format/message.hpp"
#include "format/utf8.hpp"
#include "input.hpp"
#include "record/level_names.hpp"

namespace {

using namespace record_test;
using fuzz::Input;
using xylem::format::EscapeKernel;
using xylem::format::FormatError;
using xylem::format::IsoUtcRenderer;
using xylem::format::JsonFormatter;
using xylem::format::Program;
using xylem::format::ProgramBuilder;
using xylem::format::TextStyle;

std::string read_separator(Input& in, char sign) {
  const auto blanks = [&in] {
    const std::size_t count = in.below(24);
    return std::string(count, in.flag() ? ' ' : '\t');
  };
  const std::string before = blanks();
  const std::string after = blanks();
  return before + sign + after;
}

JsonFormatter::Options read_options(Input& in) {
  static constexpr std::string_view attributes[] = {
      "levelname",   "levelno",  "message",  "timestamp",  "name",       "module",
      "filename",    "pathname", "funcName", "lineno",     "thread",     "process",
      "processName", "taskName", "created",  "msecs",      "asctime",    "msg",
      "args",        "exc_info", "exc_text", "stack_info", "threadName", "relativeCreated"};
  JsonFormatter::Options options;
  for (std::size_t n = in.below(10); n > 0; --n) {
    std::string key = in.text();
    options.fmt_keys.emplace_back(std::move(key),
                                  in.below(8) == 0 ? in.text() : std::string{in.pick(attributes)});
  }
  options.ensure_ascii = in.flag();
  if (in.flag()) {
    options.item_separator = read_separator(in, ',');
    options.key_separator = read_separator(in, ':');
  }
  return options;
}

/// A member of the line by the rules of the guideline's formatter: what stands under the key.
struct Member {
  std::string key;
  std::variant<std::string, const Arg*> value;  // the name of an attribute, or a field
};

class Members {
 public:
  void set(const std::string& key, std::variant<std::string, const Arg*> value) {
    for (Member& member : members_) {
      if (member.key == key) {
        member.value = std::move(value);
        return;
      }
    }
    members_.push_back({key, std::move(value)});
  }
  const std::vector<Member>& all() const { return members_; }

 private:
  std::vector<Member> members_;
};

Members expected_members(const JsonFormatter::Options& options, const std::vector<Arg>& args) {
  std::vector<std::string> always = {"message", "timestamp"};
  if (!args.empty() && args.back().kind == Kind::exception) always.emplace_back("exc_info");
  Members members;
  for (const auto& [key, name] : options.fmt_keys) {
    std::variant<std::string, const Arg*> value = name;
    // What is no attribute is a field; the time stamp is one only the first time.
    const bool is_again = name == "timestamp" && std::erase(always, name) == 0;
    if (name != "timestamp") std::erase(always, name);
    if (is_again || !xylem::format::find_attribute(name)) {
      for (const Arg& a : args) {
        if (a.is_field && a.key == name) value = &a;
      }
    }
    members.set(key, value);
  }
  for (const std::string& name : always) members.set(name, name);
  for (const Arg& a : args) {
    if (a.is_field) members.set(a.key, &a);
  }
  return members;
}

void check_attribute(const simdjson::dom::element& element, const std::string& name,
                     const View& view, const std::optional<std::string>& message) {
  const auto check_text = [&element](std::string_view text) {
    CHECK(element.get_string().value() == valid(text));
  };
  if (name == "message") {
    REQUIRE(element.is_string());
    if (message) check_text(*message);
  } else if (name == "name") {
    check_text(view.logger);
  } else if (name == "msg") {
    check_text(view.site->format);
  } else if (name == "levelname") {
    check_text(xylem::record::level_name(view.levelno()));
  } else if (name == "levelno") {
    CHECK(element.get_int64().value() == view.levelno());
  } else if (name == "pathname") {
    check_text(view.site->pathname);
  } else if (name == "funcName") {
    check_text(view.site->function);
  } else if (name == "lineno") {
    CHECK(element.get_int64().value() == view.site->line);
  } else if (name == "threadName") {
    check_text(view.thread->name);
  } else if (name == "thread") {
    CHECK(element.get_uint64().value() == view.thread->id);
  } else if (name == "timestamp" || name == "asctime") {
    CHECK(element.is_string());
  }
}

void check_line(std::string_view line, const JsonFormatter::Options& options,
                const std::vector<Arg>& args, const View& view,
                const std::optional<std::string>& message) {
  REQUIRE(xylem::format::is_valid_utf8(line));
  simdjson::dom::parser parser;
  const simdjson::padded_string padded{line};
  simdjson::dom::object object;
  REQUIRE(parser.parse(padded).get(object) == simdjson::SUCCESS);
  CHECK(line.find_first_of("\r\n") == std::string_view::npos);
  const Members expected = expected_members(options, args);
  REQUIRE(object.size() == expected.all().size());
  std::size_t i = 0;
  for (const auto& [key, element] : object) {
    const Member& member = expected.all()[i++];
    CHECK(key == valid(member.key));
    if (const auto* const field = std::get_if<const Arg*>(&member.value)) {
      check_field(element, **field);
    } else {
      check_attribute(element, std::get<std::string>(member.value), view, message);
    }
  }
}

/// The template of one kernel: a line with every argument in the message and as a value.
std::string line_of_kernel(const EscapeKernel& kernel, const View& view, TextStyle style) {
  IsoUtcRenderer clock;
  ProgramBuilder builder{*view.site, style, clock, {}, kernel};
  builder.text("{\"m\": \"");
  builder.message();
  builder.text("\", \"t\": \"");
  builder.hole(Program::Hole::timestamp);
  builder.hole(Program::Hole::thread_name);
  builder.text("\", \"i\": ");
  builder.hole(Program::Hole::thread_id);
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < view.site->arguments.size(); ++i) {
      builder.text(", \"" + std::to_string(round) + std::to_string(i) + "\": ");
      builder.json_value(i);
    }
  }
  builder.text("}");
  Program program = builder.finish();
  return render(program, view);
}

void check_kernels(const View& view, TextStyle style) {
  std::string first;
  for (const EscapeKernel* kernel : xylem::format::supported_escape_kernels()) {
    const std::string line = line_of_kernel(*kernel, view, style);
    if (first.empty()) first = line;
    CHECK(line == first);
  }
  if (style != TextStyle::raw) const Json parsed{first};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input in{data, size};
  const JsonFormatter::Options options = read_options(in);
  const std::string logger = in.text();
  const Thread thread = make_thread(in.text());
  const fuzz::Call call{in};
  Site site = make_site(call.format, call.args);
  site.level = static_cast<xylem::Level>(in.number<std::int16_t>());
  site.line = in.number<std::uint32_t>();
  site.pathname = in.text();
  site.function = in.text();
  const std::vector<std::byte> payload = encode(call.args);
  const View view{&site, logger, &thread, in.number<std::int64_t>(), payload.data(), nullptr};

  static constexpr TextStyle styles[] = {TextStyle::raw, TextStyle::ascii, TextStyle::utf8};
  check_kernels(view, in.pick(styles));
  JsonFormatter formatter{options};
  std::string general;
  try {
    formatter.format(general, view);
  } catch (const FormatError& refused) {
    CHECK_THROWS_WITH_AS(formatter.compile(site, logger, "\n"), refused.what(), FormatError);
    return 0;
  }
  Program program = formatter.compile(site, logger, "\n");
  std::string line = render(program, view);
  REQUIRE(line.ends_with('\n'));
  line.pop_back();
  // A template makes text of each value by itself, the general path of the whole message: where
  // bytes that are no text meet, one may see a single broken character and the other two.
  const bool is_comparable = xylem::format::is_valid_utf8(xylem::format::render_message(view));
  if (is_comparable) CHECK(line == general);
  check_line(general, options, call.args, view, call.message);
  check_line(line, options, call.args, view, is_comparable ? call.message : std::nullopt);
  return 0;
}
