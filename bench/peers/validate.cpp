#include "validate.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

namespace xylem::bench {
namespace {

[[noreturn]] void invalid(const std::string& why) {
  throw std::runtime_error{"the output is not valid: " + why};
}

std::string read(const std::filesystem::path& file) {
  std::string text(std::filesystem::file_size(file), '\0');
  std::ifstream in{file, std::ios::binary};
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in) throw std::runtime_error{file.string() + " cannot be read"};
  return text;
}

/// Records of one thread that stand in one file, without a gap.
struct Run {
  std::int64_t first;
  std::int64_t last;
};

/// The N of a message "a N b ...".
std::int64_t record_number(std::string_view line) {
  const std::size_t end = line.find(" b ");
  if (end == std::string_view::npos) invalid("no record in " + std::string{line});
  const std::size_t begin = line.find_last_not_of("0123456789", end - 1) + 1;
  std::int64_t number = -1;
  const auto [stop, error] = std::from_chars(line.data() + begin, line.data() + end, number);
  if (error != std::errc{} || stop != line.data() + end || !line.substr(0, begin).ends_with("a ")) {
    invalid("no record in " + std::string{line});
  }
  return number;
}

class Validation {
 public:
  explicit Validation(const Expected& expected)
      : expected_{expected}, runs_(static_cast<std::size_t>(expected.producers)) {}

  void look_at(const std::filesystem::path& file) {
    const std::string text = read(file);
    std::vector<Run> runs(runs_.size(), Run{0, -1});
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      if (end == std::string_view::npos) invalid("a line is torn");
      look_at(rest.substr(0, end), runs);
      rest.remove_prefix(end + 1);
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (runs[i].last >= 0) runs_[i].push_back(runs[i]);
    }
  }

  /// After all files.
  Found conclude(const Setup& setup) {
    for (std::vector<Run>& runs : runs_) check(runs);
    if (lines_ > expected_.records) invalid("there are more lines than records");
    if (lines_ < expected_.records && !is_rotated(setup)) {
      invalid(fmt::format("{} of {} records are missing", expected_.records - lines_,
                          expected_.records));
    }
    if (lines_ == 0) return {};
    return {static_cast<std::int64_t>(static_cast<double>(bytes_) / static_cast<double>(lines_) *
                                      static_cast<double>(expected_.records))};
  }

 private:
  void look_at(std::string_view line, std::vector<Run>& runs) {
    if (expected_.json) {
      simdjson::dom::object object;
      if (parser_.parse(line.data(), line.size()).get(object) != simdjson::SUCCESS) {
        invalid("no JSON object: " + std::string{line});
      }
    }
    if (line.find(expected_.marker) == std::string_view::npos) {
      if (expected_.json) invalid("an unexpected line: " + std::string{line});
      return;
    }
    ++lines_;
    bytes_ += static_cast<std::int64_t>(line.size()) + 1;
    if (!runs.empty()) follow(runs, record_number(line));
  }

  void follow(std::vector<Run>& runs, std::int64_t number) const {
    const std::int64_t producers = expected_.producers;
    Run& run = runs[static_cast<std::size_t>(number % producers)];
    const std::int64_t position = number / producers;
    if (run.last < 0) {
      run.first = position;
    } else if (position != run.last + 1) {
      invalid(fmt::format("record {} follows record {} of the same thread", number,
                          run.last * producers + number % producers));
    }
    run.last = position;
  }

  /// The files come in any order; what is left must end with the thread's last record.
  void check(std::vector<Run>& runs) const {
    std::sort(runs.begin(), runs.end(),
              [](const Run& one, const Run& other) { return one.first < other.first; });
    for (std::size_t i = 1; i < runs.size(); ++i) {
      if (runs[i].first != runs[i - 1].last + 1) invalid("two files do not meet");
    }
    const std::int64_t share = expected_.records / expected_.producers;
    if (!runs.empty() && runs.back().last != share - 1) invalid("the last records are missing");
  }

  /// What is left is about what rotation keeps: all files but the newest are full.
  bool is_rotated(const Setup& setup) const {
    constexpr double slack = 0.05;
    const auto files = static_cast<double>(bytes_) / static_cast<double>(setup.max_bytes);
    return setup.backup_count > 0 && files > setup.backup_count * (1 - slack) &&
           files < (setup.backup_count + 1) * (1 + slack);
  }

  const Expected& expected_;
  simdjson::dom::parser parser_;
  std::vector<std::vector<Run>> runs_;  // of each thread, one a file
  std::int64_t lines_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace

Found validate(const Setup& setup, const Expected& expected) {
  Validation validation{expected};
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator{setup.file.parent_path()}) {
    if (entry.is_regular_file() && !entry.is_symlink()) validation.look_at(entry.path());
  }
  return validation.conclude(setup);
}

}  // namespace xylem::bench
