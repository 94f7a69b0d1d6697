#pragma once

// What the tests of the sinks share: a directory of their own, stderr caught, the consumer's role.

#include <chrono>
#include <cstdint>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sink/signals.hpp"
#include "sink/sink.hpp"

namespace sink_test {

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "xylem-sink-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string operator/(std::string_view name) const { return path_ + '/' + std::string(name); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// Descriptor 2 goes to a file while it lives.
class StderrCapture {
 public:
  StderrCapture() : former_(::dup(2)) {
    const int fd = ::open((dir_ / "stderr").c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ::dup2(fd, 2);
    ::close(fd);
  }
  ~StderrCapture() {
    ::dup2(former_, 2);
    ::close(former_);
  }
  StderrCapture(const StderrCapture&) = delete;
  StderrCapture& operator=(const StderrCapture&) = delete;

  std::string text() const { return read_file(dir_ / "stderr"); }

 private:
  TempDir dir_;
  int former_;
};

class Pipe {
 public:
  explicit Pipe(int flags = 0) {
    if (::pipe2(ends_, flags | O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int writer() const { return ends_[1]; }

  /// Up to `bytes` bytes; less when there are no more, or at the end.
  std::string read(std::size_t bytes) const {
    std::string text(bytes, '\0');
    const ssize_t n = ::read(ends_[0], text.data(), bytes);
    text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return text;
  }

  std::string read_all() const {
    std::string all;
    for (std::string text = read(65536); !text.empty(); text = read(65536)) all += text;
    return all;
  }

  void close_reader() { close_end(0); }
  void close_writer() { close_end(1); }

 private:
  void close_end(int end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }

  int ends_[2];
};

/// Does what the engine does for one line; the text comes with its terminator.
inline void put(xylem::sink::Sink& sink, std::string_view text, std::uint64_t record) {
  char* at = sink.reserve(text.size());
  std::memcpy(at, text.data(), text.size());
  std::memset(at + text.size(), '#', xylem::sink::Sink::slack_bytes);  // as vector stores do
  sink.commit(at + text.size(), record);
}

/// What the consumer does while nobody reads: looks again until the sink holds nothing back. Its
/// own thread may take a moment to fill the pipe. The time then.
inline std::int64_t flush_until_stalled(xylem::sink::Sink& sink, std::int64_t now_ms) {
  for (sink.flush(now_ms); sink.oldest_behind().has_value(); sink.flush(now_ms)) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
    now_ms += xylem::sink::Sink::stall_ms;
  }
  return now_ms;
}

/// Runs `work` on a thread that is set up as the consumer is.
inline void on_consumer_thread(const std::function<void()>& work) {
  std::exception_ptr failure;
  std::thread([&] {
    xylem::sink::block_write_signals();
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  if (failure) std::rethrow_exception(failure);
}

/// "RECORD xxx...\n", `bytes` long in all unless the number needs more.
inline std::string numbered_line(std::uint64_t record, std::size_t bytes) {
  std::string line = std::to_string(record) + ' ';
  if (line.size() + 1 < bytes) line.append(bytes - line.size() - 1, 'x');
  return line + '\n';
}

inline std::vector<std::uint64_t> numbers(const xylem::sink::RecordSet& set) {
  std::vector<std::uint64_t> out;
  for (const auto range : set.ranges()) {
    for (std::uint64_t n = range.first; n <= range.last; ++n) out.push_back(n);
  }
  return out;
}

/// How many records the sink gave up since it was last asked.
inline std::uint64_t failed_in(xylem::sink::Sink& sink) {
  xylem::sink::RecordSet failed;
  sink.collect_failed(failed);
  return failed.size();
}

inline std::size_t count(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

}  // namespace sink_test
