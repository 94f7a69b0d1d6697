#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "field_support.hpp"
#include "format/json_formatter.hpp"
#include "format/text_formatter.hpp"
#include "format/utf8.hpp"
#include "random_call.hpp"
#include "record_support.hpp"

namespace {

using namespace record_test;
using xylem::format::FormatError;
using xylem::format::JsonFormatter;
using xylem::format::TextFormatter;

using FmtKeys = std::vector<std::pair<std::string, std::string>>;

FmtKeys random_fmt_keys(Random& random) {
  static constexpr std::string_view attributes[] = {
      "levelname", "levelno",    "message",    "timestamp",       "name",
      "module",    "filename",   "pathname",   "funcName",        "lineno",
      "thread",    "threadName", "threadName", "process",         "processName",
      "taskName",  "created",    "msecs",      "relativeCreated", "asctime",
      "msg",       "exc_info",   "exc_text",   "stack_info",      "args"};
  FmtKeys keys;
  for (std::uint64_t n = random() % 12; n > 0; --n) {
    keys.emplace_back("k" + std::to_string(n), pick(random, attributes));
  }
  if (random() % 12 == 0) keys.emplace_back("field", "user_id");
  return keys;
}

/// Every field and what else is known of the record stands in the line, with its value and type.
void check_line(std::string_view line, const FmtKeys& fmt_keys, const Call& call,
                const Thread& thread) {
  CAPTURE(line);
  const Json json{line};
  std::map<std::string, const Arg*> fields;
  for (const Arg& a : call.args) {
    if (a.is_field) fields[a.key] = &a;
  }
  for (const auto& [key, field] : fields) check_field(json[key], *field);

  std::map<std::string, std::string> places{{"message", "message"}, {"timestamp", "timestamp"}};
  for (const auto& [key, attribute] : fmt_keys) places[attribute] = key;
  const auto text = [&](std::string_view attribute) {
    const std::string& place = places[std::string{attribute}];
    return fields.contains(place) || place.empty() ? "?" : json.text(place);
  };
  if (const std::string message = text("message"); message != "?") {
    CHECK(message == valid(call.message()));
  }
  CHECK(text("timestamp") == "2024-01-23T15:20:53.151737+00:00");
  if (const std::string name = text("threadName"); name != "?") CHECK(name == valid(thread.name));
  if (const std::string function = text("funcName"); function != "?") CHECK(function == "connect");
  if (!call.args.empty() && call.args.back().kind == Kind::exception) {
    places.try_emplace("exc_info", "exc_info");
    CHECK(text("exc_info") == valid(call.args.back().text));
  }
}

/// One call site under one formatter, several records through one Program.
template <typename Check>
void check_records(Random& random, xylem::format::Formatter& formatter, bool escapes, Call& call,
                   const Thread& thread, std::string_view terminator, Check&& check) {
  const Site site = make_site(call.format, call.args);
  CAPTURE(call.format);
  const std::vector<std::byte> first = encode(call.args);
  const View sample{&site, "my_app.db", &thread, sample_time_ns, first.data(), nullptr};
  std::string general;
  try {
    formatter.format(general, sample);
  } catch (const FormatError& error) {
    CHECK_THROWS_WITH_AS(formatter.compile(site, "my_app.db", terminator), error.what(),
                         FormatError);
    return;
  }
  xylem::format::Program program = formatter.compile(site, "my_app.db", terminator);
  for (int i = 0; i < 4; ++i) {
    if (i > 0) call.change_values(random);
    const std::vector<std::byte> payload = encode(call.args);
    const View view{&site, "my_app.db", &thread, sample_time_ns, payload.data(), nullptr};
    general.clear();
    formatter.format(general, view);
    const std::string line = render(program, view);
    // A program makes text of each value by itself, the general path of the whole message: where
    // bytes that are no text meet, one may see a single broken character and the other two.
    const bool is_comparable =
        !escapes || xylem::format::is_valid_utf8(xylem::format::render_message(view));
    if (is_comparable) {
      CHECK(line == general + std::string{terminator});
    } else {
      const Json parsed{std::string_view{line}.substr(0, line.size() - terminator.size())};
    }
    check(general);
  }
}

constexpr std::string_view terminators[] = {"\n", "\r\n", "", "\x1e"};
constexpr std::string_view thread_names[] = {
    "MainThread", "", "w\xc3\xb6rker \"1\"",
    "\x01\x02\xff\x03\x04\x05\x06\x07\x08 a rather long one"};

}  // namespace

TEST_CASE("JSON lines of compiled call sites are those of the general path, whole and typed") {
  Random random{1};
  for (int round = 0; round < 3000; ++round) {
    CAPTURE(round);
    JsonFormatter::Options options;
    options.fmt_keys = random_fmt_keys(random);
    if (random() % 2 == 0) {
      options.ensure_ascii = false;
      options.item_separator = ",";
      options.key_separator = ":";
    }
    JsonFormatter formatter{options};
    Call call{random};
    const Thread thread = make_thread(std::string{pick(random, thread_names)});
    check_records(random, formatter, true, call, thread, pick(random, terminators),
                  [&](std::string_view line) { check_line(line, options.fmt_keys, call, thread); });
  }
}

