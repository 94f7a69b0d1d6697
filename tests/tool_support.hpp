#pragma once

// What the end-to-end tests share: running a program, and reading the JSON lines it wrote.

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <simdjson.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sink_support.hpp"

namespace tool_test {

using sink_test::read_file;
using sink_test::TempDir;
using sink_test::write_file;

/// A directory with logs/ in it, where the guideline's configs write.
class WorkDir : public TempDir {
 public:
  WorkDir() { std::filesystem::create_directory(*this / "logs"); }

  /// The names of the files below logs/, sorted.
  std::vector<std::string> logs() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(*this / "logs")) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
};

struct Outcome {
  int status = -1;  ///< the exit status, or 128 and the number of the signal
  std::string out;
  std::string err;
};

/// Runs a program in `directory` with `input` as its standard input, to its end.
inline Outcome run(const std::string& directory, std::vector<std::string> command,
                   std::string_view input = {},
                   const std::vector<std::pair<std::string, std::string>>& environment = {}) {
  const TempDir streams;
  write_file(streams / "in", input);
  const auto redirect = [&streams](const char* name, int flags, int to) {
    const int fd = ::open((streams / name).c_str(), flags | O_CLOEXEC, 0600);
    if (fd < 0 || ::dup2(fd, to) < 0) ::_exit(126);
  };
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    redirect("in", O_RDONLY, 0);
    redirect("out", O_WRONLY | O_CREAT, 1);
    redirect("err", O_WRONLY | O_CREAT, 2);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    if (::chdir(directory.c_str()) == 0) ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          read_file(streams / "out"), read_file(streams / "err")};
}

inline std::string config(const std::string& name) {
  return std::string{XYLEM_SOURCE_ROOT} + "/configs/" + name;
}

/// Runs the tool of the build under test.
inline Outcome run_xylem(const WorkDir& directory, std::vector<std::string> arguments,
                         std::string_view input = {}) {
  arguments.insert(arguments.begin(), std::string{XYLEM_BUILD_ROOT} + "/tools/xylem");
  return run(directory.path(), std::move(arguments), input);
}

/// The lines of a text, each of which must have its end.
inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    REQUIRE(end != std::string_view::npos);
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

/// The member of a line that is one JSON object, as compact JSON text; nothing when it has none.
inline std::optional<std::string> member(std::string_view line, std::string_view key) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string text{line};
  const auto error = parser.parse(text).get(object);
  CAPTURE(line.substr(0, 300));
  REQUIRE(error == simdjson::SUCCESS);
  for (const auto& [name, value] : object) {
    if (name == key) return simdjson::minify(value);
  }
  return std::nullopt;
}

/// The text of a member that must be a string.
inline std::string text_member(std::string_view line, std::string_view key) {
  simdjson::dom::parser parser;
  const simdjson::padded_string text{line};
  const auto value = parser.parse(text).at_key(key).get_string();
  CAPTURE(line.substr(0, 300));
  REQUIRE(value.error() == simdjson::SUCCESS);
  return std::string{value.value_unsafe()};
}

/// The keys of a line that is one JSON object, in their order.
inline std::vector<std::string> keys_of(std::string_view line) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string text{line};
  CAPTURE(line.substr(0, 300));
  REQUIRE(parser.parse(text).get(object) == simdjson::SUCCESS);
  std::vector<std::string> keys;
  for (const auto& [name, value] : object) keys.emplace_back(name);
  return keys;
}

}  // namespace tool_test
