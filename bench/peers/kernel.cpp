// No engine: write(2) of lines that are rendered beforehand, in blocks, to files that are rotated
// as an engine's are. What an engine with one file cannot do better, unless it overlaps its work.
//
// Variants: block64k, block256k (the default), block512k, block1m; with _ahead, the file system is
// asked for the space of a whole file when it is opened, without a change of its size.

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "options.hpp"
#include "peer.hpp"
#include "report.hpp"
#include "timing.hpp"
#include "validate.hpp"

namespace xylem::bench {
namespace {

constexpr std::string_view name = "kernel";

struct Variant {
  std::size_t block_bytes;
  bool ahead;
};

Variant read_variant(std::string_view text) {
  constexpr std::string_view ahead = "_ahead";
  Variant variant{std::size_t{256} << 10, text.ends_with(ahead)};
  if (variant.ahead) text.remove_suffix(ahead.size());
  if (text.empty()) return variant;
  if (text == "block64k") {
    variant.block_bytes = std::size_t{64} << 10;
  } else if (text == "block512k") {
    variant.block_bytes = std::size_t{512} << 10;
  } else if (text == "block1m") {
    variant.block_bytes = std::size_t{1} << 20;
  } else if (text != "block256k") {
    throw Unsupported{"no such variant of throughput: " + std::string{text}};
  }
  return variant;
}

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

/// As many whole lines as fit into a block, like those xylem makes of the same records.
struct Block {
  std::string text;
  std::int64_t lines = 0;
};

Block render(std::size_t bytes) {
  constexpr std::int64_t usual_number = 500'000;
  Block block;
  while (true) {
    const std::int64_t n = usual_number + block.lines;
    const std::string line = fmt::format(
        R"({{"level": "INFO", "message": "a {0} b {1} c {2}", )"
        R"("timestamp": "2026-11-22T14:52:10.{0:06}+00:00", "logger": "my_app.db", )"
        R"("module": "xylem", "function": "three_fields", "line": 44, "thread_name": "bench", )"
        R"("a": {0}, "b": {1}, "c": {2}}})"
        "\n",
        n, n * 977, static_cast<double>(n) * 0.25);
    if (block.text.size() + line.size() > bytes) return block;
    block.text += line;
    ++block.lines;
  }
}

class File {
 public:
  File(const Setup& setup, bool ahead) : setup_{setup}, ahead_{ahead} { open(); }
  ~File() { ::close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  void write(std::string_view text) {
    if (bytes_ + static_cast<std::int64_t>(text.size()) > setup_.max_bytes) rotate();
    bytes_ += static_cast<std::int64_t>(text.size());
    while (!text.empty()) {
      const ssize_t written = ::write(fd_, text.data(), text.size());
      if (written < 0) fail(setup_.file);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  /// Gives back what was allocated ahead.
  void finish() const {
    if (ahead_ && ::ftruncate(fd_, bytes_) != 0) fail(setup_.file);
  }

 private:
  void open() {
    fd_ = ::open(setup_.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd_ < 0) fail(setup_.file);
    bytes_ = 0;
    if (ahead_ && ::fallocate(fd_, FALLOC_FL_KEEP_SIZE, 0, setup_.max_bytes) != 0) {
      fail(setup_.file);
    }
  }

  std::filesystem::path backup(int i) const {
    if (i == 0) return setup_.file;
    return setup_.file.string() + '.' + std::to_string(i);
  }

  void rotate() {
    finish();
    ::close(fd_);
    std::filesystem::remove(backup(setup_.backup_count));
    for (int i = setup_.backup_count; i > 0; --i) {
      if (std::filesystem::exists(backup(i - 1))) {
        std::filesystem::rename(backup(i - 1), backup(i));
      }
    }
    open();
  }

  const Setup& setup_;
  bool ahead_;
  int fd_ = -1;
  std::int64_t bytes_ = 0;
};

void write_records(File& file, const Block& block, std::int64_t records) {
  for (; records >= block.lines; records -= block.lines) file.write(block.text);
  std::string_view rest = block.text;
  std::size_t end = 0;
  for (; records > 0; --records) end = rest.find('\n', end) + 1;
  file.write(rest.substr(0, end));
  file.finish();
}

void throughput(const Options& options) {
  constexpr std::int64_t usual_records = 1'000'000;
  if (options.scenario != "throughput") {
    throw Unsupported{"no such scenario: " + options.scenario};
  }
  if (options.producers != 1) throw Unsupported{"one producer only"};
  const std::int64_t records = options.records > 0 ? options.records : usual_records;
  const Variant variant = read_variant(options.variant);
  const ScratchDirectory directory{options.directory};
  const Setup setup{.file = directory.path() / "app.log",
                    .max_bytes = std::int64_t{64} << 20,
                    .backup_count = 3,
                    .variant = options.variant,
                    .threads = 1};
  const Block block = render(variant.block_bytes);

  const double cpu_before_s = cpu_s();
  const auto begin = std::chrono::steady_clock::now();
  File file{setup, variant.ahead};
  write_records(file, block, records);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  const double cpu = cpu_s() - cpu_before_s;
  const Found found =
      validate(setup, {.records = records, .marker = " b ", .json = true, .producers = 0});

  Report report{name, options.scenario, options.variant};
  report.count("producers", 1);
  report_throughput(report, {.records = records,
                             .bytes = found.bytes,
                             .wall_s = wall.count(),
                             .cpu_s = cpu,
                             .json = true,
                             .slowest_over_fastest = 1});
  report.print();
}

}  // namespace
}  // namespace xylem::bench

int main(int count, char** arguments) {
  using namespace xylem::bench;
  return run_guarded(name, count, arguments, throughput);
}
