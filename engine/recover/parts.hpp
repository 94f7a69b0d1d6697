#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crash/file.hpp"
#include "crash/layout.hpp"
#include "recover/bytes.hpp"

/// The fixed part of a crash file.
namespace xylem::recover {

/// A configuration of the process.
struct EnginePart {
  std::uint32_t number;  // of the engine, 0: the default one
  std::uint64_t config_hash;
  std::uint64_t path_hash;  // 0: a text from memory
  std::size_t entry;        // its place in the header
  bool is_recovered;        // everything of it is where it belongs

  /// The default engine of a process may have none.
  bool has_config() const { return config_hash != 0 || path_hash != 0; }
};

/// Which process left the file, and under which configurations.
struct Origin {
  crash::Identity identity;  // of the default engine
  std::string working_directory;
  std::string process_name;
  std::int64_t pid = 0;
  std::int64_t created_ns = 0;
  std::int64_t start_ns = 0;  // what relativeCreated counts from
  std::uint64_t created_monotonic_ns = 0;
  std::string boot_id;              // since when the monotonic clock counts
  std::vector<EnginePart> engines;  // the default one comes first

  /// Null: it had no configuration when the process died.
  const EnginePart* find_engine(std::uint32_t number) const;
};

/// Nothing when these are not the first crash::fixed_bytes bytes, or more, of a crash file of this
/// version.
std::optional<Origin> read_origin(Bytes bytes);

/// The configuration of the process whose file has a layout of another version, which cannot be
/// read; nothing for other files.
std::optional<crash::Identity> identity_of_other_version(Bytes bytes);

/// An extent in use.
struct Part {
  crash::ExtentKind kind;
  std::uint64_t offset;
  std::uint64_t bytes;
  std::uint64_t id;
};

/// The extents of a file of `file_bytes` bytes, in the order of their places: none leaves the file
/// or overlaps another. Those that would are counted. `fixed` is as for read_origin(), which has
/// accepted it.
std::vector<Part> list_parts(Bytes fixed, std::uint64_t file_bytes, std::uint64_t& unreadable);

}  // namespace xylem::recover
