#include "config/environment.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>
#include <vector>

#include <xylem/config.hpp>

#include "config/python_text.hpp"
#include "config/suggestion.hpp"

namespace xylem::config {
namespace {

namespace fs = std::filesystem;

constexpr const char* variable = "APP_ENV";
constexpr std::string_view fallback = "development";
constexpr std::array<std::string_view, 3> extensions = {".json", ".yaml", ".yml"};

/// Set to nothing is not set.
bool is_set(const char* value) {
  return value != nullptr && *value != '\0';
}

/// The names for which the directory has a configuration, sorted.
std::set<std::string> names_in(const std::string& directory) {
  std::set<std::string> names;
  std::error_code error;
  for (auto entry = fs::directory_iterator(directory, error); entry != fs::directory_iterator();
       entry.increment(error)) {
    const fs::path& path = entry->path();
    for (const std::string_view extension : extensions) {
      if (path.extension() == extension) names.insert(path.stem());
    }
  }
  if (error) {
    throw ConfigError("[Errno " + std::to_string(error.value()) + "] " + error.message() + ": " +
                          python_repr(directory),
                      {}, directory);
  }
  return names;
}

[[noreturn]] void refuse(const std::string& directory, const std::string& name, bool is_named) {
  const std::set<std::string> names = names_in(directory);
  std::string text = std::string(variable) +
                     (is_named ? " is " : " is not set, which stands for ") + python_repr(name) +
                     ", and there is no such configuration";
  const std::string nearest =
      suggestion(name, std::vector<std::string_view>(names.begin(), names.end()));
  text += nearest.empty() ? "." : nearest;
  std::string known;
  for (const std::string& other : names) known += (known.empty() ? "" : ", ") + other;
  text += known.empty() ? " There is none at all" : " There are: " + known;
  throw ConfigError(text, {}, directory);
}

}  // namespace

std::string file_for_environment(const std::string& directory) {
  const char* const value = std::getenv(variable);
  const std::string name = is_set(value) ? std::string(value) : std::string(fallback);
  // The variable names one of the files, it does not lead anywhere else.
  if (name.find('/') != std::string::npos) refuse(directory, name, is_set(value));
  for (const std::string_view extension : extensions) {
    const fs::path file = fs::path(directory) / (name + std::string(extension));
    std::error_code error;
    if (fs::exists(file, error)) return file.string();
  }
  refuse(directory, name, is_set(value));
}

}  // namespace xylem::config
