#include "recover/search.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>

#include <unistd.h>

namespace xylem::recover {
namespace {

constexpr std::size_t read_bytes = std::size_t{1} << 18;

/// Up to the first '\n' and with it.
std::string_view first_of(std::string_view text) {
  const std::size_t end = text.find('\n');
  return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

}  // namespace

FileWindow::FileWindow(int fd, std::uint64_t from)
    : read_{[fd, next = from](char* into, std::size_t bytes) mutable {
        ssize_t got = 0;
        do {
          got = pread(fd, into, bytes, static_cast<off_t>(next));
        } while (got < 0 && errno == EINTR);
        const std::size_t more = got > 0 ? static_cast<std::size_t>(got) : 0;
        next += more;
        return more;
      }},
      position_{from} {}

std::string_view FileWindow::peek(std::size_t bytes) {
  while (buffer_.size() - begin_ < bytes) {
    buffer_.erase(0, begin_);
    begin_ = 0;
    const std::size_t had = buffer_.size();
    buffer_.resize(had + std::max(read_bytes, bytes));  // so that little is moved often
    const std::size_t more = read_(buffer_.data() + had, buffer_.size() - had);
    buffer_.resize(had + more);
    if (more == 0) break;
  }
  return std::string_view{buffer_}.substr(begin_);
}

void FileWindow::skip(std::size_t bytes) {
  begin_ += bytes;
  position_ += bytes;
}

LineSearch::LineSearch(const std::vector<std::string_view>& lines) {
  for (const std::string_view line : lines) {
    if (line.empty() || !counts_.try_emplace(line, 0).second) continue;
    longest_ = std::max(longest_, line.size());
    if (line.ends_with('\n')) {
      by_first_[first_of(line)].push_back(line);
    } else {
      open_sizes_.push_back(line.size());
    }
  }
  const auto longer = [](std::string_view a, std::string_view b) { return a.size() > b.size(); };
  for (auto& [first, texts] : by_first_) std::sort(texts.begin(), texts.end(), longer);
  std::sort(open_sizes_.begin(), open_sizes_.end(), std::greater<>{});
  open_sizes_.erase(std::unique(open_sizes_.begin(), open_sizes_.end()), open_sizes_.end());
}

std::uint64_t LineSearch::scan(FileWindow window) {
  std::uint64_t end_of_last = window.position();
  bool is_boundary = true;
  while (true) {
    // One byte more than the longest, so that something is skipped in any case.
    const std::string_view text = window.peek(longest_ + 1);
    if (text.empty()) return end_of_last;
    const std::size_t newline = text.find('\n');
    const std::string_view found = is_boundary ? find_at(text, newline) : std::string_view{};
    if (!found.empty()) {
      ++counts_[found];
      window.skip(found.size());
      end_of_last = window.position();
    } else {
      is_boundary = newline != std::string_view::npos;
      window.skip(is_boundary ? newline + 1 : text.size());
    }
  }
}

/// The line that stands at the begin of the text, if one of them does; `newline` is where the first
/// one is.
std::string_view LineSearch::find_at(std::string_view text, std::size_t newline) const {
  if (newline != std::string_view::npos) {
    const auto candidates = by_first_.find(text.substr(0, newline + 1));
    if (candidates != by_first_.end()) {
      for (const std::string_view line : candidates->second) {
        if (text.starts_with(line)) return line;
      }
    }
  }
  for (const std::size_t size : open_sizes_) {
    const auto line = size <= text.size() ? counts_.find(text.substr(0, size)) : counts_.end();
    if (line != counts_.end() && !line->first.ends_with('\n')) return line->first;
  }
  return {};
}

std::uint64_t LineSearch::count(std::string_view line) const {
  const auto found = counts_.find(line);
  return found != counts_.end() ? found->second : 0;
}

void LineSearch::take(std::string_view line) {
  const auto found = counts_.find(line);
  if (found != counts_.end() && found->second > 0) --found->second;
}

}  // namespace xylem::recover
