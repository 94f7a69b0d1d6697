// Records made elsewhere: what xylem pipe reads from any line, what is read back from any bytes
// that claim to be a packed record or a call site, and the arguments of a payload.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <simdjson.h>

#include "../record_support.hpp"
#include "call.hpp"
#include "format/json_formatter.hpp"
#include "format/message.hpp"
#include "format/percent.hpp"
#include "format/text_formatter.hpp"
#include "format/utf8.hpp"
#include "input.hpp"
#include "record/dictionary.hpp"
#include "record/foreign.hpp"
#include "record/payload.hpp"
#include "record_line.hpp"

namespace {

using namespace record_test;
using fuzz::Input;
using xylem::Record;
using xylem::format::FormatError;
using xylem::record::Foreign;
using xylem::record::Value;

/// The record under each kind of formatter: a line, or an exception that costs one record.
void check_lines(const Foreign& foreign) {
  using xylem::format::JsonFormatter;
  using xylem::format::TextFormatter;
  static const Thread thread = make_thread("consumer");
  static const Site site = make_site("{}", {arg("")});
  const View view{&site, "other.app", &thread, sample_time_ns, nullptr, &foreign};
  const auto format = [&view](xylem::format::Formatter& formatter) {
    std::string line;
    try {
      formatter.format(line, view);
    } catch (const FormatError&) {
      line.clear();
    } catch (const std::invalid_argument&) {  // an extra that is no JSON
      line.clear();
    }
    return line;
  };
  for (const bool ascii : {true, false}) {
    JsonFormatter formatter{{.fmt_keys = {{"level", "levelname"},
                                          {"no", "levelno"},
                                          {"at", "asctime"},
                                          {"file", "pathname"},
                                          {"line", "lineno"},
                                          {"thread", "thread"},
                                          {"thread_name", "threadName"},
                                          {"task", "taskName"},
                                          {"created", "created"},
                                          {"msecs", "msecs"},
                                          {"relative", "relativeCreated"}},
                             .ensure_ascii = ascii}};
    const std::string line = format(formatter);
    if (line.empty()) continue;
    CHECK(xylem::format::is_valid_utf8(line));
    if (!fuzz::has_big_number(line)) const Json parsed{line};
  }
  TextFormatter text{{.format = "%(asctime)s %(levelname)s %(lineno)d %(threadName)r %(message)s"}};
  format(text);
}

/// What is packed comes back.
void check_packing(const Record& record) {
  const std::string packed = xylem::record::pack(record);
  Foreign foreign;
  REQUIRE(xylem::record::unpack(packed, foreign));
  CHECK(foreign.levelno == record.levelno);
  CHECK(foreign.message == record.message);
  CHECK(foreign.created.has_value() == record.created.has_value());
  CHECK(foreign.levelname.has_value() == record.levelname.has_value());
  REQUIRE(foreign.extras.size() == record.extras.size());
  for (std::size_t i = 0; i < record.extras.size(); ++i) {
    CHECK(foreign.extras[i].key == record.extras[i].key);
    CHECK(foreign.extras[i].json == record.extras[i].json);
  }
  check_lines(foreign);
}

/// Every extra has the value that simdjson finds in the line too, unless its key stands there
/// twice.
void check_extras(std::string_view line, const Record& record) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded{line};
  simdjson::dom::object object;
  if (parser.parse(padded).get(object) != simdjson::SUCCESS) return;
  for (const Record::Extra& extra : record.extras) {
    simdjson::dom::parser extra_parser;
    const simdjson::padded_string json{extra.json};
    simdjson::dom::element value;
    REQUIRE(extra_parser.parse(json).get(value) == simdjson::SUCCESS);
    const auto is_key = [&extra](const auto& member) { return member.key == extra.key; };
    REQUIRE(std::any_of(object.begin(), object.end(), is_key));
    if (value.is_object() || value.is_array()) continue;  // may have equal keys within
    CHECK(std::any_of(object.begin(), object.end(), [&](const auto& member) {
      return is_key(member) && simdjson::to_string(member.value) == simdjson::to_string(value);
    }));
  }
}

void check_line(std::string_view line) {
  Record record;
  try {
    xylem::tools::read_record(line, record);
  } catch (const std::invalid_argument& refused) {
    CHECK(refused.what() != std::string_view{});
    return;
  }
  check_extras(line, record);
  check_packing(record);
}

void check_packed(std::string_view bytes) {
  Foreign foreign;
  if (xylem::record::unpack(bytes, foreign)) check_lines(foreign);
}

/// Arguments read back from a payload of its exact size.
void check_payload(Input& in) {
  std::vector<Arg> args;
  while (!in.empty() && args.size() < 40) args.push_back(fuzz::read_argument(in));
  const Site site = make_site("", args);
  std::vector<std::byte> payload = encode(args);
  payload.pop_back();
  payload.shrink_to_fit();
  std::vector<const char*> starts(args.size());
  const std::byte* const end = xylem::record::find_tails(site, payload.data(), starts.data());
  CHECK(end == payload.data() + payload.size());
  for (std::size_t i = 0; i < args.size(); ++i) {
    const Value value = xylem::record::read_argument(site.arguments[i], payload.data(), starts[i]);
    if (xylem::detail::has_tail(args[i].kind)) CHECK(value.text == args[i].text);
    if (args[i].kind == Kind::int64) CHECK(value.int64 == args[i].int64);
    if (args[i].kind == Kind::uint64) CHECK(value.uint64 == args[i].uint64);
    if (args[i].kind == Kind::int32) CHECK(value.int64 == args[i].int32);
    if (args[i].kind == Kind::uint32) CHECK(value.uint64 == args[i].uint32);
    if (args[i].kind == Kind::boolean) CHECK(value.boolean == args[i].boolean);
    if (args[i].kind == Kind::character) CHECK(value.text == std::string(1, args[i].character));
    if (args[i].kind == Kind::null) CHECK(value.type == Value::Type::null);
  }
}

/// A call site that can be read from bytes is written down as the same bytes.
void check_site(std::string_view bytes) {
  Site site{};
  if (!xylem::record::decode(bytes, site)) return;
  CHECK(xylem::record::encode(site) == bytes);
  CHECK(xylem::format::parse_message(site).size() <= site.format.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A line begins with a brace, so that lines can be put into the corpus as they are.
  if (size > 0 && data[0] == '{') {
    check_line({reinterpret_cast<const char*>(data), size});
    return 0;
  }
  Input in{data, size};
  switch (in.below(3)) {
    case 0:
      check_packed(in.rest());
      break;
    case 1:
      check_site(in.rest());
      break;
    default:
      check_payload(in);
  }
  return 0;
}
