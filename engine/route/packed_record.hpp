#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/site.hpp"
#include "record/thread.hpp"
#include "route/raw_record.hpp"

namespace xylem::route {

/// A record off a ring as one text without pointers: ids, time, thread and payload. So it outlives
/// its slots, and in the crash file the process.
struct PackedRecord {
  std::uint32_t site;
  std::uint32_t logger;
  std::int64_t time_ns;
  std::uint64_t thread_id;
  std::string_view thread_name;
  std::string_view payload;
};

/// Bytes of a payload of this site.
std::size_t payload_bytes_of(const record::Site& site, const std::byte* payload);

/// Puts it into `to`, in place of what stood there.
void pack_record(const RawRecord& raw, std::size_t payload_bytes, std::string& to);

/// Nothing for a text that pack_record() cannot have written. What it says is not checked.
std::optional<PackedRecord> unpack_record(std::string_view packed);

/// The thread with its name as lines show it.
record::Thread thread_of(const PackedRecord& record);

/// Makes a raw record of a packed one again. Belongs to one thread.
class Unpacker {
 public:
  /// Valid until the next call. `packed` is what pack_record() wrote.
  RawRecord unpack(std::string_view packed);

 private:
  record::Thread thread_;
  std::vector<std::byte> payload_;
};

}  // namespace xylem::route
