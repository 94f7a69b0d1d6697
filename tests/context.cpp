// Fields that belong to what a thread is doing (xylem::Context): which records carry them, in which
// form, and what happens to them when threads, rings, configurations and processes change.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine_support.hpp"
#include "fork_support.hpp"

using namespace engine_test;
using xylem::Context;
using xylem::field;
using xylem::Logger;

namespace {

/// The fields of each line.
std::vector<std::string> all_fields(const std::vector<Line>& lines) {
  std::vector<std::string> fields;
  for (const Line& line : lines) fields.push_back(fields_of(line));
  return fields;
}

using Strings = std::vector<std::string>;

/// A ring as small as can be, so that notes of contexts meet its end.
std::string small_ring(const char* when_full = "block") {
  return R"({"ring": {"slots": 64, "when_full": ")" + std::string{when_full} + "\"}}";
}

}  // namespace

TEST_CASE("records of the block carry the context's fields, with their types, and no others do") {
  const auto lines = logged([](const Logger& log) {
    XYLEM_INFO(log, "before");
    {
      const std::string id = "a\"1";
      const Context context{field("request_id", id), field("n", -7),      field("big", ~0ULL),
                            field("ratio", 0.5),     field("ok", true),   field("none", nullptr),
                            field("letter", 'x'),    field("float", 0.1F)};
      XYLEM_INFO(log, "within");
      log.info("own first", field("own", 1));
    }
    XYLEM_INFO(log, "after");
  });
  const std::string of_context =
      R"("request_id":"a\"1","n":-7,"big":18446744073709551615,"ratio":0.5,"ok":true,)"
      R"("none":null,"letter":"x","float":0.1)";
  CHECK(all_fields(lines) == Strings{"", of_context, "\"own\":1," + of_context, ""});
}

TEST_CASE("contexts nest: the inner one's fields come first and count") {
  const auto lines = logged([](const Logger& log) {
    const Context outer{field("a", 1), field("b", "outer")};
    {
      const Context inner{field("b", 2.5), field("c", "inner")};
      XYLEM_INFO(log, "inner");
    }
    XYLEM_INFO(log, "outer");
  });
  CHECK(all_fields(lines) == Strings{R"("b":2.5,"c":"inner","a":1)", R"("a":1,"b":"outer")"});
}

TEST_CASE("a record's own field counts, and its message can show the context's") {
  const Line line = logged_line([](const Logger& log) {
    const Context context{field("user", "ada"), field("n", 1)};
    XYLEM_INFO(log, "{user} has {n}", field("n", "own"));
  });
  CHECK(line.message() == "ada has own");
  CHECK(fields_of(line) == R"("n":"own","user":"ada")");
}

TEST_CASE("a text format names a field of the context, with a default for records without") {
  const TempDir dir;
  const Session session{
      R"({"version": 1, "disable_existing_loggers": false, "formatters": {"text": {"format": )"
      R"("%(message)s [%(request_id)s %(n)03d]", "defaults": {"request_id": "-", "n": 0}}}, )"
      R"("handlers": {"file": {"class": "logging.FileHandler", "formatter": "text", "filename": ")" +
      dir / "log" + R"("}}, "root": {"level": "DEBUG", "handlers": ["file"]}})"};
  const Logger log = xylem::get_logger("test");
  XYLEM_INFO(log, "out");
  {
    const Context context{field("request_id", "r1"), field("n", 7)};
    XYLEM_INFO(log, "in");
  }
  xylem::flush();
  CHECK(read_file(dir / "log") == "out [- 000]\nin [r1 007]\n");
}

TEST_CASE("fmt_keys name a field of the context as any other") {
  const Line line = logged_line(
      [](const Logger& log) {
        const Context context{field("level", "shadow"), field("x", 1)};
        XYLEM_INFO(log, "m");
      },
      R"({"level": "levelname"})");
  CHECK(line.string("level") == "shadow");  // as a field of the call's own
  CHECK(line.integer("x") == 1);
}

