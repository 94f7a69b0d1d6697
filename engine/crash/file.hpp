#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "crash/dictionary.hpp"
#include "crash/layout.hpp"

namespace xylem::crash {

/// Which configuration a process runs under.
struct Identity {
  std::string config_path;  // absolute; empty: a text from memory
  std::uint64_t config_hash = 0;
};

/// FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view text);

/// Of the path of the config; 0 when there is none.
std::uint64_t path_hash_of(const Identity& identity);

/// Where the files of this user are unless the configuration names a place: in memory, so that a
/// record costs no disk access; gone with the machine, as the records would be without fsync.
std::string default_directory();

/// The crash file of this process. All memory of it is allocated before it is mapped: a store into
/// it never meets a full file system.
///
/// It begins without a name, and goes with the process. Complete and locked from the moment that it
/// can be seen in its directory. The lock belongs to the process, not to its children, and ends
/// with it, whatever happens to process numbers, clocks and namespaces. Thread-safe.
class File {
 public:
  /// In the file system of the directory, which is made if need be. Throws std::system_error, whose
  /// what() names the path: no room, no permission, a directory that others may write to.
  static std::unique_ptr<File> create(const std::string& directory);

  /// Gives it a name in the directory, and the configuration by which it is found. False when that
  /// is in another file system; throws as create().
  bool settle(const std::string& directory, const Identity& identity);
  bool has_name() const { return !path_.empty(); }

  /// The file itself stays.
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const std::string& directory() const { return directory_; }
  const std::string& path() const { return path_; }
  int descriptor() const { return fd_; }
  /// Tells the files of a process apart; never 0.
  std::uint64_t number() const { return number_; }

  Fixed& fixed() { return *fixed_; }
  Dictionary& dictionary() { return dictionary_; }

  /// The default engine goes on under another configuration.
  void set_identity(const Identity& identity);

  /// The same for one of the others, by its number. At most `max_engines - 1` have one at a time;
  /// what comes beyond that belongs to no configuration.
  void set_identity(std::uint32_t engine, const Identity& identity);

  /// That engine has no configuration any more, and will have no sinks.
  void forget_engine(std::uint32_t engine);

  /// Allocates whole pages, zeroed. Nobody sees them before publish(). Throws std::system_error,
  /// and notes that there was no room.
  Piece allocate(std::size_t bytes);
  /// What the system said when there was no room, once: to be told. 0 otherwise.
  int take_news_of_lack() {
    return lack_.load(std::memory_order_relaxed) == 0
               ? 0
               : lack_.exchange(0, std::memory_order_relaxed);
  }
  void publish(const Piece& piece, ExtentKind kind, std::uint64_t id);
  /// Gives the pages back; they are mapped no more.
  void release(const Piece& piece);

  /// The entry of the sink of that name, as it was left; null when there is no more room. Several
  /// handlers of one file are several sinks of one name: `nth` says which, in their order.
  SinkEntry* sink_entry(const std::string& name, std::size_t nth = 0, std::uint32_t engine = 0);
  std::uint64_t place_of(const SinkEntry& entry) const {
    return static_cast<std::uint64_t>(&entry - fixed_->sinks.data());
  }

  /// Takes the file out of its directory: nothing in it is needed any more.
  void remove();
  /// In the child of a fork, where the file is the parent's.
  void abandon();

 private:
  /// Whose it is and what it is called; an empty name: its entry is free.
  using SinkName = std::pair<std::uint32_t, std::string>;

  File(std::string directory, int directory_fd);

  void map_fixed();
  [[noreturn]] void fail_to_allocate(int error);
  void link(int directory_fd);
  void describe();
  void own();
  void disown();

  std::string directory_;
  std::string path_;
  int fd_ = -1;
  std::uint64_t number_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  Fixed* fixed_ = nullptr;

  std::atomic<int> lack_{0};  // errno; noted once
  std::atomic<bool> has_lacked_{false};
  std::mutex mutex_;
  std::uint64_t end_ = 0;                    // of the file
  std::vector<std::uint32_t> free_extents_;  // entries of released pieces
  std::mutex sinks_mutex_;                   // apart, because the dictionary allocates
  std::vector<SinkName> sinks_;              // by the place of their entries
  std::uint64_t last_sink_ = 0;              // in the dictionary
  Dictionary dictionary_{*this};
};

/// Whether a file is one of this process: to open and close it would end its lock.
bool is_own(dev_t device, ino_t inode);

}  // namespace xylem::crash
