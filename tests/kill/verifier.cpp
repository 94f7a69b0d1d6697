#include "verifier.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "files.hpp"

namespace kill_test {
namespace {

constexpr std::size_t most_examples = 5;
constexpr std::size_t longest_example_bytes = 200;

std::string_view text_of(const simdjson::dom::object& line, std::string_view key) {
  std::string_view text;
  if (line[key].get(text) != simdjson::SUCCESS) return {};
  return text;
}

std::uint64_t number_of(const simdjson::dom::object& line, std::string_view key) {
  std::uint64_t number = 0;
  if (line[key].get(number) != simdjson::SUCCESS) return 0;
  return number;
}

std::string message_of(const Content& content, std::uint64_t lane, std::uint64_t number) {
  switch (content.kind) {
    case Kind::text_in_field:
      return "record";
    case Kind::text_in_message:
      return std::string{content.text};
    case Kind::warning:
      return fmt::format("record {} of {}", number, lane);
    case Kind::error:
      return fmt::format("{} bytes", content.text.size());
  }
  return {};
}

}  // namespace

Verdict& Verdict::operator+=(const Verdict& other) {
  records += other.records;
  lost += other.lost;
  doubled += other.doubled;
  torn += other.torn;
  misplaced += other.misplaced;
  examples.insert(examples.end(), other.examples.begin(), other.examples.end());
  return *this;
}

void Verifier::complain(std::uint64_t& counter, const char* what, std::string_view text) {
  if (counter++ >= most_examples) return;
  verdict_.examples.push_back(fmt::format("{}, line {}: {}: {}", source_, line_number_, what,
                                          text.substr(0, longest_example_bytes)));
}

void Verifier::read(const std::string& path) {
  const std::string text = read_whole(path);
  read(text, path);
}

void Verifier::read(std::string_view text, const std::string& source) {
  source_ = source;
  std::size_t begin = 0;
  for (line_number_ = 1; begin < text.size(); ++line_number_) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) {
      return complain(verdict_.torn, "a line without an end", text.substr(begin));
    }
    line(text.substr(begin, end - begin));
    begin = end + 1;
  }
}

void Verifier::line(std::string_view text) {
  simdjson::dom::object line;
  const auto error = parser_.parse(text.data(), text.size(), false).get(line);
  const std::uint64_t number = error == simdjson::SUCCESS ? number_of(line, "number") : 0;
  const std::uint64_t lane = number > 0 ? number_of(line, "lane") : 0;
  const std::uint64_t life = number > 0 ? number_of(line, "life") : 0;
  if (number == 0 || lane >= lane_count || number > history_.finished[lane]) {
    return complain(verdict_.torn, "a line that nobody logged", text);
  }
  if (const char* const fault = fault_of(line, lane, number, life)) {
    return complain(verdict_.torn, fault, text);
  }
  ++verdict_.records;
  Seen& seen = seen_[lane];
  if (seen.times.size() <= number) seen.times.resize(history_.finished[lane] + 1);
  std::uint8_t& times = seen.times[number];
  if (times > 0) complain(verdict_.doubled, "a line for the second time", text);
  if (times < std::numeric_limits<std::uint8_t>::max()) ++times;
  if (times == 1) place(seen, number, life, text_of(line, "timestamp"));
}

const char* Verifier::fault_of(const simdjson::dom::object& line, std::uint64_t lane,
                               std::uint64_t number, std::uint64_t life) const {
  const Content content = content_of(lane, number, history_.sizes);
  const auto process = history_.processes.find(static_cast<std::uint32_t>(life));
  if (!takes_(content.kind)) return "not for this handler";
  if (process == history_.processes.end()) return "of no life";
  if (text_of(line, "message") != message_of(content, lane, number)) return "another message";
  const bool has_text = content.kind == Kind::text_in_field || content.kind == Kind::warning;
  if (has_text && text_of(line, "text") != content.text) return "another text";
  std::size_t members = has_text ? 6 : 5;
  if (has_context(lane)) {
    members += 2;
    const std::uint64_t group = group_of(number);
    std::uint64_t in = 0;
    if (line["group"].get(in) != simdjson::SUCCESS || in != group) return "in another context";
    if (text_of(line, "padding") != pattern().substr(0, padding_bytes(group))) {
      return "in a context that was spoilt";
    }
  }
  if (history_.has_attributes) {
    members += 2;
    if (text_of(line, "thread_name") != fmt::format("lane-{}", lane)) return "another thread";
    if (number_of(line, "process") != static_cast<std::uint64_t>(process->second)) {
      return "another process";
    }
  }
  return line.size() == members ? nullptr : "members too many or too few";
}

void Verifier::place(Seen& seen, std::uint64_t number, std::uint64_t life,
                     std::string_view timestamp) {
  const bool is_late = number < seen.last || life < seen.life;
  // From one life to the next the system's clock may have been set back.
  const bool is_dated_back = life == seen.life && timestamp < seen.timestamp;
  if (is_late || is_dated_back) {
    complain(verdict_.misplaced, is_late ? "out of order" : "dated back",
             fmt::format("{} of life {} at {}, after {} of life {} at {}", number, life, timestamp,
                         seen.last, seen.life, seen.timestamp));
  }
  seen.last = std::max(seen.last, number);
  seen.life = life;
  seen.timestamp = timestamp;
}

Verdict Verifier::finish() {
  line_number_ = 0;
  for (std::uint64_t lane = 0; lane < lane_count; ++lane) {
    Seen& seen = seen_[lane];
    seen.times.resize(history_.finished[lane] + 1);
    for (const std::uint64_t number : history_.doubtful[lane]) seen.times[number] = 1;
    for (std::uint64_t number = 1; number <= history_.finished[lane]; ++number) {
      if (seen.times[number] > 0 || !takes_(content_of(lane, number, history_.sizes).kind))
        continue;
      complain(verdict_.lost, "lost", fmt::format("number {} of lane {}", number, lane));
    }
  }
  return std::move(verdict_);
}

}  // namespace kill_test
