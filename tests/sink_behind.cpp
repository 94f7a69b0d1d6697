// A sink with a thread of its own: what flush_behind() sends comes out in order and once, whatever
// the kernel says meanwhile, and is counted as being on its way until it is there.

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "sink/file_sink.hpp"
#include "sink/rotating_file_sink.hpp"
#include "sink/sink.hpp"
#include "sink_support.hpp"

namespace {

using namespace sink_test;
using xylem::sink::FileSink;
using xylem::sink::LineBuffer;
using xylem::sink::RecordRange;
using xylem::sink::RecordSet;
using xylem::sink::RotatingFileSink;
using xylem::sink::Sink;
using xylem::sink::SinkOptions;

constexpr SinkOptions own_thread{.has_own_thread = true};
/// Enough of these make a batch that is worth a thread.
const std::string long_text(1000, 'x');
constexpr int batch_lines = 100;

/// A kernel that can be told to wait and to fail.
class Probe final : public Sink {
 public:
  explicit Probe(SinkOptions options = own_thread) : Sink{"probe", options} {}
  ~Probe() override {
    open();
    finish();
  }

  void shut() { open_.store(false); }
  void open() {
    open_.store(true);
    open_.notify_all();
  }
  /// Of each hand_over() from now on: takes so many bytes, then this errno.
  void fail(int error, std::size_t bytes = 0) {
    bytes_before_error_ = bytes;
    error_ = error;
  }

  std::string text;  // to be read when nothing is on its way

 protected:
  int hand_over(LineBuffer& lines, std::int64_t) override {
    open_.wait(false);
    const int error = error_;
    const std::size_t bytes = error == 0 ? lines.bytes() : bytes_before_error_.load();
    text.append(lines.data(), bytes);
    lines.take(bytes);
    return error;
  }

 private:
  std::atomic<bool> open_{true};
  std::atomic<int> error_{0};
  std::atomic<std::size_t> bytes_before_error_{0};
};

/// Lines "first xxx\n" and so on, one batch of them; adds them to `expected`.
void put_batch(Sink& sink, std::uint64_t first, std::string& expected) {
  for (std::uint64_t record = first; record < first + batch_lines; ++record) {
    const std::string line = std::to_string(record) + ' ' + long_text + '\n';
    put(sink, line, record);
    expected += line;
  }
}

}  // namespace

TEST_CASE("the caller goes on while a batch is written, and knows that it is on its way") {
  Probe sink;
  std::string expected;
  sink.shut();
  put_batch(sink, 7, expected);
  sink.flush_behind(0);  // returns although nothing can be written
  CHECK(sink.buffered_bytes() == 0);
  CHECK_FALSE(sink.idle());
  CHECK(sink.oldest_behind() == std::optional<std::uint64_t>{7});
  CHECK(sink.pending() == std::optional{RecordRange{7, 106}});
  put_batch(sink, 107, expected);
  CHECK(sink.pending() == std::optional{RecordRange{7, 206}});
  RecordSet pending;
  sink.collect_pending(pending);
  CHECK(pending.size() == 200);

  sink.open();
  sink.flush(0);
  CHECK(sink.text == expected);
  CHECK(sink.idle());
  CHECK_FALSE(sink.oldest_behind().has_value());
  CHECK_FALSE(sink.pending().has_value());
}

TEST_CASE("hundreds of batches come out in their order, each once") {
  Probe sink;
  std::string expected;
  for (std::uint64_t batch = 0; batch < 300; ++batch) {
    put_batch(sink, batch * batch_lines, expected);
    if (batch % 50 == 49) {
      sink.flush(0);
    } else {
      sink.flush_behind(0);
    }
  }
  sink.close(0);
  CHECK(sink.text == expected);
}

TEST_CASE("a small batch is written at once, without a thread") {
  Probe sink;
  put(sink, "a line\n", 1);
  sink.flush_behind(0);
  CHECK(sink.text == "a line\n");
  CHECK(sink.idle());
}

