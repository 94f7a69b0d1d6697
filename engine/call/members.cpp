#include "record/members.hpp"

#include <algorithm>
#include <new>
#include <vector>

#include <xylem/detail/members.hpp>

#include "record/payload.hpp"

namespace xylem::detail {
namespace {

/// One field of an encoded text; everything points into that.
struct Member {
  std::string_view entry;  // of the shape
  std::string_view key;
  std::string_view fixed;
  std::string_view tail;
};

/// Adds the fields of a text that make_members() has written, but for keys that are there.
void add_missing(std::vector<Member>& to, std::string_view text) {
  const auto view = record::split_members(text);
  if (!view) return;
  const auto* const payload = reinterpret_cast<const char*>(view->payload);
  const auto shape = record::parse_shape(view->shape);
  if (!shape) return;
  const char* entry = view->shape.data();
  const char* tail = payload + shape->fixed_bytes;
  for (const record::Argument& argument : shape->arguments) {
    const std::size_t entry_bytes = shape_entry_bytes + argument.key.size();
    Member member{{entry, entry_bytes},
                  {entry + shape_entry_bytes, argument.key.size()},
                  {payload + argument.offset, fixed_bytes(argument.kind)},
                  {}};
    if (has_tail(argument.kind)) {
      member.tail = {tail, record::load<std::uint32_t>(view->payload + argument.offset)};
    }
    entry += entry_bytes;
    tail += member.tail.size();
    const bool is_there = std::any_of(to.begin(), to.end(),
                                      [&](const Member& other) { return other.key == member.key; });
    if (!is_there) to.push_back(member);
  }
}

}  // namespace

void Members::drop(MembersBlock* block) noexcept {
  if (block == nullptr || block->users.fetch_add_seq_cst(-1U) != 1) return;
  block->~MembersBlock();
  ::operator delete(block);
}

Members new_members(std::size_t bytes) {
  static constinit Atomic<std::uint64_t> last_number;
  void* const memory = ::operator new(sizeof(MembersBlock) + bytes);
  auto* const block =
      new (memory) MembersBlock{Atomic<std::uint32_t>{1}, static_cast<std::uint32_t>(bytes),
                                last_number.fetch_add_relaxed(1) + 1};
  return Members{block};
}

Members merged(const Members& inner, const Members& outer) {
  std::vector<Member> all;
  add_missing(all, inner.text());
  add_missing(all, outer.text());
  std::uint32_t shape_bytes = 0;
  std::size_t payload_bytes = 0;
  for (const Member& member : all) {
    shape_bytes += static_cast<std::uint32_t>(member.entry.size());
    payload_bytes += member.fixed.size() + member.tail.size();
  }
  Members made = new_members(sizeof shape_bytes + shape_bytes + payload_bytes);
  char* at = made.block()->text();
  std::memcpy(at, &shape_bytes, sizeof shape_bytes);
  at += sizeof shape_bytes;
  for (const Member& member : all) at = std::copy(member.entry.begin(), member.entry.end(), at);
  for (const Member& member : all) at = std::copy(member.fixed.begin(), member.fixed.end(), at);
  for (const Member& member : all) at = std::copy(member.tail.begin(), member.tail.end(), at);
  return made;
}

}  // namespace xylem::detail
