#include "recover/files.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>
#include <system_error>

#include <sys/stat.h>

#include "sink/posix_file.hpp"

namespace xylem::recover {
namespace {

using Place = crash::SinkEntry::Place;

std::optional<std::uint64_t> size_if_regular(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

bool is_at(const std::string& path, const Place& place) {
  const Place found = sink::identify(path);
  return found.device == place.device && found.inode == place.inode &&
         found.born_ns == place.born_ns && size_if_regular(path).value_or(0) >= place.offset;
}

/// A file that was moved within its directory, to a name that rotation does not give.
std::string find_moved(const std::string& path, const Place& place) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry{std::filesystem::path{path}.parent_path(), error},
       end;
       !error && entry != end; entry.increment(error)) {
    if (is_at(entry->path().string(), place)) return entry->path().string();
  }
  return {};
}

}  // namespace

std::vector<FilePart> list_files(const std::string& path, const Place& place) {
  std::vector<FilePart> files;
  std::vector<int> numbers;
  if (const int error = sink::numbered_files(path, std::numeric_limits<int>::max(), numbers);
      error != 0 && error != ENOENT) {
    throw sink::FileError{error, path};
  }
  files.reserve(numbers.size() + 1);
  for (const int number : numbers) {
    files.push_back({path + '.' + std::to_string(number), 0, false});
  }
  files.push_back({path, 0, true});
  std::erase_if(files, [](const FilePart& file) { return !size_if_regular(file.path); });
  if (place.inode == 0) return files;
  const auto noted = std::find_if(files.begin(), files.end(),
                                  [&](const FilePart& file) { return is_at(file.path, place); });
  if (noted != files.end()) {
    noted->from = place.offset;
    files.erase(files.begin(), noted);
  } else if (const std::string moved = find_moved(path, place); !moved.empty()) {
    files.insert(files.begin(), {moved, place.offset, false});
  }
  return files;
}

}  // namespace xylem::recover
