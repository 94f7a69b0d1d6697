#include "recover/files.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

#include <sys/stat.h>

#include "sink/dated_files.hpp"
#include "sink/posix_file.hpp"

namespace xylem::recover {
namespace {

using Place = crash::SinkEntry::Place;

/// The times of files may lag behind those of records.
constexpr std::int64_t file_time_lag_ns = 2'000'000'000;

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

/// The names that rolling by size gives, oldest first, and the current one.
void add_numbered(const std::string& path, std::vector<FilePart>& files) {
  std::vector<int> numbers;
  if (const int error = sink::numbered_files(path, std::numeric_limits<int>::max(), numbers);
      error != 0 && error != ENOENT) {
    throw sink::FileError{error, path};
  }
  for (const int number : numbers) {
    files.push_back({path + '.' + std::to_string(number), 0, false});
  }
  files.push_back({path, 0, true});
  std::erase_if(files, [](const FilePart& file) { return !size_if_regular(file.path); });
}

/// The files with dates in their names, in the order in which they were written last: names go back
/// with the clock when daylight saving time ends.
std::vector<sink::DatedFile> list_dated(const std::string& path) {
  std::vector<sink::DatedFile> files;
  if (const int error = sink::dated_files(path, files); error != 0 && error != ENOENT) {
    throw sink::FileError{error, path};
  }
  // A packed file beside the one it was made of has nothing new.
  const auto is_double = [](const sink::DatedFile& file) {
    if (file.is_unfinished) return true;
    if (!file.packing) return false;
    std::string_view name = file.path;
    sink::take_extension(name);
    return size_if_regular(std::string{name}).has_value();
  };
  std::erase_if(files, is_double);
  std::stable_sort(files.begin(), files.end(),
                   [](const sink::DatedFile& a, const sink::DatedFile& b) {
                     return a.written_ns < b.written_ns;
                   });
  return files;
}

}  // namespace

std::vector<FilePart> list_files(const std::string& path, const Place& place,
                                 std::int64_t since_ns) {
  std::vector<FilePart> files;
  add_numbered(path, files);
  std::vector<sink::DatedFile> dated = list_dated(path);
  std::erase_if(dated, [since_ns](const sink::DatedFile& file) {
    return file.written_ns < since_ns - file_time_lag_ns;
  });
  std::vector<FilePart> parts;
  const auto is_noted = [&](const auto& file) {
    return place.inode != 0 && is_at(file.path, place);
  };
  const auto noted = std::find_if(files.begin(), files.end(), is_noted);
  const auto noted_dated = std::find_if(dated.begin(), dated.end(), is_noted);
  if (noted != files.end()) {
    noted->from = place.offset;
    files.erase(files.begin(), noted);
    dated.clear();
  } else if (noted_dated != dated.end()) {
    parts.push_back({noted_dated->path, place.offset, false});
    const std::int64_t written_ns = noted_dated->written_ns;
    dated.erase(noted_dated);
    std::erase_if(
        dated, [written_ns](const sink::DatedFile& file) { return file.written_ns < written_ns; });
  } else if (place.inode != 0) {
    const std::string moved = find_moved(path, place);
    if (!moved.empty()) parts.push_back({moved, place.offset, false});
  }
  for (const sink::DatedFile& file : dated) parts.push_back({file.path, 0, false, file.packing});
  parts.insert(parts.end(), files.begin(), files.end());
  return parts;
}

}  // namespace xylem::recover
