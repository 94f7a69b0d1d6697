#pragma once

#include <cstdint>

namespace xylem::record {

/// The process that the records of this thread are said to be of: this one, unless the thread
/// renders what another one left behind.
std::int64_t process_id();

/// What relativeCreated counts from, ns since the epoch: the loading of the library, as Python
/// counts from the import of its logging module.
std::int64_t process_start_ns();

/// Has the calling thread speak for another process, for a scope. Scopes do not nest.
class AsProcess {
 public:
  AsProcess(std::int64_t id, std::int64_t start_ns);
  ~AsProcess();
  AsProcess(const AsProcess&) = delete;
  AsProcess& operator=(const AsProcess&) = delete;
};

}  // namespace xylem::record
