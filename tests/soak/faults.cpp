#include "faults.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

namespace soak {
namespace {

constexpr const char* small_options = "size=96m,mode=0700";

/// Below what a log file has anyway.
constexpr rlim_t small_file_bytes = 4096;

/// Mounts are nobody else's to see, and gone with the process.
bool has_own_mounts() {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (user == 0) {
    if (::unshare(CLONE_NEWNS) != 0) return false;
  } else {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    std::ofstream{"/proc/self/setgroups"} << "deny";
    std::ofstream{"/proc/self/uid_map"} << "0 " << user << " 1\n";
    std::ofstream{"/proc/self/gid_map"} << "0 " << group << " 1\n";
  }
  return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

void limit(__rlimit_resource_t what, rlim_t to) {
  rlimit limits{};
  ::getrlimit(what, &limits);
  limits.rlim_cur = std::min(to, limits.rlim_max);
  ::setrlimit(what, &limits);
}

rlim_t usual_descriptors = 1024;

}  // namespace

Place::Place(std::string directory) : directory_{std::move(directory)} {
  std::filesystem::create_directory(directory_);
  is_small_ = has_own_mounts() && ::mount("xylem-soak", directory_.c_str(), "tmpfs",
                                          MS_NOSUID | MS_NODEV, small_options) == 0;
  rlimit limits{};
  ::getrlimit(RLIMIT_NOFILE, &limits);
  usual_descriptors = limits.rlim_cur;
}

Place::~Place() {
  if (is_small_) ::umount2(directory_.c_str(), MNT_DETACH);
}

void Place::fill() {
  if (!is_small_) return;
  std::error_code ignored;
  const auto space = std::filesystem::space(directory_, ignored);
  const int fd = ::open((directory_ + "/ballast").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return;
  ::posix_fallocate(fd, 0, static_cast<off_t>(space.available));
  // What was freed or taken meanwhile.
  const std::vector<char> page(4096);
  ::lseek(fd, 0, SEEK_END);
  while (::write(fd, page.data(), page.size()) > 0) {
  }
  ::close(fd);
}

void Place::clear() {
  ::unlink((directory_ + "/ballast").c_str());
}

const char* name_of(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "none";
    case Fault::full_disk:
      return "full disk";
    case Fault::size_limit:
      return "size limit";
    case Fault::no_descriptor:
      return "no descriptor";
  }
  return "";
}

void begin(Fault fault, Place& place) {
  if (fault == Fault::full_disk) place.fill();
  if (fault == Fault::size_limit) limit(RLIMIT_FSIZE, small_file_bytes);
  if (fault == Fault::no_descriptor) limit(RLIMIT_NOFILE, 0);
}

void end(Fault fault, Place& place) {
  if (fault == Fault::full_disk) place.clear();
  lift_limits();
}

void lift_limits() {
  limit(RLIMIT_FSIZE, RLIM_INFINITY);
  limit(RLIMIT_NOFILE, usual_descriptors);
}

}  // namespace soak
