#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace xylem::sink {

/// How old log files are packed: as gzip(1) does (RFC 1952), or zstd(1) (RFC 8878).
enum class Packing : std::uint8_t { gzip, zstd };

/// ".gz", ".zst".
std::string_view extension_of(Packing packing);

/// What a packed file's name ends in while it is being made: extension_of() and this.
inline constexpr std::string_view unfinished_extension = ".tmp";

/// The packing that a name ends in, which is cut off.
std::optional<Packing> take_extension(std::string_view& name);

enum class PackOutcome {
  packed,
  left_alone,  // it is gone, or another process packs it
  stopped,
  failed,  // errno tells why
};

/// Replaces the file by a packed one with the mode and the times of the file. Whenever the process
/// ends, the file or the packed one is there whole: it is made under a name of its own, then
/// renamed, then the file is removed. Ends early when `stopping` becomes true. Thread-safe: of two
/// that pack the same file, in any processes, one leaves it alone.
PackOutcome pack_file(const std::string& path, Packing packing, const std::atomic<bool>& stopping);

/// Reads the content of a packed file, front to back. Not thread-safe.
class Unpacker {
 public:
  /// What cannot be opened, or is damaged, ends early.
  Unpacker(const std::string& path, Packing packing);
  ~Unpacker();
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  /// Up to `bytes` bytes; 0 only at the end.
  std::size_t read(char* into, std::size_t bytes);

 private:
  class Decoder;
  class GzipDecoder;
  class ZstdDecoder;

  int fd_;
  std::string packed_;
  std::string_view rest_;  // of packed_, not decoded yet
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace xylem::sink
