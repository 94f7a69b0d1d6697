#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include "crash/layout.hpp"

namespace xylem::crash {

class File;

/// A piece of the file.
struct Piece {
  std::uint32_t extent;  // its number
  std::uint64_t offset;
};

/// What the ids in records stand for, appended to the crash file before any record names them.
/// Thread-safe.
class Dictionary {
 public:
  explicit Dictionary(File& file) : file_{file} {}
  ~Dictionary();
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;

  /// False when there is no room for it: records that name the id cannot be recovered.
  bool add(EntryKind kind, std::uint64_t id, std::string_view body) noexcept {
    return add(kind, id, {}, body);
  }

  /// The same for a logger or a sink, by name, of that engine.
  bool add_of(std::uint32_t engine, EntryKind kind, std::uint64_t id,
              std::string_view name) noexcept;

 private:
  bool add(EntryKind kind, std::uint64_t id, std::string_view front,
           std::string_view body) noexcept;
  bool grow(std::size_t bytes);
  void reserve() noexcept;

  File& file_;
  std::mutex mutex_;
  std::byte* mapping_ = nullptr;  // the newest extent
  std::size_t mapped_bytes_ = 0;
  /// The next one, ahead of its need: that there is no room is known before anything is lost.
  std::optional<Piece> reserved_;
};

}  // namespace xylem::crash
