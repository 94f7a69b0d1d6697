// Contexts and bound fields of a process that died: what its lines show is in its crash file, even
// where the note of the context was overwritten long ago.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/detail/members.hpp>

#include "engine_support.hpp"
#include "leftover_support.hpp"

using namespace leftover_test;
using engine_test::fields_of;
using engine_test::Line;
using engine_test::read_lines;
using sink_test::StderrCapture;
using sink_test::TempDir;
using xylem::field;
using xylem::crash::ContextPlace;
using xylem::recover::Summary;

namespace {

using Strings = std::vector<std::string>;

std::string string_payload(std::string_view text) {
  std::string payload;
  append(payload, static_cast<std::uint32_t>(text.size()));
  return payload.append(text);
}

template <typename... Fields>
std::string note(const Fields&... fields) {
  return string_payload(xylem::detail::make_members(fields...).text());
}

/// A dead process with one ring.
struct Dead {
  explicit Dead(std::uint64_t begin = 0) : ring{image.ring("t", 64, begin)} {}

  CrashImage image;
  std::uint64_t site = image.site(make_site("{}", {Kind::string}));
  std::uint64_t context = image.site(xylem::record::site(xylem::record::context_site));
  std::uint64_t logger = image.logger("app");
  RingImage& ring;

  void log(std::string_view text) { ring.add(site, logger, ++tick, string_payload(text)); }
  void enter(const std::string& note) { ring.add(context, logger, ++tick, note); }

  /// What the consumer had kept for the records behind the tail.
  void keep(std::size_t place, std::uint32_t number, std::uint64_t from, const std::string& payload,
            bool is_spilled = false) {
    ContextPlace& at = ring.contexts[place];
    at.number.store_relaxed(number);
    at.from = from;
    at.bytes = static_cast<std::uint16_t>(payload.size());
    at.is_spilled = is_spilled ? 1 : 0;
    std::memcpy(at.payload.data(), payload.data(), payload.size());
  }

  /// The fields of the lines, in order.
  Strings recover(std::uint64_t unreadable = 0) {
    const TempDir dir;
    leave(dir / "crash", image.bytes());
    xylem::recover::Request request;
    request.directory = dir / "crash";
    request.identity.config_path = "/etc/app.json";
    const std::string config =
        R"-({"version": 1, "formatters": {"j": {"()": "xylem.JsonFormatter"}}, )-"
        R"("handlers": {"f": {"class": "logging.FileHandler", "formatter": "j", "filename": ")" +
        dir / "a.log" + R"("}}, "root": {"level": "DEBUG", "handlers": ["f"]}})";
    const StderrCapture quiet;
    const Summary summary = xylem::recover::recover(request, *make_tree(config));
    CHECK(summary.unreadable == unreadable);
    Strings fields;
    for (const Line& line : read_lines(dir / "a.log")) fields.push_back(fields_of(line));
    CHECK(summary.recovered == fields.size());
    return fields;
  }

  std::uint64_t tick = 0;
};

}  // namespace

TEST_CASE("notes in the ring hold until the next one") {
  Dead dead;
  dead.log("1");
  dead.enter(note(field("a", 1), field("b", "x")));
  dead.log("2");
  dead.log("3");
  dead.enter(note());
  dead.log("4");
  CHECK(dead.recover() == Strings{"", R"("a":1,"b":"x")", R"("a":1,"b":"x")", ""});
}

TEST_CASE("a note that was overwritten is known from the ring's own page") {
  Dead dead{1000};
  dead.keep(0, 7, 900, note(field("a", 1)));
  dead.keep(1, 6, 800, note(field("a", "old")));
  dead.log("1");
  dead.enter(note(field("b", 2)));
  dead.log("2");
  CHECK(dead.recover() == Strings{R"("a":1)", R"("b":2)"});
}

TEST_CASE("what was kept for a tail that had not moved yet does not count") {
  Dead dead{1000};
  dead.keep(0, 6, 800, note(field("a", 1)));
  dead.keep(1, 7, 1002, note(field("a", "next")));
  dead.log("1");
  CHECK(dead.recover() == Strings{R"("a":1)"});
}

TEST_CASE("a note between the tail and the end of the last batch counts") {
  Dead dead{1000};
  dead.keep(0, 6, 800, note(field("a", 1)));
  dead.log("written");
  dead.enter(note(field("a", 2)));
  dead.log("written too");
  const std::uint64_t end = dead.ring.words.head.load_relaxed();
  dead.log("1");
  // Batch 3 is in the kernel's hands, but the tail does not say so yet.
  dead.image.fixed().header.first_batch.store_relaxed(4);
  dead.ring.words.ends[3].store_relaxed(end);
  CHECK(dead.recover() == Strings{R"("a":2)"});
}

TEST_CASE("a context that did not fit the ring is found in its block") {
  const std::string text(5000, 'x');
  Dead dead{1000};
  dead.keep(0, 1, 900, dead.image.spill(note(field("text", text))), true);
  dead.log("1");
  dead.ring.add(dead.context, dead.logger, ++dead.tick,
                dead.image.spill(note(field("other", text))), xylem::detail::flag_spilled);
  dead.log("2");
  CHECK(dead.recover() == Strings{"\"text\":\"" + text + "\"", "\"other\":\"" + text + "\""});
}

TEST_CASE("bound fields are the record's") {
  Dead dead;
  const std::uint64_t bound = dead.image.site(make_site("{}", {Kind::string, Kind::members}));
  const std::string members{
      xylem::detail::make_members(field("component", "db"), field("n", 1)).text()};
  std::string payload;
  append(payload, std::uint32_t{1});
  append(payload, static_cast<std::uint32_t>(members.size()));
  payload += "m" + members;
  dead.ring.add(bound, dead.logger, ++dead.tick, payload);
  dead.enter(note(field("n", 2), field("c", 3)));
  dead.ring.add(bound, dead.logger, ++dead.tick, payload);
  CHECK(dead.recover() == Strings{R"("component":"db","n":1)", R"("component":"db","n":1,"c":3)"});
}

TEST_CASE("encoded fields that are spoilt cost what they belong to, and nothing else") {
  const std::string whole = note(field("key", "value"), field("flag", true));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int value : {0, 1, 3, 12, 0x7f, 0xff}) {
      std::string spoilt = whole;
      spoilt[at] = static_cast<char>(value);
      Dead dead{64};
      dead.keep(0, 1, 0, spoilt);
      dead.log("1");
      dead.enter(spoilt);
      dead.log("2");
      const TempDir dir;
      leave(dir / "crash", dead.image.bytes());
      xylem::recover::Request request;
      request.directory = dir / "crash";
      request.identity.config_path = "/etc/app.json";
      const StderrCapture quiet;
      const Summary summary = xylem::recover::recover(request, *make_tree(one_file(dir / "a.log")));
      CHECK(summary.recovered == 2);
    }
  }
  Dead dead{64};
  dead.keep(0, 1, 0, whole.substr(0, 9));
  dead.log("1");
  dead.enter(note(field("a", 1)));
  dead.log("2");
  dead.enter(std::string(4, '\xff'));
  dead.log("3");
  CHECK(dead.recover(2) == Strings{"", R"("a":1)", ""});
}
