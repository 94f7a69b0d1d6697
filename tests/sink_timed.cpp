// Files that roll by time: CPython's tables, batches that go over a rollover, trouble.

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config/file_handlers.hpp"
#include "config_support.hpp"
#include "sink/timed_file_sink.hpp"
#include "sink_support.hpp"

namespace {

/// Of rename(2): an errno.
std::atomic<int> rename_fault{0};

}  // namespace

extern "C" int rename(const char* from, const char* to) noexcept {
  if (const int error = rename_fault.load(); error != 0) {
    errno = error;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_rename, from, to));
}

using sink_test::put;
using sink_test::read_file;
using sink_test::StderrCapture;
using sink_test::TempDir;
using sink_test::write_file;
using xylem::sink::RolloverSchedule;
using xylem::sink::TimedFileSink;
using xylem::sink::TimedOptions;
using When = RolloverSchedule::When;
namespace dom = simdjson::dom;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

/// Local time is that of the zone while it lives.
class Zone {
 public:
  explicit Zone(std::string_view name) {
    if (const char* const former = std::getenv("TZ")) former_ = former;
    set(std::string{name});
  }
  ~Zone() { set(former_); }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;

 private:
  static void set(const std::string& name) {
    if (name.empty()) {
      ::unsetenv("TZ");
    } else {
      ::setenv("TZ", name.c_str(), 1);
    }
    ::tzset();
  }

  std::string former_;
};

const dom::element& table() {
  static dom::parser parser;
  static const dom::element document =
      parser.load(XYLEM_SOURCE_ROOT "/tests/rollovers.json").value();
  return document;
}

RolloverSchedule::Options schedule(std::string_view when, double interval, bool is_utc) {
  RolloverSchedule::Options options;
  options.units = interval;
  options.is_utc = is_utc;
  const std::string_view letters = "SMHD";
  const char first = static_cast<char>(when.front() & ~0x20);
  if (const auto at = letters.find(first); at != std::string_view::npos && when.size() == 1) {
    options.when = static_cast<When>(at);
  } else if (first == 'W') {
    options.when = When::weekly;
    options.weekday = when[1] - '0';
  } else {
    options.when = When::midnight;
  }
  return options;
}

std::map<std::string, std::string> files_in(const TempDir& dir) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(dir.path())) {
    const std::string name = entry.path().filename().string();
    files[name == "log" ? "" : name.substr(4)] = read_file(entry.path().string());
  }
  return files;
}

