#include <algorithm>
#include <cstdlib>
#include <exception>
#include <string>

#include <cxxabi.h>

#include <xylem/detail/tree.hpp>

namespace xylem::detail {
namespace {

char* put_text(char* at, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  std::memcpy(at, &size, sizeof size);
  if (!text.empty()) std::memcpy(at + sizeof size, text.data(), text.size());
  return at + sizeof size + text.size();
}

constexpr char32_t replacement = 0xfffd;

constexpr bool is_surrogate(char32_t c) {
  return c >= 0xd800 && c < 0xe000;
}

void append_code_point(CallBuffer& to, char32_t c) {
  if (c > 0x10ffff || is_surrogate(c)) c = replacement;
  const std::size_t bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  char* const at = to.take(bytes);
  if (at == nullptr) return;
  if (bytes == 1) {
    *at = static_cast<char>(c);
    return;
  }
  for (std::size_t i = bytes - 1; i > 0; --i, c >>= 6) at[i] = static_cast<char>(0x80 | (c & 0x3f));
  at[0] = static_cast<char>((0xf00U >> bytes & 0xff) | c);
}

template <typename C>
void append_whole(CallBuffer& to, const C* text, std::size_t size) {
  for (std::size_t i = 0; i < size && !to.is_full(); ++i) {
    append_code_point(to, static_cast<char32_t>(text[i]));
  }
}

void write_complaint(CallBuffer& to, const char* complaint) {
  to.clear();
  TreeWriter{to}.put(TreeTag::rendered, std::string{"<"} + complaint + ">");
}

}  // namespace

bool CallBuffer::grow(std::size_t bytes) noexcept {
  const std::size_t used = size();
  if (is_full_ || bytes > most_bytes_ - used) return fill_up(), false;
  const std::size_t room = std::min(std::max(2 * (used + bytes), std::size_t{4096}), most_bytes_);
  char* const grown =
      static_cast<char*>(begin_ != inline_ ? std::realloc(begin_, room) : std::malloc(room));
  if (grown == nullptr) return fill_up(), false;
  if (begin_ == inline_) std::memcpy(grown, inline_, used);
  begin_ = grown;
  at_ = grown + used;
  end_ = grown + room;
  return true;
}

void CallBuffer::release() noexcept {
  std::free(begin_);
}

void TreeWriter::put(TreeTag tag, std::string_view text) noexcept {
  char* const at = buffer_.take(1 + sizeof(std::uint32_t) + text.size());
  if (at == nullptr) return;
  *at = static_cast<char>(tag);
  put_text(at + 1, text);
}

void TreeWriter::finish_text(std::size_t before, std::size_t begin) noexcept {
  if (buffer_.is_full()) return buffer_.cut(before);
  const auto size = static_cast<std::uint32_t>(buffer_.size() - begin);
  std::memcpy(buffer_.at(begin - sizeof size), &size, sizeof size);
}

void TreeWriter::put_ratio(TreeTag tag, const void* count, std::int64_t numerator,
                           std::int64_t denominator) noexcept {
  char* const at = buffer_.take(1 + 3 * sizeof(std::int64_t));
  if (at == nullptr) return;
  *at = static_cast<char>(tag);
  std::memcpy(at + 1, count, 8);
  std::memcpy(at + 9, &numerator, 8);
  std::memcpy(at + 17, &denominator, 8);
}

void TreeWriter::put_long(long double value) noexcept {
  char* const at = buffer_.take(1 + 16);
  if (at == nullptr) return;
  std::memset(at, 0, 1 + 16);
  *at = static_cast<char>(TreeTag::float_long);
  // The rest of an x87 number is padding, which is anything.
  std::memcpy(at + 1, &value, __LDBL_MANT_DIG__ == 64 ? 10 : sizeof value);
}

void TreeWriter::put_run(RunType type, std::size_t value_bytes, const void* values,
                         std::size_t count) noexcept {
  constexpr std::size_t head_bytes = 1 + 1 + sizeof(std::uint32_t);
  if (count == 0) return;
  const std::size_t room = buffer_.left() < head_bytes ? 0 : buffer_.left() - head_bytes;
  const auto fitting = static_cast<std::uint32_t>(std::min(count, room / value_bytes));
  char* const at = buffer_.take(head_bytes + fitting * value_bytes);
  if (at == nullptr) return;
  at[0] = static_cast<char>(TreeTag::run);
  at[1] = static_cast<char>(type);
  std::memcpy(at + 2, &fitting, sizeof fitting);
  if (fitting != 0) std::memcpy(at + head_bytes, values, fitting * value_bytes);
  if (fitting < count) buffer_.fill_up();
}

void TreeWriter::put_pair(TreeTag tag, std::int64_t number, std::string_view first,
                          std::string_view second) noexcept {
  char* const at =
      buffer_.take(1 + sizeof number + 2 * sizeof(std::uint32_t) + first.size() + second.size());
  if (at == nullptr) return;
  *at = static_cast<char>(tag);
  std::memcpy(at + 1, &number, sizeof number);
  put_text(put_text(at + 1 + sizeof number, first), second);
}

bool TreeWriter::open_object(std::string_view name) noexcept {
  if (depth_ == max_tree_depth) return put(TreeTag::more), false;
  ++depth_;
  put(TreeTag::object, name);
  return true;
}

void append_utf8(CallBuffer& to, const char16_t* text, std::size_t size) noexcept {
  for (std::size_t i = 0; i < size && !to.is_full(); ++i) {
    const char32_t c = text[i];
    const bool is_first = c >= 0xd800 && c < 0xdc00;
    const bool is_pair = is_first && i + 1 < size && text[i + 1] >= 0xdc00 && text[i + 1] < 0xe000;
    append_code_point(
        to, is_pair ? 0x10000 + ((c - 0xd800) << 10) + (text[++i] - char32_t{0xdc00}) : c);
  }
}
void append_utf8(CallBuffer& to, const char32_t* text, std::size_t size) noexcept {
  append_whole(to, text, size);
}
void append_utf8(CallBuffer& to, const wchar_t* text, std::size_t size) noexcept {
  static_assert(sizeof(wchar_t) == sizeof(char32_t));
  append_whole(to, text, size);
}

void write_guarded(CallBuffer& to, WriteTree write, const void* value) {
  TreeWriter writer{to};
  try {
    write(writer, value);
  } catch (const std::exception& error) {
    write_complaint(to, error.what());
  } catch (const abi::__forced_unwind&) {
    throw;  // the thread is being cancelled
  } catch (...) {
    write_complaint(to, "unknown exception");
  }
}

}  // namespace xylem::detail
