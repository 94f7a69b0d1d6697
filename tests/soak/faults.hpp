#pragma once

#include <string>

namespace soak {

/// A small file system of our own, if the system lets us mount one; else an ordinary directory.
class Place {
 public:
  /// Before any thread is started.
  explicit Place(std::string directory);
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  const std::string& directory() const { return directory_; }
  bool is_small() const { return is_small_; }

  /// Nothing more can be written to the small file system.
  void fill();
  void clear();

 private:
  std::string directory_;
  bool is_small_;
};

enum class Fault {
  none,
  full_disk,     // ENOSPC; nothing where no file system can be mounted
  size_limit,    // EFBIG, from RLIMIT_FSIZE
  no_descriptor  // EMFILE, from RLIMIT_NOFILE: files cannot be rotated or opened
};
inline constexpr int fault_kinds = 4;

const char* name_of(Fault fault);

void begin(Fault fault, Place& place);
void end(Fault fault, Place& place);

/// In a child of a fork: as if there were no fault.
void lift_limits();

}  // namespace soak
