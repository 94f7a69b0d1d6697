#include "sink/report.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>

#include <unistd.h>

#include "sink/posix_file.hpp"
#include "sink/signals.hpp"

namespace xylem::sink {

namespace {

constexpr std::string_view prefix = "xylem: ";
constexpr std::string_view cut_mark = "...";
constexpr std::size_t longest_line_bytes = 4096;

struct Line {
  std::array<char, longest_line_bytes> text;
  std::size_t size = 0;

  std::string_view view() const { return {text.data(), size}; }

  bool append(std::string_view piece) {
    if (size + piece.size() + cut_mark.size() + 1 > text.size()) return false;
    std::memcpy(text.data() + size, piece.data(), piece.size());
    size += piece.size();
    return true;
  }
};

constinit std::mutex mutex;
constinit std::atomic<int> holders = 0;
constinit std::array<char, 16384> held_text{};
constinit std::size_t held_bytes = 0;

// U+0080 to U+009F are control characters of terminals as well; in UTF-8 they begin with C2.
bool is_c1_control(std::string_view text, std::size_t at) {
  if (static_cast<unsigned char>(text[at]) != 0xc2 || at + 1 == text.size()) return false;
  const auto next = static_cast<unsigned char>(text[at + 1]);
  return next >= 0x80 && next < 0xa0;
}

bool append_visible(Line& line, unsigned char byte) {
  if (byte == '\n') return line.append("\\n");
  if (byte == '\t') return line.append("\\t");
  constexpr char digits[] = "0123456789abcdef";
  const char escape[] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  return line.append({escape, sizeof escape});
}

Line compose(std::string_view text) {
  Line line;
  line.append(prefix);
  bool fits = true;
  for (std::size_t i = 0; fits && i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) {
      fits = append_visible(line, byte);
    } else if (is_c1_control(text, i)) {
      fits = append_visible(line, static_cast<unsigned char>(text[++i]));
    } else {
      fits = line.append(text.substr(i, 1));
    }
  }
  if (!fits) {
    std::memcpy(line.text.data() + line.size, cut_mark.data(), cut_mark.size());
    line.size += cut_mark.size();
  }
  line.text[line.size++] = '\n';
  return line;
}

void write_to_stderr(std::string_view text) noexcept {
  const WriteSignalGuard guard;
  write_fully(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

void report(std::string_view text) noexcept {
  const int former_errno = errno;
  const Line line = compose(text);
  // No lock in the usual case: a child that was forked while another thread held it may report too.
  if (holders.load() == 0) {
    write_to_stderr(line.view());
  } else {
    const std::scoped_lock lock(mutex);
    if (holders.load() == 0) {
      write_to_stderr(line.view());
    } else if (held_bytes + line.size <= held_text.size()) {
      std::memcpy(held_text.data() + held_bytes, line.text.data(), line.size);
      held_bytes += line.size;
    }
  }
  errno = former_errno;
}

void hold_reports() noexcept {
  const std::scoped_lock lock(mutex);
  ++holders;
}

void release_reports() noexcept {
  const std::scoped_lock lock(mutex);
  if (--holders > 0) return;
  write_to_stderr({held_text.data(), held_bytes});
  held_bytes = 0;
}

}  // namespace xylem::sink
