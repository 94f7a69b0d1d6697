#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "crash/file.hpp"
#include "route/tree.hpp"

/// Recovery: what processes that died left in their crash files is brought to where it belongs,
/// each record once.
///
///     claim      the lock tells dead from alive; one process recovers at a time
///     leftover   the bytes, checked against every bound
///     replay     rendered again: the same lines that the dead process rendered
///     reconcile  which of them its files have
///     writer     the others, through the tree's sinks
///
/// A leftover goes when all its lines are in the kernel's hands. Whoever is killed before that
/// leaves it as it was, and the next one finds more of the lines in the files. Where the process
/// had several engines, each one's part is recovered under its own configuration and marked; the
/// leftover stays until all are.
namespace xylem::recover {

struct Progress {
  std::string file;  // the leftover at hand
  std::size_t number;
  std::size_t of;
};

struct Request {
  std::string directory;
  crash::Identity identity;       // an engine's part is of the same path, if there is one, or hash
  std::string working_directory;  // of the process that left it; empty: any
  bool dry_run = false;           // nothing is written or removed
  std::uint32_t engine = 0;       // of this process: whose loggers stand for those of the dead one
  std::function<void(const Progress&)> progress{};
};

struct FileCount {
  std::uint64_t recovered = 0;  // lines
  std::uint64_t already_written = 0;
};

struct Summary {
  std::uint64_t leftovers = 0;
  std::uint64_t kept = 0;     // of these: some sink did not take its lines
  std::uint64_t waiting = 0;  // of these: what other configurations have there is still to come
  // Records; those of kept leftovers are in neither of the first two.
  std::uint64_t recovered = 0;
  std::uint64_t already_written = 0;
  std::uint64_t unreadable = 0;
  std::uint64_t discarded = 0;  // held by a memory that discards what it holds when it is closed
  std::map<std::string, FileCount> files;  // by the sinks' names

  void add(const Summary& other);
};

/// Recovers into the sinks of `tree`, which must not be in force, with flush() alone: on return
/// they hold no line. What goes wrong is reported on stderr; throws std::system_error for a
/// directory that is not this user's. SIGPIPE and SIGXFSZ are held off. By one thread of a process
/// at a time, which the caller sees to: the locks are the process', so another thread's claim would
/// succeed, and its end would end this one's. No lock of its own: the child of a fork would find it
/// taken.
Summary recover(const Request& request, const route::Tree& tree);

/// The working directories of the leftovers that recover() would take, oldest leftover first.
std::vector<std::string> working_directories(const Request& request);

}  // namespace xylem::recover