TEST_CASE("a thread has its own context; another resumes it by one call") {
  const auto lines = logged([](const Logger& log) {
    Context::Captured captured;
    {
      const Context context{field("job", 1)};
      captured = Context::capture();
      std::thread{[&] { XYLEM_INFO(log, "alone"); }}.join();
    }
    std::thread{[&] {
      const Context mine{field("mine", 2)};
      {
        const Context resumed{captured};
        XYLEM_INFO(log, "resumed");
        const Context more{field("more", 3)};
        XYLEM_INFO(log, "more");
      }
      XYLEM_INFO(log, "mine");
      const Context nothing{Context::Captured{}};
      XYLEM_INFO(log, "nothing");
    }}.join();
  });
  CHECK(all_fields(lines) == Strings{"", R"("job":1)", R"("more":3,"job":1)", R"("mine":2)", ""});
}

TEST_CASE("contexts that end out of turn or on another thread take their own fields away") {
  const auto lines = logged([](const Logger& log) {
    std::thread{[&] {
      auto outer = std::make_unique<Context>(field("a", 1));
      auto inner = std::make_unique<Context>(field("b", 2));
      outer.reset();
      XYLEM_INFO(log, "inner");
      std::thread{[moved = std::move(inner)]() mutable { moved.reset(); }}.join();
      XYLEM_INFO(log, "neither");
    }}.join();
  });
  CHECK(all_fields(lines) == Strings{R"("b":2)", ""});
}

TEST_CASE("a context in which nothing is logged sends nothing") {
  logged([](const Logger& log) {
    XYLEM_INFO(log, "first");
    const auto before = xylem::stats();
    for (int i = 0; i < 100; ++i) const Context context{field("i", i)};
    CHECK(xylem::stats().queued_slots <= before.queued_slots + 1);
  });
}

TEST_CASE("notes of contexts are no records: the counters know only what was logged") {
  const Gain gain;
  logged([](const Logger& log) {
    for (int i = 0; i < 10; ++i) {
      const Context context{field("i", i)};
      XYLEM_INFO(log, "m");
    }
  });
  CHECK(gain.get().accepted == 10);
  CHECK(gain.get().written == 10);
}

