#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// The bytes of a Kind::structured argument: values one after the other, each a tag and what
/// belongs to it; what has parts is opened by its tag and closed by TreeTag::close. So a tree is
/// written in one pass and may end anywhere: what was left out then reads as "...".
///
///     std::map{{"a", 1}}:  map | text 01 00 00 00 'a' | int64 01 00 .. | close
namespace xylem::detail {

enum class TreeTag : std::uint8_t {
  null,
  no,
  yes,
  character,       // 1 byte
  int64,           // 8 bytes, as the next two
  uint64,          //
  float64,         //
  float32,         // 4 bytes
  int128,          // 16 bytes, as the next two
  uint128,         //
  float_long,      // long double
  address,         // 8 bytes
  text,            // 4 bytes of length, then the bytes
  rendered,        // as text: shown without quotes
  run,             // numbers of one type: a byte for the type, 4 bytes of count, then the numbers
  duration,        // int64 count, then the period's numerator and denominator, int64 both
  duration_float,  // the same with a double
  time,            // as duration, since 1970-01-01 UTC
  error,           // int64, then two texts without tags: the category and the message
  place,           // int64: the line; then two texts: file and function
  monostate,
  none,  // an optional without a value
  more,  // what stands here was left out
  // What has parts:
  list,
  set,
  map,       // keys and values in turn
  multimap,  // the same, keys may repeat
  tuple,
  some,     // an optional with a value
  variant,  // its alternative
  object,   // a text without a tag: the name of the type; then names, each a text without a tag
            // behind a `member`, and values in turn
  member,
  close,
};

/// The numbers of a run.
enum class RunType : std::uint8_t { i8, i16, i32, i64, u8, u16, u32, u64, f32, f64 };

constexpr bool opens(TreeTag tag) {
  return tag >= TreeTag::list && tag <= TreeTag::object;
}

/// Containers within containers; what is deeper is left out.
inline constexpr int max_tree_depth = 32;

/// The most bytes that a tree takes; what is beyond is left out.
inline constexpr std::size_t max_tree_bytes = std::size_t{1} << 20;

/// Bytes on their way into a record: on the stack as long as they are few. Never throws; what finds
/// no room is left out, as is all that follows.
class CallBuffer {
 public:
  static constexpr std::size_t inline_bytes = 480;

  explicit CallBuffer(std::size_t most_bytes) noexcept
      : begin_{inline_}, at_{inline_}, end_{inline_ + inline_bytes}, most_bytes_{most_bytes} {}
  CallBuffer(const CallBuffer&) = delete;
  CallBuffer& operator=(const CallBuffer&) = delete;
  ~CallBuffer() {
    if (begin_ != inline_) release();
  }

  std::string_view view() const noexcept { return {begin_, size()}; }
  std::size_t size() const noexcept { return static_cast<std::size_t>(at_ - begin_); }
  bool is_full() const noexcept { return is_full_; }
  /// As many bytes as may still come.
  std::size_t left() const noexcept { return is_full_ ? 0 : most_bytes_ - size(); }

  void clear() noexcept {
    at_ = begin_;
    is_full_ = false;
  }

  /// Leaves out all that follows.
  void fill_up() noexcept {
    end_ = at_;
    is_full_ = true;
  }

  /// Room for so many bytes, all of which are to be written; or null.
  char* take(std::size_t bytes) noexcept {
    if (static_cast<std::size_t>(end_ - at_) < bytes && !grow(bytes)) [[unlikely]]
      return nullptr;
    char* const taken = at_;
    at_ += bytes;
    return taken;
  }

  void append(std::string_view bytes) noexcept {
    char* const at = take(bytes.size());
    if (at != nullptr && !bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  }

  /// Takes back all but the first `size` bytes, and what follows them.
  void cut(std::size_t size) noexcept {
    at_ = begin_ + size;
    fill_up();
  }
  char* at(std::size_t offset) noexcept { return begin_ + offset; }

 private:
  bool grow(std::size_t bytes) noexcept;
  void release() noexcept;

  char* begin_;
  char* at_;
  char* end_;
  std::size_t most_bytes_;
  bool is_full_ = false;
  char inline_[inline_bytes];
};

/// Writes the values of a tree.
class TreeWriter {
 public:
  explicit TreeWriter(CallBuffer& buffer) noexcept : buffer_{buffer} {}

  CallBuffer& buffer() noexcept { return buffer_; }
  bool is_full() const noexcept { return buffer_.is_full(); }

  void put(TreeTag tag) noexcept {
    if (char* const at = buffer_.take(1)) *at = static_cast<char>(tag);
  }

  template <typename T>
  void put_number(TreeTag tag, T value) noexcept {
    char* const at = buffer_.take(1 + sizeof value);
    if (at == nullptr) return;
    *at = static_cast<char>(tag);
    std::memcpy(at + 1, &value, sizeof value);
  }

  void put(TreeTag tag, std::string_view text) noexcept;
  /// After a text without bytes was put behind the first `before` bytes, and bytes appended from
  /// `begin` on: they are the text. One that found no room whole is left out.
  void finish_text(std::size_t before, std::size_t begin) noexcept;
  void put_ratio(TreeTag tag, const void* count, std::int64_t numerator,
                 std::int64_t denominator) noexcept;
  void put_long(long double value) noexcept;
  void put_run(RunType type, std::size_t value_bytes, const void* values,
               std::size_t count) noexcept;
  void put_pair(TreeTag tag, std::int64_t number, std::string_view first,
                std::string_view second) noexcept;

  /// Whether the parts may follow; then close() has to.
  bool open(TreeTag tag) noexcept {
    if (depth_ == max_tree_depth) {
      put(TreeTag::more);
      return false;
    }
    ++depth_;
    put(tag);
    return true;
  }
  bool open_object(std::string_view name) noexcept;
  void close() noexcept {
    --depth_;
    put(TreeTag::close);
  }

 private:
  CallBuffer& buffer_;
  int depth_ = 0;
};

/// Text in another encoding as UTF-8; what is none becomes U+FFFD.
void append_utf8(CallBuffer& to, const char16_t* text, std::size_t size) noexcept;
void append_utf8(CallBuffer& to, const char32_t* text, std::size_t size) noexcept;
void append_utf8(CallBuffer& to, const wchar_t* text, std::size_t size) noexcept;

/// Calls write(writer, value). What that throws becomes the value: a log call never throws for what
/// it logs.
using WriteTree = void (*)(TreeWriter& writer, const void* value);
void write_guarded(CallBuffer& to, WriteTree write, const void* value);

}  // namespace xylem::detail
