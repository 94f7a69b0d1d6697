#pragma once

// What the tests of routing share: configurations of three files, and what came to each.

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "engine_support.hpp"

namespace routing_test {

using engine_test::read_file;
using engine_test::TempDir;

using Texts = std::vector<std::string>;

/// The text with each @ replaced by the directory.
inline std::string in_dir(const TempDir& dir, std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '@') {
      out += dir.path();
    } else {
      out += c;
    }
  }
  return out;
}

/// A configuration of text handlers a, b and c, each with a file of its name, and what else is
/// given: members of the document, and members of handler a.
inline std::string config(const TempDir& dir, std::string_view rest, std::string_view of_a = "") {
  return in_dir(dir, R"({"version": 1, "disable_existing_loggers": false,
    "formatters": {"text": {"format": "%(name)s %(message)s"}},
    "handlers": {
      "a": {"class": "logging.FileHandler", "filename": "@/a", "formatter": "text")" +
                         std::string{of_a} + R"(},
      "b": {"class": "logging.FileHandler", "filename": "@/b", "formatter": "text"},
      "c": {"class": "logging.FileHandler", "filename": "@/c", "formatter": "text"}},)" +
                         std::string{rest} + "}");
}

/// The same, for the default value of disable_existing_loggers.
inline std::string disabling(const TempDir& dir, std::string_view rest) {
  constexpr std::string_view key = R"("disable_existing_loggers": false,)";
  std::string text = config(dir, rest);
  return text.replace(text.find(key), key.size(), "");
}

inline Texts lines_of(const std::string& path) {
  xylem::flush();
  const std::string text = read_file(path);
  Texts lines;
  std::size_t at = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  CHECK(at == text.size());
  return lines;
}

}  // namespace routing_test