TEST_CASE("a ring that is full again and again mixes up no contexts") {
  const TempDir dir;
  {
    const Session session{ToFile{.path = dir / "log.jsonl", .engine = small_ring()}};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([t] {
        const Logger log = xylem::get_logger("test");
        for (int i = 0; i < 500; ++i) {
          std::optional<Context> context;
          if (i % 3 != 0) context.emplace(field("i", i), field("t", t));
          for (int n = 0; n < i % 4; ++n) {
            XYLEM_INFO(log, "m", field("own_i", i), field("own_t", t));
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  const auto lines = read_lines(dir / "log.jsonl");
  REQUIRE(lines.size() == 3 * 750);
  for (const Line& line : lines) {
    const bool is_within = line.integer("own_i") % 3 != 0;
    REQUIRE(line.has("i") == is_within);
    if (!is_within) continue;
    CHECK(line.integer("i") == line.integer("own_i"));
    CHECK(line.integer("t") == line.integer("own_t"));
  }
}

TEST_CASE("a note that was dropped leaves no record with another's fields") {
  const TempDir dir;
  const Gain gain;
  {
    const Session session{ToFile{.path = dir / "log.jsonl", .engine = small_ring("drop")}};
    const Logger log = xylem::get_logger("test");
    for (int i = 0; i < 20'000; ++i) {
      const Context context{field("i", i)};
      XYLEM_INFO(log, "m", field("own", i));
    }
  }
  const auto stats = gain.get();
  CHECK(stats.accepted == 20'000);
  CHECK(stats.accepted == stats.written + stats.dropped + stats.failed);
  std::uint64_t records = 0;
  for (const Line& line : read_lines(dir / "log.jsonl")) {
    if (!line.has("own")) {
      CHECK(line.message().ends_with("records dropped"));
      CHECK(!line.has("i"));
      continue;
    }
    ++records;
    CHECK(line.raw("i") == line.raw("own"));
  }
  CHECK(records == stats.written);
}

TEST_CASE("contexts and records of every size go together, in a ring and beyond") {
  const TempDir dir;
  std::vector<std::size_t> sizes;
  for (std::size_t bytes = 0; bytes < 5000; bytes += 97) sizes.push_back(bytes);
  for (const std::size_t bytes : {1990, 2000, 2010, 2012, 2013, 2014, 2015, 2020, 2030, 2040}) {
    sizes.push_back(bytes);
  }
  sizes.push_back(300'000);
  {
    const Session session{ToFile{.path = dir / "log.jsonl", .engine = small_ring()}};
    const Logger log = xylem::get_logger("test");
    for (const std::size_t bytes : sizes) {
      const std::string text(bytes, 'x');
      const Context context{field("c", text)};
      XYLEM_INFO(log, "short");
      XYLEM_INFO(log, "as long", field("own", text));
    }
  }
  const auto lines = read_lines(dir / "log.jsonl");
  REQUIRE(lines.size() == 2 * sizes.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    CHECK(lines[2 * i].string("c") == std::string(sizes[i], 'x'));
    CHECK(lines[2 * i + 1].string("c") == lines[2 * i + 1].string("own"));
  }
}

TEST_CASE("a context outlives configurations, and begins before the first") {
  const TempDir dir;
  const Logger log = xylem::get_logger("test");
  const Context context{field("always", 1)};
  XYLEM_WARNING(log, "early");
  for (const char* const name : {"a", "b"}) {
    const Session session{ToFile{dir / name}};
    XYLEM_INFO(log, "one");
    xylem::configure(ToFile{dir / name}.json());
    XYLEM_INFO(log, "two");
  }
  for (const Line& line : read_lines(dir / "a")) CHECK(fields_of(line) == R"("always":1)");
  CHECK(messages(dir / "a") == Strings{"early", "one", "two"});
  CHECK(messages(dir / "b") == Strings{"one", "two"});
  for (const Line& line : read_lines(dir / "b")) CHECK(fields_of(line) == R"("always":1)");
}

TEST_CASE("a context outlives the ring that its thread had, which goes with a name or a size") {
  const TempDir dir;
  for (const bool is_spilled : {false, true}) {
    const std::string text(is_spilled ? 5000 : 5, 'x');
    const std::string path = dir / (is_spilled ? "spilled" : "short");
    const Session session{ToFile{path}};
    std::thread{[&] {
      const Logger log = xylem::get_logger("test");
      const Context context{field("c", text)};
      xylem::set_thread_name("another");
      XYLEM_INFO(log, "renamed");
      xylem::configure(ToFile{.path = path, .engine = small_ring()}.json());
      XYLEM_INFO(log, "in a small ring");
      xylem::configure(ToFile{path}.json());
      xylem::set_thread_name("a third");
      XYLEM_INFO(log, "in a large one");
    }}.join();
    xylem::flush();
    const auto lines = read_lines(path);
    CHECK(lines.size() == 3);
    for (const Line& line : lines) CHECK(line.string("c") == text);
  }
}

TEST_CASE("a context beyond the ring holds while configurations move the rings") {
  const TempDir dir;
  const std::string kept = R"({"ring": {"slots": 64, "crash_dir": ")" + dir / "crash" + R"("}})";
  const std::string not_kept = R"({"ring": {"slots": 64, "crash_dir": null}})";
  std::filesystem::create_directory(dir / "crash");
  std::filesystem::permissions(dir / "crash", std::filesystem::perms::owner_all);
  constexpr int count = 400;
  constexpr std::size_t least_bytes = 3000;
  {
    const Session session{ToFile{.path = dir / "log", .engine = not_kept}};
    std::atomic<bool> goes_on{true};
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&, t] {
        const Logger log = xylem::get_logger("test");
        for (int i = 0; i < count || goes_on; ++i) {
          const std::string text(least_bytes + static_cast<std::size_t>(i % 50),
                                 t == 0 ? 'a' : 'b');
          const Context context{field("c", text), field("i", i)};
          XYLEM_INFO(log, "short", field("own", i));
          XYLEM_INFO(log, "as long", field("own", i), field("text", text));
        }
      });
    }
    for (int i = 0; i < 12; ++i) {
      const std::string& engine = i % 2 == 0 ? kept : not_kept;
      xylem::configure(ToFile{.path = dir / "log", .engine = engine}.json());
    }
    goes_on = false;
    for (std::thread& thread : threads) thread.join();
  }
  const auto lines = read_lines(dir / "log");
  CHECK(lines.size() >= 4 * count);
  for (const Line& line : lines) {
    const std::string text = line.string("c");
    REQUIRE(text.size() == least_bytes + static_cast<std::size_t>(line.integer("i") % 50));
    REQUIRE(line.integer("own") == line.integer("i"));
    if (line.string("message") == "as long") REQUIRE(line.string("text") == text);
  }
}

TEST_CASE("a ring that goes to another thread brings no context along") {
  const auto lines = logged([](const Logger& log) {
    for (int i = 0; i < 4; ++i) {
      std::thread{[&] {
        xylem::set_thread_name("t");
        XYLEM_INFO(log, "without");
        const Context context{field("i", i)};
        XYLEM_INFO(log, "within");
      }}.join();
      xylem::flush();
    }
  });
  CHECK(all_fields(lines) ==
        Strings{"", R"("i":0)", "", R"("i":1)", "", R"("i":2)", "", R"("i":3)"});
}

TEST_CASE("a record made elsewhere gets the context's fields as extras, but for its own") {
  const Line line = logged_line([](const Logger&) {
    const Context context{field("a", "x\ny"), field("n", 1.5), field("none", nullptr)};
    xylem::Record record;
    record.name = "elsewhere";
    record.levelno = 30;
    record.message = "made";
    record.extras.push_back({"a", "[1]"});
    CHECK(xylem::handle(record));
  });
  CHECK(fields_of(line) == R"("a":[1],"n":1.5,"none":null)");
}

TEST_CASE("the child of a fork goes on in its thread's context") {
  if (!fork_test::can_fork) return;
  const TempDir dir;
  {
    const Session session{ToFile{.path = dir / "log.jsonl", .engine = fork_test::crash_in(dir)}};
    const Logger log = xylem::get_logger("test");
    const Context context{field("a", 1)};
    XYLEM_INFO(log, "parent");
    const int status = fork_test::in_child([&] {
      XYLEM_INFO(log, "child");
      const Context inner{field("b", 2)};
      XYLEM_INFO(log, "child within");
    });
    CHECK(status == 0);
  }
  CHECK(all_fields(read_lines(dir / "log.jsonl")) ==
        Strings{R"("a":1)", R"("a":1)", R"("b":2,"a":1)"});
}

TEST_CASE("trace() gives the fields that OpenTelemetry names") {
  const std::string fields = R"("trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",)"
                             R"("span_id":"00f067aa0ba902b7","trace_flags":"01")";
  const std::string header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto lines = logged([&](const Logger& log) {
    {
      const Context context{
          xylem::trace("4BF92F3577B34DA6A3CE929D0E0E4736", "00f067aa0ba902b7", 1)};
      XYLEM_INFO(log, "digits");
    }
    {
      const std::uint8_t trace[16] = {0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6,
                                      0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36};
      const std::uint8_t span[8] = {0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7};
      const Context context{xylem::trace(trace, span, 1), field("more", 1)};
      XYLEM_INFO(log, "bytes");
    }
    const Context context{xylem::traceparent(header)};
    XYLEM_INFO(log, "header");
  });
  CHECK(all_fields(lines) == Strings{fields, fields + R"(,"more":1)", fields});
}

TEST_CASE("ids that are none give no fields") {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string span = "00f067aa0ba902b7";
  const std::string header = "-" + trace + "-" + span + "-01";
  CHECK(!xylem::trace(trace, std::string(16, '0')).is_valid());
  CHECK(!xylem::trace(std::string(32, '0'), span).is_valid());
  CHECK(!xylem::trace(trace.substr(1), span).is_valid());
  CHECK(!xylem::trace("g" + trace.substr(1), span).is_valid());
  CHECK(!xylem::traceparent("").is_valid());
  CHECK(!xylem::traceparent("ff" + header).is_valid());
  CHECK(!xylem::traceparent("00" + header + "-more").is_valid());
  CHECK(!xylem::traceparent("00" + header.substr(0, header.size() - 1)).is_valid());
  CHECK(!xylem::traceparent("0x" + header).is_valid());
  CHECK(xylem::traceparent("01" + header + "-more").is_valid());
  const Line line = logged_line([](const Logger& log) {
    const Context context{xylem::traceparent("nonsense")};
    XYLEM_INFO(log, "m");
  });
  CHECK(fields_of(line).empty());
}
