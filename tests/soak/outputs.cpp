#include "outputs.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>
#include <utility>

#include "../kill/files.hpp"

namespace soak {
namespace {

std::uint64_t number_of(const simdjson::dom::object& line, std::string_view key) {
  std::uint64_t number = 0;
  return line[key].get(number) == simdjson::SUCCESS ? number : 0;
}

std::string_view text_of(const simdjson::dom::object& line, std::string_view key) {
  std::string_view text;
  return line[key].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

}  // namespace

Output::Output(std::string name, bool (*takes)(Kind)) : name_{std::move(name)}, takes_{takes} {
  next_.fill(1);
}

void Output::read(std::string_view text) {
  const std::lock_guard lock{mutex_};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void Output::take_files(const std::string& path) {
  for (const std::string& file : kill_test::files_of(path)) {
    const std::string text = kill_test::read_whole(file);
    read(text);
    if (!text.empty() && text.back() != '\n') ++wrong_;
    std::filesystem::remove(file);
  }
}

void Output::line(std::string_view text) {
  ++lines_;
  simdjson::dom::object line;
  bool is_right = parser_.parse(text.data(), text.size(), false).get(line) == simdjson::SUCCESS;
  if (is_right && is_drop_notice(line)) return;
  if (is_right) {
    const std::uint64_t lane = number_of(line, "lane");
    const std::uint64_t number = number_of(line, "number");
    is_right = lane < lane_count && number >= next_[lane];
    if (is_right) {
      const kill_test::Content content = kill_test::content_of(lane, number, sizes);
      is_right = takes_(content.kind) && text_of(line, "text") == content.text;
      skip(lane, next_[lane], number);
      next_[lane] = number + 1;
    }
  }
  if (is_right || wrong_++ > 0) return;
  first_wrong_ = name_ + ": " + std::string{text.substr(0, 300)};
}

bool Output::is_drop_notice(const simdjson::dom::object& line) {
  const std::string_view message = text_of(line, "message");
  if (!message.ends_with(" dropped") || number_of(line, "number") > 0) return false;
  std::uint64_t drops = 0;
  std::from_chars(message.data(), message.data() + message.size(), drops);
  told_drops_ += drops;
  return drops > 0;
}

/// The records from `from` up to, but not including, `to` have no line.
void Output::skip(std::uint64_t lane, std::uint64_t from, std::uint64_t to) {
  auto& gaps = gaps_[lane];
  for (std::uint64_t number = from; number < to; ++number) {
    if (!takes_(kill_test::content_of(lane, number, sizes).kind)) continue;
    if (!gaps.empty() && gaps.back().second + 1 == number) {
      gaps.back().second = number;
    } else {
      gaps.emplace_back(number, number);
    }
  }
}

void Output::finish(const std::array<std::uint64_t, lane_count>& calls) {
  for (std::uint64_t lane = 0; lane < lane_count; ++lane) {
    skip(lane, next_[lane], calls[lane] + 1);
    next_[lane] = calls[lane] + 1;
  }
}

std::uint64_t Output::next(std::uint64_t lane) const {
  const std::lock_guard lock{mutex_};
  return next_[lane];
}

void Output::take_gaps(std::uint64_t lane, std::uint64_t below, Gaps& into) {
  const std::lock_guard lock{mutex_};
  auto& gaps = gaps_[lane];
  for (; !gaps.empty() && gaps.front().second < below; gaps.pop_front()) {
    into.push_back(gaps.front());
  }
  if (gaps.empty() || gaps.front().first >= below) return;
  into.emplace_back(gaps.front().first, below - 1);
  gaps.front().first = below;
}

std::uint64_t count_missing(const std::vector<Output*>& outputs) {
  std::uint64_t missing = 0;
  for (std::uint64_t lane = 0; lane < lane_count; ++lane) {
    std::uint64_t below = std::numeric_limits<std::uint64_t>::max();
    for (const Output* const output : outputs) below = std::min(below, output->next(lane));
    Gaps gaps;
    for (Output* const output : outputs) output->take_gaps(lane, below, gaps);
    std::sort(gaps.begin(), gaps.end());
    std::uint64_t behind = 0;  // numbers below are counted
    for (const auto& [first, last] : gaps) {
      const std::uint64_t from = std::max(first, behind);
      if (last < from) continue;
      missing += last - from + 1;
      behind = last + 1;
    }
  }
  return missing;
}

}  // namespace soak
