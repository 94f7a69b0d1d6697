#include "crash/file.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <random>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xylem/detail/producer.hpp>

#include "crash/mapping.hpp"

namespace xylem::crash {
namespace {

[[noreturn]] void fail_at(const std::string& path) {
  throw std::system_error{errno, std::generic_category(), path};
}

/// The files of this process, for is_own(). No lock, which another thread might hold during a fork.
struct OwnFile {
  std::atomic<ino_t> inode{0};  // 0: a free place
  std::atomic<dev_t> device{0};
};
std::array<OwnFile, 64> own_files;

/// One that nobody else may write to: who could would take the file away or put another in its
/// place.
class Directory {
 public:
  explicit Directory(const std::string& path) {
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail_at(path);
    fd_ = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd_ < 0) fail_at(path);
    struct stat status {};
    if (fstat(fd_, &status) == 0 && status.st_uid == geteuid() && (status.st_mode & 022) == 0) {
      return;
    }
    close(fd_);
    errno = EPERM;
    fail_at(path + ": not private to this user");
  }
  ~Directory() { close(fd_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

/// posix_fallocate(3), but for the signal that would end the process (SIGXFSZ) where its files must
/// not become so large.
int allocate_space(int fd, std::uint64_t offset, std::uint64_t bytes) {
  rlimit largest{};
  if (getrlimit(RLIMIT_FSIZE, &largest) == 0 && offset + bytes > largest.rlim_cur) return EFBIG;
  return posix_fallocate(fd, static_cast<off_t>(offset), static_cast<off_t>(bytes));
}

std::uint64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

std::int64_t utc_ns() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void set_text(Text& text, std::string_view value) {
  // Nobody reads half a text.
  text.bytes = 0;
  const std::size_t bytes = value.copy(text.text.data(), text.text.size());
  text.bytes = static_cast<std::uint32_t>(bytes);
}

std::string working_directory() {
  std::array<char, page_bytes> buffer{};
  return getcwd(buffer.data(), buffer.size()) != nullptr ? buffer.data() : "";
}

std::string random_name() {
  std::random_device random;
  std::array<char, 64> name{};
  std::snprintf(name.data(), name.size(), "%d-%08x%08x.xylem", static_cast<int>(getpid()), random(),
                random());
  return name.data();
}

}  // namespace

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::uint64_t path_hash_of(const Identity& identity) {
  return identity.config_path.empty() ? 0 : hash_of(identity.config_path);
}

std::string default_directory() {
  return "/dev/shm/xylem-" + std::to_string(geteuid());
}

std::unique_ptr<File> File::create(const std::string& directory) {
  const Directory opened{directory};
  std::unique_ptr<File> file{new File{directory, opened.fd()}};
  file->map_fixed();
  file->describe();
  return file;
}

bool File::settle(const std::string& directory, const Identity& identity) {
  const Directory opened{directory};
  struct stat status {};
  if (fstat(opened.fd(), &status) != 0) fail_at(directory);
  if (status.st_dev != device_) return false;
  directory_ = directory;
  set_identity(identity);
  set_text(fixed_->working_directory, working_directory());
  link(opened.fd());
  return true;
}

/// Without a name at first, so that nobody meets it half made.
File::File(std::string directory, int directory_fd) : directory_{std::move(directory)} {
  static std::atomic<std::uint64_t> last_number{0};
  number_ = last_number.fetch_add(1, std::memory_order_relaxed) + 1;
  fd_ = openat(directory_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd_ < 0) fail_at(directory_);
  struct stat status {};
  fstat(fd_, &status);
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

File::~File() {
  disown();
  if (fixed_ != nullptr) munmap(fixed_, fixed_bytes);
  if (fd_ >= 0) close(fd_);
}

void File::map_fixed() {
  if (const int error = allocate_space(fd_, 0, fixed_bytes); error != 0) {
    errno = error;
    fail_at(directory_);
  }
  void* const mapped = mmap(nullptr, fixed_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
  if (mapped == MAP_FAILED) fail_at(directory_);
  fixed_ = static_cast<Fixed*>(mapped);
  end_ = fixed_bytes;
}

void File::describe() {
  Header& header = fixed_->header;
  header.version = version;
  header.page_bytes = page_bytes;
  header.pid = getpid();
  header.created_ns = utc_ns();
  header.created_tick = detail::processor_tick();
  header.created_monotonic_ns = monotonic_ns();
  std::ifstream boot_id{"/proc/sys/kernel/random/boot_id"};
  boot_id.read(header.boot_id.data(), 36);
  header.first_batch.store_relaxed(1);
  set_text(fixed_->process_name, program_invocation_name);
  header.magic.store_release(magic);
}

void File::link(int directory_fd) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  if (fcntl(fd_, F_SETLK, &lock) != 0) fail_at(directory_);
  // From here on a descriptor of it must not be opened and closed by this process.
  own();
  const std::string name = random_name();
  const std::string nameless = "/proc/self/fd/" + std::to_string(fd_);
  if (linkat(AT_FDCWD, nameless.c_str(), directory_fd, name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    fail_at(directory_);
  }
  path_ = directory_ + '/' + name;
}

void File::set_identity(const Identity& identity) {
  set_text(fixed_->config_path, identity.config_path);
  fixed_->header.config_hash = identity.config_hash;
}

void File::set_identity(std::uint32_t engine, const Identity& identity) {
  auto& entries = fixed_->header.engines;
  const auto find = [&](std::uint32_t number) {
    return std::find_if(entries.begin() + 1, entries.end(), [number](const EngineEntry& entry) {
      return entry.number.load_relaxed() == number;
    });
  };
  auto entry = find(engine);
  if (entry == entries.end()) entry = find(0);
  if (entry == entries.end()) return;
  entry->config_hash = identity.config_hash;
  entry->path_hash = path_hash_of(identity);
  entry->number.store_release(engine);
}

void File::forget_engine(std::uint32_t engine) {
  for (EngineEntry& entry : fixed_->header.engines) {
    if (entry.number.load_relaxed() == engine) entry.number.store_release(0);
  }
  const std::lock_guard lock{sinks_mutex_};
  for (SinkName& sink : sinks_) {
    if (sink.first == engine) sink.second.clear();
  }
}

Piece File::allocate(std::size_t bytes) {
  const std::lock_guard lock{mutex_};
  const std::uint32_t extents = fixed_->header.extents.load_relaxed();
  if (free_extents_.empty() && extents == max_extents) fail_to_allocate(ENOSPC);
  const std::uint64_t offset = end_;
  if (const int error = allocate_space(fd_, offset, bytes); error != 0) fail_to_allocate(error);
  end_ += bytes;
  std::uint32_t number = extents;
  if (free_extents_.empty()) {
    fixed_->header.extents.store_release(extents + 1);
  } else {
    number = free_extents_.back();
    free_extents_.pop_back();
  }
  fixed_->extents[number].offset = offset;
  fixed_->extents[number].bytes = bytes;
  return {number, offset};
}

void File::fail_to_allocate(int error) {
  if (!has_lacked_.exchange(true, std::memory_order_relaxed)) {
    lack_.store(error, std::memory_order_relaxed);
  }
  errno = error;
  fail_at(path_.empty() ? directory_ : path_);
}

void File::publish(const Piece& piece, ExtentKind kind, std::uint64_t id) {
  Extent& extent = fixed_->extents[piece.extent];
  extent.id = id;
  extent.kind.store_release(static_cast<std::uint32_t>(kind));
}

void File::release(const Piece& piece) {
  const std::lock_guard lock{mutex_};
  Extent& extent = fixed_->extents[piece.extent];
  extent.kind.store_release(static_cast<std::uint32_t>(ExtentKind::none));
  fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(extent.offset),
            static_cast<off_t>(extent.bytes));
  free_extents_.push_back(piece.extent);
}

SinkEntry* File::sink_entry(const std::string& name, std::size_t nth, std::uint32_t engine) {
  const SinkName wanted{engine, name};
  const std::lock_guard lock{sinks_mutex_};
  auto found = std::find(sinks_.begin(), sinks_.end(), wanted);
  for (; nth > 0 && found != sinks_.end(); --nth) {
    found = std::find(found + 1, sinks_.end(), wanted);
  }
  if (found != sinks_.end())
    return &fixed_->sinks[static_cast<std::size_t>(found - sinks_.begin())];
  found = std::find_if(sinks_.begin(), sinks_.end(),
                       [](const SinkName& sink) { return sink.second.empty(); });
  const auto place = static_cast<std::size_t>(found - sinks_.begin());
  if (place == max_sinks || !dictionary_.add_of(engine, EntryKind::sink, last_sink_, name)) {
    return nullptr;
  }
  fixed_->sinks[place].dictionary_id = last_sink_++;
  if (found != sinks_.end()) {
    *found = wanted;
  } else {
    sinks_.push_back(wanted);
    fixed_->header.sinks.store_release(static_cast<std::uint32_t>(place + 1));
  }
  return &fixed_->sinks[place];
}

void File::remove() {
  if (!path_.empty()) unlink(path_.c_str());
  path_.clear();
}

void File::abandon() {
  path_.clear();
  disown();
  close(std::exchange(fd_, -1));
}

void File::own() {
  for (OwnFile& place : own_files) {
    ino_t free = 0;
    if (!place.inode.compare_exchange_strong(free, inode_, std::memory_order_relaxed)) continue;
    place.device.store(device_, std::memory_order_relaxed);
    return;
  }
}

void File::disown() {
  for (OwnFile& place : own_files) {
    ino_t mine = inode_;
    if (place.device.load(std::memory_order_relaxed) != device_) continue;
    if (place.inode.compare_exchange_strong(mine, 0, std::memory_order_relaxed)) return;
  }
}

bool is_own(dev_t device, ino_t inode) {
  return std::any_of(own_files.begin(), own_files.end(), [&](const OwnFile& file) {
    return file.inode.load(std::memory_order_relaxed) == inode &&
           file.device.load(std::memory_order_relaxed) == device;
  });
}

}  // namespace xylem::crash