TEST_CASE("without a thread of its own a sink writes on the caller's") {
  Probe sink{SinkOptions{}};
  std::string expected;
  put_batch(sink, 0, expected);
  sink.flush_behind(0);
  CHECK(sink.text == expected);
}

TEST_CASE("batches behind one that failed wait for it, and come out after it") {
  const StderrCapture stderr_capture;
  Probe sink;
  std::string expected;
  sink.shut();
  for (std::uint64_t batch = 0; batch < 3; ++batch) {
    put_batch(sink, batch * batch_lines, expected);
    sink.flush_behind(0);
  }
  put(sink, "the youngest\n", 300);
  expected += "the youngest\n";
  sink.fail(ENOSPC, 1500);  // a line and a half
  sink.open();
  sink.flush(0);
  CHECK_FALSE(sink.idle());
  CHECK(sink.pending() == std::optional{RecordRange{1, 300}});
  CHECK(count(stderr_capture.text(), "No space left on device") == 1);

  sink.fail(0);
  sink.flush(10'000);
  CHECK(sink.idle());
  CHECK(sink.text == expected);
  CHECK(failed_in(sink) == 0);
  CHECK(count(stderr_capture.text(), "can be written again") == 1);
}

TEST_CASE("in trouble a sink with a thread keeps no more than its bound, and counts the rest") {
  const StderrCapture stderr_capture;
  Probe sink{{.buffer_bytes = 1 << 18, .max_kept_bytes = 1 << 19, .has_own_thread = true}};
  sink.fail(ENOSPC);
  std::string all;
  constexpr std::uint64_t batches = 20;
  for (std::uint64_t batch = 0; batch < batches; ++batch) {
    put_batch(sink, batch * batch_lines, all);
    sink.flush_behind(0);
  }
  sink.fail(0);
  sink.flush(10'000);
  CHECK(sink.idle());
  const std::uint64_t lost = failed_in(sink);
  CHECK(lost > 0);
  const auto written = static_cast<std::uint64_t>(count(sink.text, "\n"));
  CHECK(written + lost == batches * batch_lines);
  CHECK(all.starts_with(sink.text));  // the oldest are kept
}

TEST_CASE("a file has every line when its sink is gone, closed or not") {
  const TempDir dir;
  std::string expected;
  {
    FileSink sink{dir / "log", {}, own_thread};
    for (std::uint64_t batch = 0; batch < 20; ++batch) {
      put_batch(sink, batch * batch_lines, expected);
      sink.flush_behind(0);
    }
  }
  CHECK(read_file(dir / "log") == expected);
}

TEST_CASE("a file that is written behind rotates at the same lines") {
  const TempDir dir;
  const auto write_all = [&dir](const char* name, SinkOptions options) {
    RotatingFileSink sink{dir / name, {.max_bytes = 70'000, .backup_count = 50}, {}, options};
    std::string all;
    for (std::uint64_t batch = 0; batch < 20; ++batch) {
      put_batch(sink, batch * batch_lines, all);
      sink.flush_behind(0);
    }
    sink.close(0);
  };
  write_all("behind", own_thread);
  write_all("at_once", {});
  REQUIRE(read_file(dir / "behind.25").size() > 60'000);
  CHECK(read_file(dir / "behind") == read_file(dir / "at_once"));
  for (int i = 1; i <= 50; ++i) {
    const std::string number = '.' + std::to_string(i);
    CHECK(read_file(dir / ("behind" + number)) == read_file(dir / ("at_once" + number)));
  }
}

TEST_CASE("what is on its way at a fork is forgotten in the child, whose sink goes on") {
  Probe sink;
  std::string expected;
  put_batch(sink, 0, expected);
  sink.flush_behind(0);
  sink.flush(0);
  put(sink, "not the child's\n", 100);
  // As after a fork: the thread is there here, but nobody may count on it.
  sink.forget();
  put_batch(sink, 200, expected);
  sink.flush_behind(0);
  sink.close(0);
  CHECK(sink.text == expected);
}
