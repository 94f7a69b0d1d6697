#include "recover/writer.hpp"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <new>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "sink/posix_file.hpp"
#include "sink/report.hpp"
#include "sink/stream_sink.hpp"

namespace xylem::recover {
namespace {

/// Well below the buffer of any sink: one that is full would be handed to the sink's thread.
constexpr std::size_t batch_bytes = std::size_t{32} << 10;

/// A pipe that takes nothing is waited for this long.
constexpr std::int64_t patience_ms = 2000;

std::int64_t steady_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

/// The torn line of a file that is written no more. False: it is as it was.
bool complete(const TornLine& torn, std::string_view line) {
  const int fd = open(torn.path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return false;
  const std::string_view rest = line.substr(torn.bytes);
  const bool is_unchanged = lseek(fd, 0, SEEK_END) == static_cast<off_t>(torn.file_bytes);
  const sink::WriteResult result =
      is_unchanged ? sink::write_fully(fd, rest.data(), rest.size()) : sink::WriteResult{0, EBUSY};
  close(fd);
  return result.bytes == rest.size();
}

class Writer {
 public:
  explicit Writer(sink::Sink& sink) : sink_{sink} {}

  /// A pipe is given some time for its reader.
  bool flush() {
    const std::int64_t until_ms = steady_ms() + (is_file(sink_.name()) ? 0 : patience_ms);
    while (true) {
      sink_.flush(steady_ms());
      sink_.settle();
      if (sink_.idle() || steady_ms() >= until_ms) return sink_.idle();
      constexpr timespec pause{0, 10'000'000};
      nanosleep(&pause, nullptr);
    }
  }

  bool add(std::string_view line) {
    if (sink_.buffered_bytes() + line.size() > batch_bytes && !flush()) return false;
    commit(line);
    return true;
  }

  bool resume(std::string_view line, std::size_t bytes) {
    commit(line);
    sink_.resume(bytes);
    return flush();
  }

 private:
  /// No record number: the lines are of no record of this process.
  void commit(std::string_view line) {
    char* const at = sink_.reserve(line.size());
    std::memcpy(at, line.data(), line.size());
    sink_.commit(at + line.size(), 0);
  }

  sink::Sink& sink_;
};

bool write_to(sink::Sink& sink, const Capture& capture, const Standing& standing) {
  Writer writer{sink};
  std::size_t completed = capture.lines.size();
  if (const auto& torn = standing.torn) {
    const std::string_view line = capture.line(torn->line);
    const bool is_done =
        torn->is_current ? writer.resume(line, torn->bytes) : complete(*torn, line);
    if (!is_done) return false;
    completed = torn->line;
  }
  for (std::size_t i = 0; i < capture.lines.size(); ++i) {
    if (standing.written[i] || i == completed) continue;
    if (!writer.add(capture.line(i))) return false;
  }
  return writer.flush();
}

/// Not through the tree's sink: that of the last resort is another tree's too.
bool write_to_stream(const Capture& capture, const Standing& standing) {
  const bool is_output = capture.sink->name() == "stdout";
  sink::StreamSink stream{is_output ? STDOUT_FILENO : STDERR_FILENO, capture.sink->name()};
  const bool is_written = write_to(stream, capture, standing);
  stream.close(0);
  return is_written;
}

}  // namespace

bool write_missing(const Capture& capture, const Standing& standing) {
  if (is_stream(capture.sink->name())) return write_to_stream(capture, standing);
  try {
    if (write_to(*capture.sink, capture, standing)) return true;
  } catch (const std::bad_alloc&) {
    sink::report(sink::error_text(ENOMEM, capture.sink->name()));
  }
  capture.sink->withdraw();
  return false;
}

}  // namespace xylem::recover
