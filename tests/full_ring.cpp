// Rings that are full: "block" loses nothing, "drop" says exactly what it lost, and where.

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/stat.h>

#include "engine_support.hpp"

using namespace engine_test;
using xylem::field;
using xylem::Logger;

namespace {

const std::string keys = R"({"thread": "threadName", "level": "levelname", "logger": "name"})";

/// A file whose reader can be as slow as a test wants: as long as nobody reads, the consumer stands
/// still at its next write.
class SlowFile {
 public:
  explicit SlowFile(std::string path) : path_{std::move(path)} {
    if (::mkfifo(path_.c_str(), 0600) != 0) throw std::runtime_error("mkfifo failed");
    // Both ends, so that neither side waits for the other to open.
    fd_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
    ::fcntl(fd_, F_SETPIPE_SZ, 4096);
  }
  ~SlowFile() {
    stop_reading();
    ::close(fd_);
  }
  SlowFile(const SlowFile&) = delete;
  SlowFile& operator=(const SlowFile&) = delete;

  const std::string& path() const { return path_; }

  /// From now on there is a reader.
  void start_reading() {
    reader_ = std::thread{[this] {
      while (!stopped_) {
        pollfd pipe{.fd = fd_, .events = POLLIN, .revents = 0};
        if (::poll(&pipe, 1, 10) > 0) read_what_is_there();
      }
      read_what_is_there();
    }};
  }

  /// What was written until now, parsed.
  std::vector<Line> stop_reading() {
    stopped_ = true;
    if (reader_.joinable()) reader_.join();
    std::vector<Line> lines;
    std::size_t at = 0;
    for (std::size_t end = text_.find('\n'); end != std::string::npos; end = text_.find('\n', at)) {
      lines.emplace_back(text_.substr(at, end - at));
      at = end + 1;
    }
    text_.erase(0, at);
    return lines;
  }

 private:
  void read_what_is_there() {
    char buffer[65536];
    for (ssize_t n = ::read(fd_, buffer, sizeof buffer); n > 0;
         n = ::read(fd_, buffer, sizeof buffer)) {
      text_.append(buffer, static_cast<std::size_t>(n));
    }
  }

  std::string path_;
  int fd_ = -1;
  std::string text_;
  std::atomic<bool> stopped_{false};
  std::thread reader_;
};

ToFile config_for(const std::string& path, const std::string& when_full, int slots = 64) {
  return {.path = path,
          .fmt_keys = keys,
          .engine = R"({"ring": {"slots": )" + std::to_string(slots) + R"(, "when_full": ")" +
                    when_full + R"("}})"};
}

/// The number in "N records dropped", when the line is one of these.
std::optional<std::int64_t> announced(const Line& line) {
  const std::string message = line.message();
  if (!message.ends_with(" records dropped")) return std::nullopt;
  CHECK(line.string("level") == "WARNING");
  CHECK(line.string("logger") == "xylem");
  return std::stoll(message);
}

/// Compares the gaps in one thread's sequence with what the lines at each gap say.
struct GapCheck {
  std::int64_t next = 0;
  std::int64_t told = 0;  // since the last record
  std::int64_t told_in_all = 0;
  int wrong = 0;

  void see(const Line& line) {
    if (const auto dropped = announced(line)) {
      told += *dropped;
      told_in_all += *dropped;
    } else {
      end_gap(line.integer("n"));
    }
  }
  void end_gap(std::int64_t n) {
    wrong += n - next != told;
    told = 0;
    next = n + 1;
  }
};

}  // namespace

TEST_CASE("block: whoever finds the ring full waits, and nothing is lost") {
  constexpr int producers = 4;
  constexpr int records = is_sanitized ? 2'000 : 20'000;
  const TempDir dir;
  SlowFile file{dir / "fifo"};
  const Gain gain;
  {
    const Session session{config_for(file.path(), "block")};
    std::vector<std::thread> threads;
    for (int p = 0; p < producers; ++p) {
      threads.emplace_back([p] {
        for (int n = 0; n < records; ++n) {
          XYLEM_INFO(xylem::get_logger("full"), "", field("p", p), field("n", n));
        }
      });
    }
    // All of them stand at a full ring before anybody reads.
    while (xylem::stats().queued_slots < std::uint64_t{producers} * 60) std::this_thread::yield();
    file.start_reading();
    for (std::thread& thread : threads) thread.join();
  }
  const auto lines = file.stop_reading();
  std::vector<std::int64_t> next(producers, 0);
  int wrong = 0;
  for (const Line& line : lines) {
    wrong += line.integer("n") != next.at(static_cast<std::size_t>(line.integer("p")))++;
  }
  CHECK(wrong == 0);
  CHECK(next == std::vector<std::int64_t>(producers, records));
  const xylem::Stats stats = gain.get();
  CHECK(stats.accepted == std::uint64_t{producers} * records);
  CHECK(stats.written == stats.accepted);
  CHECK(stats.dropped == 0);
  CHECK(stats.failed == 0);
}

