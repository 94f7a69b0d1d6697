#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <xylem/record.hpp>

namespace xylem::record {

/// A record made elsewhere (xylem::Record), as it is read out of a payload: views into it.
struct Foreign {
  struct Extra {
    std::string_view key;
    std::string_view json;
  };

  template <typename T>
  using OrNone = Record::OrNone<T>;

  int levelno = 0;
  std::string_view message;
  OrNone<std::string_view> levelname;
  std::optional<double> created;
  std::optional<double> msecs;
  std::optional<double> relative_created;
  OrNone<std::string_view> module;
  OrNone<std::string_view> filename;
  OrNone<std::string_view> pathname;
  std::optional<std::string_view> func_name;
  OrNone<std::int64_t> lineno;
  OrNone<std::uint64_t> thread;
  OrNone<std::string_view> thread_name;
  OrNone<std::int64_t> process;
  OrNone<std::string_view> process_name;
  std::optional<std::string_view> task_name;
  std::optional<std::string_view> exc_text;
  std::optional<std::string_view> stack_info;
  std::string_view raw_stack;  // becomes the stack_info by demangled_stack()
  std::vector<Extra> extras;

  /// Of several with one key the last, as in a dict.
  const Extra* find(std::string_view key) const {
    const auto found = std::find_if(extras.rbegin(), extras.rend(),
                                    [key](const Extra& extra) { return extra.key == key; });
    return found == extras.rend() ? nullptr : &*found;
  }
};

/// The record as one text: attributes as {tag, length, bytes}, extras in order; a bit of the tag
/// says None. The logger's name
/// is not part of it: the record's header has the logger's id.
std::string pack(const Record& record);

/// Packs into memory that is given, for a signal handler: takes no lock and allocates nothing. What
/// does not fit any more is left out.
class Packer {
 public:
  explicit Packer(std::span<std::byte> memory) : memory_{memory} {}

  void levelno(int levelno);
  void message(std::string_view text);
  void thread(std::uint64_t id);
  void thread_name(std::string_view name);
  void raw_stack(std::string_view trace);
  void extra(std::string_view key, std::string_view json);

  std::size_t bytes() const { return bytes_; }

 private:
  void put(unsigned char tag, const void* data, std::size_t bytes);

  std::span<std::byte> memory_;
  std::size_t bytes_ = 0;
};

/// Reads what pack() or a Packer wrote; false for a text that it cannot have written.
bool unpack(std::string_view packed, Foreign& into);

}  // namespace xylem::record
