#include "sink/line_buffer.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

namespace xylem::sink {

namespace {

// A cache line, so that whole vector stores to the start of the block do not straddle two.
constexpr std::size_t alignment_bytes = 64;
constexpr std::size_t smallest_bytes = 4096;

std::size_t round_up(std::size_t bytes) {
  return (std::max(bytes, smallest_bytes) + alignment_bytes - 1) / alignment_bytes *
         alignment_bytes;
}

}  // namespace

void LineBuffer::Release::operator()(char* block) const {
  ::operator delete (block, std::align_val_t{alignment_bytes});
}

LineBuffer::Block LineBuffer::allocate(std::size_t capacity_bytes) {
  return Block{
      static_cast<char*>(::operator new (capacity_bytes, std::align_val_t{alignment_bytes}))};
}

LineBuffer::LineBuffer(std::size_t capacity_bytes) : capacity_(round_up(capacity_bytes)) {
  block_ = allocate(capacity_);
  clear();
}

void LineBuffer::clear() {
  if (marks_ != nullptr) first_line_ = next_line();
  head_ = tail_ = block_.get();
  marks_ = marks_end_ = reinterpret_cast<Mark*>(block_.get() + capacity_);
  torn_ = 0;
  forget_late();
}

void LineBuffer::forget_late() {
  late_first_ = none;
  late_last_ = late_since_ = 0;
  lines_before_late_ = 0;
}

void LineBuffer::touch() {
  constexpr std::size_t page_bytes = 4096;
  char* const end = reinterpret_cast<char*>(marks_);
  // Through volatile, because nobody reads what is stored.
  for (volatile char* at = tail_; at < end; at += page_bytes) *at = 0;
}

void LineBuffer::take(std::size_t bytes, std::size_t most_lines) {
  assert(bytes <= this->bytes());
  if (bytes == this->bytes() && most_lines >= lines()) {
    clear();
    return;
  }
  head_ += bytes;
  torn_ += bytes;
  for (; most_lines > 0 && torn_ >= mark(0).bytes; --most_lines) {
    torn_ -= mark(0).bytes;
    --marks_end_;
    ++first_line_;
    if (lines_before_late_ > 0) --lines_before_late_;
  }
}

void LineBuffer::append(const LineBuffer& younger, std::size_t soft_limit_bytes) {
  assert(younger.torn_bytes() == 0);
  if (younger.empty()) return;
  make_room(younger.used_bytes(), soft_limit_bytes);
  if (younger.has_late()) {
    if (!has_late()) {
      lines_before_late_ = lines() + younger.lines_before_late_;
      late_since_ = younger.late_since_;
    }
    late_first_ = std::min(late_first_, younger.late_first_);
    late_last_ = younger.late_last_;
  }
  std::memcpy(tail_, younger.data(), younger.bytes());
  tail_ += younger.bytes();
  marks_ -= younger.lines();
  std::copy(younger.marks_, younger.marks_end_, marks_);
}

void LineBuffer::take_back() {
  assert(!empty() && (lines() > 1 || torn_ == 0));
  tail_ -= marks_->bytes;
  ++marks_;
}

/// What has been taken of the oldest line moves along, for untear().
void LineBuffer::adopt(Block block, std::size_t capacity_bytes) {
  const std::size_t text_bytes = torn_ + bytes();
  const std::size_t mark_count = lines();
  auto* const top = reinterpret_cast<Mark*>(block.get() + capacity_bytes);
  std::memcpy(block.get(), head_ - torn_, text_bytes);
  std::copy(marks_, marks_end_, top - mark_count);
  head_ = block.get() + torn_;
  tail_ = block.get() + text_bytes;
  marks_end_ = top;
  marks_ = top - mark_count;
  block_ = std::move(block);
  capacity_ = capacity_bytes;
}

void LineBuffer::compact() {
  const std::size_t text_bytes = torn_ + bytes();
  const std::size_t mark_count = lines();
  auto* const top = reinterpret_cast<Mark*>(block_.get() + capacity_);
  std::memmove(block_.get(), head_ - torn_, text_bytes);
  std::memmove(top - mark_count, marks_, mark_count * sizeof(Mark));
  head_ = block_.get() + torn_;
  tail_ = block_.get() + text_bytes;
  marks_end_ = top;
  marks_ = top - mark_count;
}

void LineBuffer::make_room(std::size_t bytes, std::size_t soft_limit_bytes) {
  if (bytes > std::numeric_limits<std::size_t>::max() / 4) throw std::bad_alloc();
  const std::size_t needed = torn_ + used_bytes() + bytes + slack_bytes + sizeof(Mark);
  if (needed <= capacity_) {
    compact();
    return;
  }
  const std::size_t capacity =
      round_up(std::max(needed, std::min(2 * capacity_, soft_limit_bytes)));
  adopt(allocate(capacity), capacity);
}

void LineBuffer::shrink(std::size_t capacity_bytes) noexcept {
  const std::size_t capacity = round_up(capacity_bytes);
  if (!empty() || capacity_ <= capacity) return;
  try {
    adopt(allocate(capacity), capacity);
  } catch (const std::bad_alloc&) {
    return;
  }
}

}  // namespace xylem::sink