TEST_CASE("text lines of compiled call sites are those of the general path") {
  static constexpr std::string_view patterns[] = {
      "%(levelname)s: %(message)s",
      "[%(levelname)s|%(module)s|L%(lineno)d] %(asctime)s: %(message)s",
      "%(message)s",
      "%(message).10s|%(message)s|%(message)r",
      "%(threadName)s %(threadName)-20s %(threadName)s %(thread)d",
      "%(user_id)s %(user_id)r %(message)s",
      "%(x)12s|%(x).3s %(name)s",
      "%(created)f %(msecs)03d %(relativeCreated)d %(process)d %(taskName)s %(args)s",
      "%(message)s\n",
      "%(levelname)-8.3s|%(levelno)+d|%(pathname)s:%(lineno)05d in %(funcName)s|%(filename)s %%",
      "%(exc_info)s %(exc_text).20s %(stack_info)s",
  };
  Random random{2};
  int lines = 0;
  for (int round = 0; round < 3000; ++round) {
    CAPTURE(round);
    TextFormatter::Options options;
    options.format = pick(random, patterns);
    CAPTURE(options.format);
    if (random() % 2 == 0) options.datefmt = "%H:%M:%S";
    if (random() % 2 == 0) {
      options.defaults = {{"x", xylem::record::Value::none()},
                          {"user_id", xylem::record::Value::of(std::string_view{}), "nobody"}};
    }
    TextFormatter formatter{options};
    Call call{random};
    const Thread thread = make_thread(std::string{pick(random, thread_names)});
    check_records(random, formatter, false, call, thread, pick(random, terminators),
                  [&](const std::string& line) {
                    ++lines;
                    if (options.format == patterns[2] && call.args.empty()) {
                      CHECK(line == call.message());
                    }
                    if (options.format == patterns[0]) {
                      CHECK(line.starts_with("INFO: " + call.message()));
                    }
                  });
  }
  CHECK(lines > 6000);
}

TEST_CASE("a name of the longest kind stands in a line as often as the keys ask") {
  JsonFormatter formatter{
      {.fmt_keys = {
           {"a", "threadName"}, {"b", "threadName"}, {"c", "threadName"}, {"d", "threadName"}}}};
  const Site site = make_site("m", {});
  const Thread thread = make_thread(std::string(256, '\x01'));
  const std::vector<std::byte> payload = encode({});
  const View view{&site, "root", &thread, sample_time_ns, payload.data(), nullptr};
  const Json line{line_of(formatter, view)};
  for (const char* key : {"a", "b", "c", "d"}) CHECK(line.text(key) == thread.name);
}

TEST_CASE("JSON values follow the formatter's separators, in compiled lines too") {
  const std::vector<Arg> args = {arg(R"([1,{"a":2}])", Kind::json).named("v")};
  const Site site = make_site("m", args);
  const Thread thread = make_thread("MainThread");
  const std::vector<std::byte> payload = encode(args);
  const View view{&site, "root", &thread, sample_time_ns, payload.data(), nullptr};
  JsonFormatter python{{.fmt_keys = {{"message", "message"}}}};
  CHECK(line_of(python, view) ==
        R"({"message": "m", "timestamp": "2024-01-23T15:20:53.151737+00:00", "v": [1, {"a": 2}]})");
  JsonFormatter tight{
      {.fmt_keys = {}, .ensure_ascii = false, .item_separator = ",", .key_separator = ":"}};
  CHECK(line_of(tight, view) ==
        R"({"message":"m","timestamp":"2024-01-23T15:20:53.151737+00:00","v":[1,{"a":2}]})");
}

TEST_CASE("megabytes of text in one record come out whole, escaped at every byte") {
  std::string text;
  for (int i = 0; i < 1 << 20; ++i) text += static_cast<char>(i % 0x20);
  const std::vector<Arg> args = {arg(text).named("big")};
  const Site site = make_site("{big}", args);
  const Thread thread = make_thread("MainThread");
  const std::vector<std::byte> payload = encode(args);
  const View view{&site, "root", &thread, sample_time_ns, payload.data(), nullptr};
  JsonFormatter formatter{{}};
  const Json line{line_of(formatter, view)};
  CHECK(line.text("big") == text);
  CHECK(line.text("message") == text);
}

TEST_CASE("a field whose value takes a width from another argument is laid out as libfmt does") {
  const std::vector<Arg> args = {arg(std::int64_t{7}), arg(std::uint64_t{6}),
                                 arg(2.5).named("ratio")};
  const Site site = make_site("[{:>{}}] [{ratio:.2f}] {{}} {nope:>3}", args);
  const Thread thread = make_thread("MainThread");
  const std::vector<std::byte> payload = encode(args);
  const View view{&site, "root", &thread, sample_time_ns, payload.data(), nullptr};
  TextFormatter formatter{{}};
  CHECK(line_of(formatter, view) == "[     7] [2.50] {} {nope:>3}");
}
