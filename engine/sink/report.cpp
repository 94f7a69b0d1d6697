#include "sink/report.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>

#include <unistd.h>

#include "sink/console.hpp"
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

// Behind the lock:
constinit int holders = 0;
constinit std::array<char, 16384> held_text{};
constinit std::size_t held_bytes = 0;

constinit std::atomic<bool> is_held = false;  // there is something in held_text
constinit std::atomic<int> lines_ahead = 0;

void pause_us(long us) noexcept {
  const timespec time{0, us * 1000};
  ::nanosleep(&time, nullptr);
}

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

/// Not std::mutex: the child of a fork may find it taken by a thread that it does not have. Nobody
/// holds it for long, so who waits long goes on without.
class Lock {
 public:
  Lock() noexcept {
    for (int tries = 0; tries < 1000 && taken.test_and_set(std::memory_order_acquire); ++tries) {
      pause_us(100);
    }
  }
  ~Lock() { taken.clear(std::memory_order_release); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  static constinit inline std::atomic_flag taken;
};

/// Waits a moment for lines that were logged before what is to be reported.
void let_lines_pass() noexcept {
  for (int tries = 0; tries < 100 && lines_ahead.load() > 0; ++tries) pause_us(100);
}

/// Writes the held reports, line by line, as far as stderr takes them without waiting. What fails
/// for another reason is gone: there is nobody left to tell.
void write_held() noexcept {
  const WriteSignalGuard guard;
  const bool is_patient = !may_block(STDERR_FILENO);
  std::string_view rest{held_text.data(), held_bytes};
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n') + 1);
    const WriteResult result = is_patient ? write_fully(STDERR_FILENO, line.data(), line.size())
                                          : write_at_once(STDERR_FILENO, line.data(), line.size());
    rest.remove_prefix(result.bytes);
    if (result.error == EAGAIN) break;
    if (result.error != 0) rest.remove_prefix(rest.size());
  }
  std::memmove(held_text.data(), rest.data(), rest.size());
  held_bytes = rest.size();
  is_held.store(!rest.empty(), std::memory_order_relaxed);
}

void hold(std::string_view line) noexcept {
  if (held_bytes + line.size() > held_text.size()) return;
  std::memcpy(held_text.data() + held_bytes, line.data(), line.size());
  held_bytes += line.size();
  is_held.store(true, std::memory_order_relaxed);
}

}  // namespace

void report(std::string_view text) noexcept {
  const int former_errno = errno;
  const Line line = compose(text);
  let_lines_pass();
  {
    const Lock lock;
    hold(line.view());
    if (holders == 0) write_held();
  }
  errno = former_errno;
}

void hold_reports() noexcept {
  const Lock lock;
  ++holders;
}

void release_reports() noexcept {
  const Lock lock;
  if (--holders == 0) write_held();
}

void write_held_reports(int patience_ms) noexcept {
  for (int waited_ms = 0; is_held.load(std::memory_order_relaxed); ++waited_ms) {
    {
      const Lock lock;
      if (holders == 0) write_held();
    }
    if (waited_ms >= patience_ms) return;
    pause_us(1000);
  }
}

void forget_reports() noexcept {
  const Lock lock;
  holders = 0;
  held_bytes = 0;
  is_held.store(false, std::memory_order_relaxed);
  lines_ahead.store(0);
}

void lines_are_ahead(int batches) noexcept {
  lines_ahead.fetch_add(batches);
}

}  // namespace xylem::sink
