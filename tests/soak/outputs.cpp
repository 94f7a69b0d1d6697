#include "outputs.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
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
  auto& gaps = missing_[lane];
  for (std::uint64_t number = from; number < to; ++number) {
    if (!takes_(kill_test::content_of(lane, number, sizes).kind)) continue;
    if (!gaps.empty() && gaps.rbegin()->second + 1 == number) {
      gaps.rbegin()->second = number;
    } else {
      gaps.emplace_hint(gaps.end(), number, number);
    }
  }
}

void Output::finish(const std::array<std::uint64_t, lane_count>& calls) {
  for (std::uint64_t lane = 0; lane < lane_count; ++lane) {
    skip(lane, next_[lane], calls[lane] + 1);
    next_[lane] = calls[lane] + 1;
  }
}

std::uint64_t count_missing(const std::vector<const Output*>& outputs) {
  std::uint64_t missing = 0;
  for (std::uint64_t lane = 0; lane < lane_count; ++lane) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps;
    for (const Output* const output : outputs) {
      const auto& more = output->missing()[lane];
      gaps.insert(gaps.end(), more.begin(), more.end());
    }
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
