#include <utility>

#include <xylem/config.hpp>

namespace xylem {
namespace {

std::string joined(const std::string& message, const std::string& path, const std::string& file) {
  std::string text = message;
  if (path.empty() && file.empty()) return text;
  text += " (";
  if (!path.empty()) text += "at " + path;
  if (!path.empty() && !file.empty()) text += ' ';
  if (!file.empty()) text += "in " + file;
  text += ')';
  return text;
}

}  // namespace

ConfigError::ConfigError(const std::string& message, std::string path, std::string file)
    : std::runtime_error(joined(message, path, file)),
      message_(message),
      path_(std::move(path)),
      file_(std::move(file)) {}

}  // namespace xylem
