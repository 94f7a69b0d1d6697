// What the features of a call cost beside the plain one: the thread that logs, and the engine until
// the line is written. All lines go to /dev/null as JSON.
// `features_throw` is the same program linked with xylem-throw. usage: features [ROUNDS]

// XYLEM_DEBUG is compiled to nothing.
#define XYLEM_COMPILED_LEVEL 20

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <xylem/extend.hpp>
#include <xylem/testing.hpp>
#include <xylem/xylem.hpp>

#include "side_by_side.hpp"

namespace {

using xylem::field;
using xylem::Logger;

/// A handler with a thread of its own, which does next to nothing.
class Apart : public xylem::Handler {
 public:
  void handle(const xylem::RecordView&, std::string_view line) override { bytes_ += line.size(); }
  bool wants_thread() const override { return true; }

 private:
  std::size_t bytes_ = 0;
};

/// `engine`: more members of "xylem".
std::string config(const std::string& engine) {
  return R"-({"version": 1, "disable_existing_loggers": false,
    "formatters": {"json": {"()": "xylem.JsonFormatter"}},
    "filters": {
      "own": {"()": "bench.Passes"}, "low": {"()": "mylogger.NonErrorFilter"},
      "redact": {"()": "xylem.RedactionFilter", "fields": ["token"], "patterns": ["\\b\\d{16}\\b"]},
      "sample": {"()": "xylem.SamplingFilter", "rate": 0.01},
      "first": {"()": "xylem.SamplingFilter", "first": 10, "thereafter": 100, "per_seconds": 1},
      "burst": {"()": "xylem.BurstFilter", "capacity": 1000000, "per_seconds": 1},
      "duplicates": {"()": "xylem.DuplicateFilter"}},
    "handlers": {"null": {"class": "logging.FileHandler", "filename": "/dev/null",
                          "formatter": "json"},
                 "apart": {"class": "bench.Apart", "formatter": "json"}},
    "loggers": {"off": {"level": "ERROR"}, "filtered": {"filters": ["own"]},
                "limited": {"filters": ["low"]}, "recorded": {"level": "ERROR"},
                "redacted": {"filters": ["redact"]}, "sampled": {"filters": ["sample"]},
                "first": {"filters": ["first"]}, "bursts": {"filters": ["burst"]},
                "repeated": {"filters": ["duplicates"]},
                "apart": {"handlers": ["apart"], "propagate": false}},
    "root": {"level": "INFO", "handlers": ["null"]}, "xylem": {"ring": {"slots": 65536})-" +
         engine + "}}";
}

/// Calls that make no record, or hardly ever one.
void add_silent(xylem::bench::SideBySide& cases, const Logger& log) {
  cases.add("below the logger's level", [](int calls) {
    const Logger off = xylem::get_logger("off");
    for (int i = 0; i < calls; ++i) XYLEM_INFO(off, "{}", i);
  });
  cases.add("below the compiled level", [](int calls) {
    [[maybe_unused]] const Logger any = xylem::get_logger("bench");
    for (int i = 0; i < calls; ++i) XYLEM_DEBUG(any, "{}", i);
  });
  cases.add("XYLEM_INFO_IF, false", [log](int calls) {
    for (int i = 0; i < calls; ++i) XYLEM_INFO_IF(i < 0, log, "{}", i);
  });
  cases.add("XYLEM_INFO_EVERY_N, each 100th", [log](int calls) {
    for (int i = 0; i < calls; ++i) XYLEM_INFO_EVERY_N(100, log, "{}", i);
  });
  cases.add("XYLEM_INFO_EVERY, once a minute", [log](int calls) {
    for (int i = 0; i < calls; ++i) XYLEM_INFO_EVERY(std::chrono::minutes{1}, log, "{}", i);
  });
  cases.add("XYLEM_INFO_ONCE", [log](int calls) {
    for (int i = 0; i < calls; ++i) XYLEM_INFO_ONCE(log, "{}", i);
  });
}

/// Past filters that look at each record, or at each call.
void add_filtered(xylem::bench::SideBySide& cases) {
  const auto add = [&cases](const char* name, const char* logger) {
    cases.add(name, [log = xylem::get_logger(logger)](int calls) {
      for (int i = 0; i < calls; ++i) XYLEM_INFO(log, "{}", i);
    });
  };
  add("past a filter of levels", "limited");
  add("past a filter of one's own", "filtered");
  add("redaction, nothing found", "redacted");
  cases.add("redaction of a field and a message", [](int calls) {
    const Logger redacted = xylem::get_logger("redacted");
    for (int i = 0; i < calls; ++i) {
      XYLEM_INFO(redacted, "card {}", 4'000'000'000'000'000 + i, field("token", "8f14e45f"));
    }
  });
  add("one call of 100 by chance", "sampled");
  add("the first 10 calls a second, then each 100th", "first");
  add("a limit for bursts that is not met", "bursts");
  add("a look for repetitions, none found", "repeated");
  cases.add("repetitions told as one", [log = xylem::get_logger("repeated")](int calls) {
    for (int i = 0; i < calls; ++i) XYLEM_INFO(log, "again");
  });
}

void add_records(xylem::bench::SideBySide& cases, const Logger& log) {
  cases.add("a function instead of a macro", [log](int calls) {
    for (int i = 0; i < calls; ++i) log.info("{}", i);
  });
  cases.add("XYLEM_INFO_IF, true", [log](int calls) {
    for (int i = 0; i < calls; ++i) XYLEM_INFO_IF(i >= 0, log, "{}", i);
  });
  cases.add("two fields", [log](int calls) {
    for (int i = 0; i < calls; ++i) {
      XYLEM_INFO(log, "{}", i, field("component", "db"), field("shard", 3));
    }
  });
  cases.add("two bound fields", [log](int calls) {
    const auto bound = log.with(field("component", "db"), field("shard", 3));
    for (int i = 0; i < calls; ++i) XYLEM_INFO(bound, "{}", i);
  });
  cases.add("two fields of a context", [log](int calls) {
    const xylem::Context context{field("component", "db"), field("shard", 3)};
    for (int i = 0; i < calls; ++i) XYLEM_INFO(log, "{}", i);
  });
  cases.add("kept by a flight recorder", [](int calls) {
    const Logger recorded = xylem::get_logger("recorded");
    for (int i = 0; i < calls; ++i) XYLEM_INFO(recorded, "{}", i);
  });
  cases.add("made with() for each call", [log](int calls) {
    for (int i = 0; i < calls; ++i) {
      const auto bound = log.with(field("component", "db"), field("shard", 3));
      XYLEM_INFO(bound, "{}", i);
    }
  });
  cases.add("a context captured, resumed for each call", [log](int calls) {
    const xylem::Context context{field("component", "db"), field("shard", 3)};
    for (int i = 0; i < calls; ++i) {
      const auto captured = xylem::Context::capture();
      const xylem::Context resumed{captured};
      XYLEM_INFO(log, "{}", i);
    }
  });
  cases.add("XYLEM_LOG with a level of one's own", [log](int calls) {
    for (int i = 0; i < calls; ++i) XYLEM_LOG(xylem::Level{25}, log, "{}", i);
  });
  add_filtered(cases);
  cases.add("a stack", [log](int calls) {
    for (int i = 0; i < calls; ++i) XYLEM_INFO(log, "{}", i, xylem::stack());
  });
  cases.add("an exception, caught once", [log](int calls) {
    try {
      throw std::runtime_error{"no reply"};
    } catch (const std::exception&) {
      for (int i = 0; i < calls; ++i) XYLEM_EXCEPTION(log, "{}", i);
    }
  });
}

/// Where the lines go elsewhere.
void add_places(xylem::bench::SideBySide& cases, const xylem::Engine& second) {
  cases.add("a second engine", [log = second.get_logger("bench")](int calls) {
    for (int i = 0; i < calls; ++i) XYLEM_INFO(log, "{}", i);
  });
  cases.add("a handler with a thread of its own", [log = xylem::get_logger("apart")](int calls) {
    for (int i = 0; i < calls; ++i) XYLEM_INFO(log, "{}", i);
  });
  cases.add("taken by a Capture, with its beginning and end", [](int calls) {
    const xylem::testing::Capture capture{"captured"};
    const Logger log = xylem::get_logger("captured");
    for (int i = 0; i < calls; ++i) XYLEM_INFO(log, "{}", i);
    xylem::flush();
  });
}

void add_exceptions(xylem::bench::SideBySide& cases, const Logger& log) {
  cases.add("an exception with another nested in it", [log](int calls) {
    try {
      try {
        throw std::runtime_error{"no reply"};
      } catch (const std::exception&) {
        std::throw_with_nested(std::logic_error{"no session"});
      }
    } catch (const std::exception&) {
      for (int i = 0; i < calls; ++i) XYLEM_EXCEPTION(log, "{}", i);
    }
  });
  cases.add("a throw and its catch, nothing logged", [](int calls) {
    for (int i = 0; i < calls; ++i) {
      try {
        throw std::runtime_error{"no reply"};
      } catch (const std::exception&) {
      }
    }
  });
}

void add_plain(xylem::bench::SideBySide& cases, const Logger& log) {
  cases.add("XYLEM_INFO", [log](int calls) {
    for (int i = 0; i < calls; ++i) XYLEM_INFO(log, "{}", i);
  });
}

/// Not a call, so not a case: it waits for the consumer.
void measure_set_level(int rounds) {
  using Clock = std::chrono::steady_clock;
  xylem::bench::Percentiles samples;
  const Logger log = xylem::get_logger("levels");
  for (int round = 0; round < rounds; ++round) {
    const Clock::time_point begin = Clock::now();
    log.set_level(round % 2 == 0 ? xylem::Level::debug : xylem::Level::error);
    const std::chrono::duration<double, std::micro> took = Clock::now() - begin;
    samples.add(took.count());
  }
  std::printf("%-44s %6.1f us\n", "set_level", samples.at(0.5));
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = xylem::bench::rounds_of(argc, argv);
  xylem::register_filter("bench.Passes", [](const xylem::RecordView& record) {
    return record.level() > xylem::Level::debug;
  });
  xylem::register_handler("bench.Apart",
                          [](const xylem::Arguments&) { return std::make_unique<Apart>(); });
  xylem::configure(config(R"(, "flight_recorder": {"recorded": {}})"));
  xylem::Engine second;
  second.configure(config(""));
  const Logger log = xylem::get_logger("bench");
  {
    xylem::bench::SideBySide cases;
    add_plain(cases, log);
    add_silent(cases, log);
    add_records(cases, log);
    add_exceptions(cases, log);
    add_places(cases, second);
    cases.run(rounds);
    measure_set_level(rounds);
  }
  xylem::configure(config(R"(, "synchronous": true)"));
  xylem::bench::SideBySide cases;
  add_plain(cases, log);
  std::printf("\"synchronous\": true\n");
  cases.run(std::min(rounds, 20));
  return 0;
}