void set_time(const std::string& path, std::int64_t seconds) {
  const timespec times[2] = {{seconds, 0}, {seconds, 0}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

/// `lines_per_flush` 0: only at the end.
void check_run(const dom::object& run, std::size_t lines_per_flush) {
  const Zone zone{std::string_view{run["zone"]}};
  const TempDir dir;
  const std::string path = dir / "log";
  for (const auto [suffix, text] : dom::object{run["before"]}) {
    write_file(path + '.' + std::string{suffix}, std::string_view{text});
  }
  if (!run["written"].is_null()) {
    write_file(path, "before\n");
    set_time(path, std::int64_t{run["written"]});
  }
  std::int64_t now_s = std::int64_t{run["begin"]};
  TimedOptions options;
  options.schedule =
      schedule(std::string_view{run["when"]}, double{run["interval"]}, bool{run["utc"]});
  options.backup_count = static_cast<int>(std::int64_t{run["backupCount"]});
  options.now_s = [&now_s] { return now_s; };
  TimedFileSink sink(path, options, {.delay = bool{run["delay"]}});
  std::uint64_t record = 0;
  for (const dom::element line : dom::array{run["lines"]}) {
    now_s = std::int64_t{line};
    sink.note_time(now_s * second_ns + 999'999'999);
    put(sink, "line " + std::to_string(record) + "\n", record);
    ++record;
    if (lines_per_flush > 0 && record % lines_per_flush == 0) sink.flush(0);
  }
  sink.close(0);
  CHECK(sink.idle());
  std::map<std::string, std::string> after;
  for (const auto [suffix, text] : dom::object{run["after"]}) {
    after[std::string{suffix}] = std::string{std::string_view{text}};
  }
  CHECK(files_in(dir) == after);
}

/// Rolls every ten seconds; the file was written last at 1000.
TimedOptions every_ten_seconds(std::int64_t& now_s, int backup_count = 0) {
  TimedOptions options;
  options.schedule = {.when = When::second, .units = 10, .is_utc = true};
  options.backup_count = backup_count;
  options.now_s = [&now_s] { return now_s; };
  return options;
}

void put_at(TimedFileSink& sink, std::string_view text, std::uint64_t record, std::int64_t second) {
  sink.note_time(second * second_ns);
  put(sink, text, record);
}

}  // namespace

TEST_CASE("moments to roll and names are CPython's, over changes of the clock in four zones") {
  std::size_t rows = 0;
  for (const dom::element row : dom::array{table()["moments"]}) {
    const Zone zone{std::string_view{row.at(0)}};
    const RolloverSchedule rule{
        schedule(std::string_view{row.at(1)}, double{row.at(2)}, bool{row.at(3)})};
    const double expected{row.at(5)};
    const std::int64_t now_s{row.at(4)};
    const auto rollover_s = static_cast<std::int64_t>(expected);
    CAPTURE(simdjson::minify(row));
    CHECK(rule.next(now_s) == expected);
    CHECK(rule.suffix(expected, rollover_s) == std::string_view{row.at(6)});
    CHECK(rule.suffix(expected, rollover_s + 3 * 86400) == std::string_view{row.at(7)});
    CHECK(rule.is_suffix(rule.suffix(expected, rollover_s)));
    ++rows;
  }
  CHECK(rows > 1000);
}

TEST_CASE("files are those that CPython leaves, however lines are batched") {
  std::size_t runs = 0;
  for (const dom::element run : dom::array{table()["runs"]}) {
    CAPTURE(simdjson::minify(run));
    for (const std::size_t lines_per_flush : {1, 3, 0}) {
      CAPTURE(lines_per_flush);
      check_run(run, lines_per_flush);
    }
    ++runs;
  }
  CHECK(runs == 200);
}

TEST_CASE("a batch that goes over a rollover is divided at the first line that is late enough") {
  const TempDir dir;
  std::int64_t now_s = 1000;
  TimedFileSink sink(dir / "log", every_ten_seconds(now_s));
  put_at(sink, "a\n", 1, 1009);
  put_at(sink, "b\n", 2, 1010);
  put_at(sink, "c\n", 5, 1010);
  put_at(sink, "d\n", 6, 1019);
  put_at(sink, "e\n", 7, 1020);
  sink.close(0);
  CHECK(read_file(dir / "log.1970-01-01_00-16-40") == "a\n");
  CHECK(read_file(dir / "log.1970-01-01_00-16-50") == "b\nc\nd\n");
  CHECK(read_file(dir / "log") == "e\n");
}

TEST_CASE("lines of no bytes do not keep a file rolling whose old name is taken") {
  const TempDir dir;
  std::int64_t now_s = 1000;
  write_file(dir / "log.1970-01-01_00-16-40", "taken\n");
  TimedFileSink sink(dir / "log", every_ten_seconds(now_s));
  put_at(sink, "", 1, 1010);
  put_at(sink, "", 2, 1011);
  put_at(sink, "", 3, 1012);
  put_at(sink, "a\n", 4, 1013);
  sink.close(0);
  CHECK(sink.idle());
  CHECK(read_file(dir / "log") == "a\n");
}

TEST_CASE("a line of no bytes that is all there is rolls the file once") {
  const TempDir dir;
  std::int64_t now_s = 1000;
  TimedFileSink sink(dir / "log", every_ten_seconds(now_s));
  put_at(sink, "a\n", 1, 1009);
  sink.flush(0);
  put_at(sink, "", 2, 1010);
  sink.flush(0);
  CHECK(sink.idle());
  CHECK(read_file(dir / "log.1970-01-01_00-16-40") == "a\n");
  CHECK(read_file(dir / "log").empty());
  CHECK(files_in(dir).size() == 2);
}

TEST_CASE("a line of no bytes rolls the file behind the line before it") {
  const TempDir dir;
  std::int64_t now_s = 1000;
  TimedFileSink sink(dir / "log", every_ten_seconds(now_s));
  put_at(sink, "a\n", 1, 1009);
  put_at(sink, "", 2, 1010);
  put_at(sink, "b\n", 3, 1019);
  put_at(sink, "c\n", 4, 1020);
  sink.close(0);
  CHECK(read_file(dir / "log.1970-01-01_00-16-40") == "a\n");
  CHECK(read_file(dir / "log.1970-01-01_00-16-50") == "b\n");
  CHECK(read_file(dir / "log") == "c\n");
}

TEST_CASE("a line that comes late is of the time when it comes") {
  const TempDir dir;
  std::int64_t now_s = 1000;
  TimedFileSink sink(dir / "log", every_ten_seconds(now_s));
  put_at(sink, "a\n", 1, 1009);
  sink.note_time(1012 * second_ns);
  const std::string_view late = "held\n";
  sink.commit_late(std::copy(late.begin(), late.end(), sink.reserve(late.size())), 0, 2);
  put_at(sink, "b\n", 2, 1012);
  sink.close(0);
  CHECK(read_file(dir / "log.1970-01-01_00-16-40") == "a\n");
  CHECK(read_file(dir / "log") == "held\nb\n");
}

TEST_CASE("lines whose time nobody tells are of now") {
  const TempDir dir;
  std::int64_t now_s = 1000;
  TimedFileSink sink(dir / "log", every_ten_seconds(now_s));
  put(sink, "a\n", 0);
  sink.flush(0);
  now_s = 1010;
  put(sink, "b\n", 0);
  sink.close(0);
  CHECK(read_file(dir / "log.1970-01-01_00-16-40") == "a\n");
  CHECK(read_file(dir / "log") == "b\n");
}

TEST_CASE("what is no regular file is not rolled, and asked about once an interval") {
  const TempDir dir;
  std::int64_t now_s = 1000;
  fs::create_symlink("/dev/null", dir / "log");
  TimedFileSink sink(dir / "log", every_ten_seconds(now_s));
  for (std::uint64_t i = 0; i < 50; ++i) put_at(sink, "a line\n", i, 1000 + std::int64_t(i));
  sink.close(0);
  CHECK(sink.idle());
  CHECK(files_in(dir).size() == 1);
}

TEST_CASE("a file that cannot be renamed is told of once, goes on to be written, and rolls later") {
  const TempDir dir;
  const StderrCapture captured;
  std::int64_t now_s = 1000;
  TimedFileSink sink(dir / "log", every_ten_seconds(now_s));
  put_at(sink, "a\n", 1, 1000);
  sink.flush(0);
  rename_fault = EACCES;
  put_at(sink, "b\n", 2, 1010);
  sink.flush(1000);
  put_at(sink, "c\n", 3, 1025);
  sink.flush(2000);
  rename_fault = 0;
  put_at(sink, "d\n", 4, 1026);
  sink.flush(2001);
  CHECK(read_file(dir / "log") == "a\nb\nc\nd\n");
  put_at(sink, "e\n", 5, 1027);
  sink.flush(9000);
  sink.close(0);
  const std::string old = dir / "log.1970-01-01_00-16-40";
  CHECK(read_file(old) == "a\nb\nc\nd\n");
  CHECK(read_file(dir / "log") == "e\n");
  CHECK(captured.text() == "xylem: [Errno 13] Permission denied: '" + (dir / "log") + "' -> '" +
                               old + "' (not rotated, lines go on to the file at hand)\nxylem: '" +
                               (dir / "log") + "' can be rotated again\n");
}

TEST_CASE("an old file that cannot be removed is told of once, and stops nothing") {
  const TempDir dir;
  const StderrCapture captured;
  std::int64_t now_s = 1000;
  fs::create_directories(dir / "log.1970-01-01_00-00-00/full");
  TimedFileSink sink(dir / "log", every_ten_seconds(now_s, 1));
  for (std::int64_t i = 0; i < 5; ++i) {
    put_at(sink, "line\n", static_cast<std::uint64_t>(i), 1000 + 10 * i);
  }
  sink.close(0);
  fs::remove_all(dir / "log.1970-01-01_00-00-00");
  CHECK(files_in(dir).size() == 2);
  CHECK(sink_test::count(captured.text(), "\n") == 1);
  CHECK(sink_test::count(captured.text(), "old log files are not removed") == 1);
}

TEST_CASE("opening a file does not make it look as if it had just been written") {
  const TempDir dir;
  const std::string path = dir / "log";
  write_file(path, "old\n");
  set_time(path, 1000);
  std::int64_t now_s = 50'000;
  {
    TimedFileSink first(path, every_ten_seconds(now_s));
    first.close(0);
  }
  TimedFileSink sink(path, every_ten_seconds(now_s));
  put_at(sink, "new\n", 1, now_s);
  sink.close(0);
  CHECK(read_file(dir / "log.1970-01-01_00-16-40") == "old\n");
  CHECK(read_file(path) == "new\n");
}

TEST_CASE("settings that CPython refuses are refused in its words") {
  const auto refused = [](const std::string& arguments, std::string_view message,
                          std::string_view path) {
    const std::string config =
        R"({"version": 1, "handlers": {"h": {"class": "logging.handlers.TimedRotatingFileHandler", "filename": "x", )" +
        arguments + "}}}";
    const std::string text = "Unable to configure handler 'h': " + std::string{message};
    config_test::check_refused({config, text, path});
  };
  refused(R"("when": "x")", "Invalid rollover interval specified: X", "handlers.h.when");
  refused(R"("when": "")", "Invalid rollover interval specified: ", "handlers.h.when");
  refused(R"("when": "W")",
          "You must specify a day for weekly rollover from 0 to 6 (0 is Monday): W",
          "handlers.h.when");
  refused(R"("when": "w10")",
          "You must specify a day for weekly rollover from 0 to 6 (0 is Monday): W10",
          "handlers.h.when");
  refused(R"("when": "W7")", "Invalid day specified for weekly rollover: W7", "handlers.h.when");
  refused(R"("when": 5)", "'int' object has no attribute 'upper'", "handlers.h.when");
  refused(R"("when": null)", "'NoneType' object has no attribute 'upper'", "handlers.h.when");
  refused(R"("interval": "5")", "unsupported operand type(s) for +: 'int' and 'str'",
          "handlers.h.interval");
  refused(R"("interval": [5])", "unsupported operand type(s) for +: 'int' and 'list'",
          "handlers.h.interval");
  refused(R"("interval": null)", "unsupported operand type(s) for *: 'int' and 'NoneType'",
          "handlers.h.interval");
  refused(R"("interval": {})", "unsupported operand type(s) for *: 'int' and 'ConvertingDict'",
          "handlers.h.interval");
  refused(R"("when": "W0", "interval": -1e300)", "timestamp out of range for platform time_t",
          "handlers.h.interval");
  refused(R"("when": "midnight", "interval": 1e14)",
          "[Errno 75] Value too large for defined data type", "handlers.h.interval");
  refused(R"("when": "midnight", "atTime": "12:00")", "'str' object has no attribute 'hour'",
          "handlers.h.atTime");
  refused(R"("maxBytes": 5)",
          "TimedRotatingFileHandler.__init__() got an unexpected keyword argument 'maxBytes'",
          "handlers.h.maxBytes");
  refused(R"("mode": "a")",
          "TimedRotatingFileHandler.__init__() got an unexpected keyword argument 'mode'",
          "handlers.h.mode");
  refused(R"("backupCount": "3")", "'>' not supported between instances of 'str' and 'int'",
          "handlers.h.backupCount");
}

TEST_CASE("a time of day is not looked at where it has no use, as in CPython") {
  const auto plan = xylem::config::parse(
      R"({"version": 1, "handlers": {"h": {"class": "logging.handlers.TimedRotatingFileHandler",
          "filename": "x", "when": "w6", "interval": 2, "backupCount": 7, "utc": "no", "atTime": null},
          "i": {"class": "logging.handlers.TimedRotatingFileHandler", "filename": "y", "atTime": "noon"}}})");
  const auto& timed = std::get<xylem::config::TimedFilePlan>(plan.handlers[0].kind);
  CHECK(timed.schedule.when == xylem::config::SchedulePlan::When::weekly);
  CHECK(timed.schedule.weekday == 6);
  CHECK(timed.schedule.units == 2);
  CHECK(timed.schedule.is_utc);
  CHECK(timed.backup_count == 7);
  CHECK(xylem::config::rolling_text(timed) ==
        ", rolls over every 2 × end of Sunday, UTC, 7 backups");
  const auto& other = std::get<xylem::config::TimedFilePlan>(plan.handlers[1].kind);
  CHECK(xylem::config::rolling_text(other) == ", rolls over every hour, all backups are kept");
}
