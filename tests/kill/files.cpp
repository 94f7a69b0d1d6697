#include "files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process.hpp"

namespace kill_test {

std::vector<std::string> files_of(const std::string& path) {
  const std::filesystem::path base{path};
  const std::string name = base.filename().string();
  std::vector<std::pair<int, std::string>> found;
  for (const auto& entry : std::filesystem::directory_iterator{base.parent_path()}) {
    const std::string other = entry.path().filename().string();
    if (!other.starts_with(name)) continue;
    int number = 0;
    if (other != name)
      std::from_chars(&other[name.size() + 1], other.data() + other.size(), number);
    found.emplace_back(-number, entry.path().string());
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> paths;
  for (auto& entry : found) paths.push_back(std::move(entry.second));
  return paths;
}

std::string read_whole(const std::string& path) {
  constexpr std::size_t padding = 64;  // SIMDJSON_PADDING is less
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    throw std::runtime_error("cannot read " + path);
  }
  std::string text;
  const auto bytes = static_cast<std::size_t>(status.st_size);
  text.reserve(bytes + padding);
  text.resize(bytes);
  std::size_t have = 0;
  while (have < bytes) {
    const ssize_t more = ::read(file.get(), text.data() + have, bytes - have);
    if (more <= 0) throw std::runtime_error("cannot read " + path);
    have += static_cast<std::size_t>(more);
  }
  return text;
}

std::uint64_t LineCounter::count() {
  std::array<char, 1 << 16> block;
  for (const std::string& path : files_of(path_)) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) continue;
    std::uint64_t& end = ends_[status.st_ino];
    std::uint64_t at = end;
    while (at < static_cast<std::uint64_t>(status.st_size)) {
      const ssize_t bytes = ::pread(file.get(), block.data(), block.size(), static_cast<off_t>(at));
      if (bytes <= 0) break;
      const std::string_view text{block.data(), static_cast<std::size_t>(bytes)};
      lines_ += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
      const std::size_t last = text.rfind('\n');
      if (last != std::string_view::npos) end = at + last + 1;
      at += text.size();
    }
  }
  return lines_;
}

}  // namespace kill_test
