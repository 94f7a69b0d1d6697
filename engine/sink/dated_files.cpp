#include "sink/dated_files.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>

#include <sys/stat.h>

namespace xylem::sink {
namespace {

/// '0' stands for a digit.
constexpr std::string_view longest_date = "0000-00-00_00-00-00";
constexpr std::size_t date_sizes[] = {10, 13, 16, 19};

bool is_date(std::string_view text) {
  if (std::find(std::begin(date_sizes), std::end(date_sizes), text.size()) ==
      std::end(date_sizes)) {
    return false;
  }
  return std::equal(text.begin(), text.end(), longest_date.begin(), [](char c, char shape) {
    return shape == '0' ? c >= '0' && c <= '9' : c == shape;
  });
}

bool read_number(std::string_view text, int& number) {
  const char* const last = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), last, number);
  return parsed.ec == std::errc{} && parsed.ptr == last && text.front() != '0' && number > 1;
}

bool read_name(std::string_view suffix, DatedFile& file) {
  if (suffix.ends_with(unfinished_extension)) {
    suffix.remove_suffix(unfinished_extension.size());
    file.is_unfinished = true;
  }
  file.packing = take_extension(suffix);
  if (file.is_unfinished && !file.packing) return false;
  const std::size_t dot = suffix.find('.');
  file.date = suffix.substr(0, dot);
  if (!is_date(file.date)) return false;
  return dot == std::string_view::npos || read_number(suffix.substr(dot + 1), file.number);
}

}  // namespace

int suffixes_of(const std::string& path, std::vector<std::string>& suffixes) {
  const std::filesystem::path base{path};
  const std::string prefix = base.filename().string() + '.';
  suffixes.clear();
  std::error_code error;
  for (std::filesystem::directory_iterator entry{base.parent_path(), error}, end;
       !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(prefix)) suffixes.push_back(name.substr(prefix.size()));
  }
  return error.value();
}

int dated_files(const std::string& path, std::vector<DatedFile>& files) {
  files.clear();
  std::vector<std::string> suffixes;
  const int error = suffixes_of(path, suffixes);
  for (const std::string& suffix : suffixes) {
    DatedFile file;
    if (!read_name(suffix, file)) continue;
    file.path = path;
    file.path.append(1, '.').append(suffix);
    struct stat status {};
    if (::stat(file.path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    file.bytes = static_cast<std::uint64_t>(status.st_size);
    file.written_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(), [](const DatedFile& a, const DatedFile& b) {
    return std::tie(a.date, a.number, a.path) < std::tie(b.date, b.number, b.path);
  });
  return error;
}

}  // namespace xylem::sink