TEST_CASE("drop: every gap is announced at its place with its length") {
  constexpr int producers = 3;
  constexpr int records = is_sanitized ? 6'000 : 30'000;
  const TempDir dir;
  SlowFile file{dir / "fifo"};
  const Gain gain;
  {
    const Session session{config_for(file.path(), "drop")};
    std::vector<std::thread> threads;
    for (int p = 0; p < producers; ++p) {
      threads.emplace_back([p] {
        xylem::set_thread_name(std::to_string(p));
        for (int n = 0; n < records; ++n) {
          XYLEM_INFO(xylem::get_logger("full"), "", field("n", n));
          // Time for the reader now and then: gaps of many lengths, not one.
          if (n % 64 == 0) std::this_thread::yield();
        }
      });
    }
    while (gain.get().dropped == 0) std::this_thread::yield();
    file.start_reading();
    for (std::thread& thread : threads) thread.join();
  }
  const auto lines = file.stop_reading();
  std::vector<GapCheck> gaps(producers);
  for (const Line& line : lines) gaps.at(std::stoul(line.string("thread"))).see(line);
  std::int64_t told = 0;
  std::uint64_t announcements = 0;
  for (GapCheck& gap : gaps) {
    gap.end_gap(records);
    CHECK(gap.wrong == 0);
    told += gap.told_in_all;
  }
  for (const Line& line : lines) announcements += announced(line).has_value();
  const xylem::Stats stats = gain.get();
  CHECK(stats.dropped > 0);
  CHECK(told == static_cast<std::int64_t>(stats.dropped));
  CHECK(stats.accepted == std::uint64_t{producers} * records);
  CHECK(stats.accepted == stats.written + stats.dropped + stats.failed);
  CHECK(stats.written == lines.size() - announcements);
}

TEST_CASE("drops after which a thread says nothing more are announced too") {
  const TempDir dir;
  for (const bool thread_ends : {true, false}) {
    CAPTURE(thread_ends);
    SlowFile file{dir / (thread_ends ? "ends" : "lives")};
    constexpr int records = 2'000;
    std::atomic<bool> logged{false};
    std::atomic<bool> over{false};
    std::thread thread;
    {
      const Session session{config_for(file.path(), "drop")};
      thread = std::thread{[&] {
        xylem::set_thread_name("silent");
        for (int n = 0; n < records; ++n) {
          XYLEM_INFO(xylem::get_logger("full"), "", field("n", n));
        }
        logged = true;
        while (!thread_ends && !over) std::this_thread::yield();
      }};
      while (!logged) std::this_thread::yield();
      if (thread_ends) thread.join();
      file.start_reading();
      xylem::flush();
    }
    over = true;
    if (thread.joinable()) thread.join();
    const auto lines = file.stop_reading();
    GapCheck gap;
    for (const Line& line : lines) gap.see(line);
    CHECK(gap.told > 0);
    gap.end_gap(records);
    CHECK(gap.wrong == 0);
    CHECK(announced(lines.back()).has_value());
  }
}

TEST_CASE("a ring's drops are not told again by the thread that gets the ring next") {
  const TempDir dir;
  SlowFile file{dir / "fifo"};
  const Gain gain;
  constexpr int records = 2'000;
  std::int64_t told = 0;
  {
    const Session session{config_for(file.path(), "drop")};
    std::thread([] {
      for (int n = 0; n < records; ++n) XYLEM_INFO(xylem::get_logger("full"), "", field("n", n));
    }).join();
    file.start_reading();
    for (int i = 0; i < 20; ++i) {
      xylem::flush();
      std::thread([] { XYLEM_INFO(xylem::get_logger("full"), "", field("n", -1)); }).join();
    }
  }
  for (const Line& line : file.stop_reading()) told += announced(line).value_or(0);
  CHECK(gain.get().dropped > 0);
  CHECK(told == static_cast<std::int64_t>(gain.get().dropped));
}

TEST_CASE("the time stamps of one thread never decrease, announcements included") {
  const TempDir dir;
  SlowFile file{dir / "fifo"};
  {
    const Session session{config_for(file.path(), "drop")};
    file.start_reading();
    std::thread([] {
      for (int n = 0; n < 20'000; ++n) XYLEM_INFO(xylem::get_logger("full"), "", field("n", n));
    }).join();
  }
  std::string last;
  int backwards = 0;
  for (const Line& line : file.stop_reading()) {
    const std::string time = line.string("timestamp");
    // The fraction is left out when it is zero: then the texts do not compare.
    if (time.size() == last.size()) backwards += time < last;
    last = time;
  }
  CHECK(backwards == 0);
}

TEST_CASE("the policy can change while a thread waits") {
  const TempDir dir;
  SlowFile file{dir / "fifo"};
  std::vector<Line> lines;
  {
    const Session session{config_for(file.path(), "block")};
    constexpr int records = 5'000;
    std::thread thread{[] {
      for (int n = 0; n < records; ++n) XYLEM_INFO(xylem::get_logger("full"), "", field("n", n));
    }};
    while (xylem::stats().queued_slots < 60) std::this_thread::yield();
    file.start_reading();
    xylem::configure(config_for(dir / "second.jsonl", "drop").json());
    thread.join();
    xylem::flush();
    lines = file.stop_reading();
    GapCheck gap;
    for (const Line& line : lines) gap.see(line);
    for (const Line& line : read_lines(dir / "second.jsonl")) gap.see(line);
    gap.end_gap(records);
    CHECK(gap.wrong == 0);
  }
}
