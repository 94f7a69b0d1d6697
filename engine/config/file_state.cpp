#include "config/file_state.hpp"

#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "config/python_text.hpp"

namespace xylem::config {
namespace {

namespace fs = std::filesystem;

fs::path directory_of(const FilePlan& file) {
  const fs::path directory = fs::path(file.filename).parent_path();
  return directory.empty() ? fs::path(".") : directory;
}

std::string in_quotes(const fs::path& path) {
  return python_repr(path.native());
}

bool may(const fs::path& path, int what) {
  return ::faccessat(AT_FDCWD, path.c_str(), what, AT_EACCESS) == 0;
}

}  // namespace

fs::path identity_of(const FilePlan& file) {
  std::error_code error;
  fs::path path = fs::weakly_canonical(fs::absolute(file.filename, error), error);
  return error ? fs::path(file.filename).lexically_normal() : path;
}

std::string obstacle_to_open(const FilePlan& file) {
  const fs::path directory = directory_of(file);
  std::error_code error;
  const fs::file_status status = fs::status(directory, error);
  if (status.type() == fs::file_type::not_found) {
    return fmt::format(
        "The directory {} does not exist, and nobody makes it: make it before the "
        "program starts",
        in_quotes(directory));
  }
  if (error) {
    return fmt::format("The directory {} cannot be reached ({}): choose another",
                       in_quotes(directory), error.message());
  }
  if (!fs::is_directory(status)) return in_quotes(directory) + " is no directory: choose another";
  if (fs::is_directory(file.filename, error)) {
    return in_quotes(file.filename) + " is a directory: name a file in it";
  }
  const bool exists = fs::exists(file.filename, error);
  if (exists && !may(file.filename, W_OK)) {
    return fmt::format("This user may not write {}: change its owner or mode",
                       in_quotes(file.filename));
  }
  if (!exists && !may(directory, W_OK | X_OK)) {
    return fmt::format("This user may not make files in {}: change its owner or mode",
                       in_quotes(directory));
  }
  return {};
}

std::string obstacle_to_rename(const FilePlan& file) {
  if (may(directory_of(file), W_OK | X_OK)) return {};
  return fmt::format(
      "This user may not rename files in {}, so the file cannot roll over: change the owner or "
      "mode "
      "of the directory",
      in_quotes(directory_of(file)));
}

}  // namespace xylem::config
