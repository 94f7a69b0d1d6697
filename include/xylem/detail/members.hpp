#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

#include <xylem/detail/argument.hpp>
#include <xylem/detail/atomic.hpp>
#include <xylem/detail/encode.hpp>
#include <xylem/detail/key.hpp>

/// Fields encoded once, ahead of the records that carry them: those of a Context or a BoundLogger.
///
///     4 bytes        of the shape
///     shape          for each field: its kind (1), the bytes of its key (2), its key
///     payload        as that of a record with these fields (encode.hpp)
///
/// The shape stands apart because it is the same for many: the consumer reads each but once.
namespace xylem::detail {

struct MembersBlock {
  Atomic<std::uint32_t> users;
  std::uint32_t bytes;   // of the text, which follows
  std::uint64_t number;  // never 0; no other block of the process has it

  char* text() noexcept { return reinterpret_cast<char*>(this + 1); }
  const char* text() const noexcept { return reinterpret_cast<const char*>(this + 1); }
};

/// A shared handle to encoded fields, which never change; empty: there are none.
class Members {
 public:
  constexpr Members() noexcept = default;
  /// Takes over a use that is counted already.
  explicit Members(MembersBlock* block) noexcept : block_{block} {}
  Members(const Members& other) noexcept : block_{other.block_} { keep(block_); }
  Members(Members&& other) noexcept : block_{std::exchange(other.block_, nullptr)} {}
  Members& operator=(Members other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Members() {
    if (block_ != nullptr) drop(block_);
  }

  std::string_view text() const noexcept {
    return block_ != nullptr ? std::string_view{block_->text(), block_->bytes} : std::string_view{};
  }
  MembersBlock* block() const noexcept { return block_; }

  static void keep(MembersBlock* block) noexcept {
    if (block != nullptr) block->users.fetch_add_relaxed(1);
  }
  /// Ends one use. Null is nothing.
  static void drop(MembersBlock* block) noexcept;

 private:
  MembersBlock* block_ = nullptr;
};

/// A block for so many bytes, used once. Throws std::bad_alloc.
Members new_members(std::size_t bytes);

/// Those of `inner`, then those of `outer` that have other keys. Throws std::bad_alloc.
Members merged(const Members& inner, const Members& outer);

struct ContextNode;

/// The fields that the calling thread's records carry.
struct CurrentContext {
  MembersBlock* members;   // a use is counted; null: none
  bool has_changed;        // since the thread's ring was told
  ContextNode* innermost;  // of the thread's contexts; null: none
};
[[gnu::tls_model("initial-exec")]] extern constinit thread_local CurrentContext t_context;

/// Whether a context of this thread has ended on another one, and its fields are still here. No
/// more than a load where there is no context. Sequentially consistent: who sees no such end sends
/// its next call the fast way only if Producer::end was not taken away meanwhile.
bool has_ended_contexts() noexcept;
/// Takes away what contexts have left that ended on other threads.
void drop_ended_contexts() noexcept;
/// The thread ends: what contexts of it are left end elsewhere, if ever.
void leave_contexts() noexcept;

/// Several fields made by one function, such as trace(): visit(f) calls f(key, stored value).
struct FieldGroup {};

template <typename T>
inline constexpr bool is_member_source = is_field<T> || std::is_base_of_v<FieldGroup, T>;

template <typename S, typename F>
void visit_members(const Field<S>& field, F&& visit) {
  visit(field.key.text(), plain(field));
}
template <typename G, typename F>
requires std::is_base_of_v<FieldGroup, G>
void visit_members(const G& group, F&& visit) {
  group.visit(visit);
}

/// Longer keys are cut.
constexpr std::uint16_t key_bytes(KeyText key) noexcept {
  return static_cast<std::uint16_t>(key.size < 0xffff ? key.size : 0xffff);
}
inline constexpr std::size_t shape_entry_bytes = 3;  // without the key

template <typename... F>
Members make_members(const F&... sources) {
  std::uint32_t shape_bytes = 0;
  std::size_t fixed = 0;
  std::size_t tails = 0;
  [[maybe_unused]] const auto measure = [&]<typename S>(KeyText key, const S& value) {
    shape_bytes += static_cast<std::uint32_t>(shape_entry_bytes + key_bytes(key));
    fixed += fixed_size<S>;
    tails += tail_size(value);
  };
  (visit_members(sources, measure), ...);
  Members members = new_members(sizeof shape_bytes + shape_bytes + fixed + tails);
  char* at = members.block()->text();
  std::memcpy(at, &shape_bytes, sizeof shape_bytes);
  at += sizeof shape_bytes;
  auto* fixed_at = reinterpret_cast<std::byte*>(at + shape_bytes);
  std::byte* tail_at = fixed_at + fixed;
  [[maybe_unused]] const auto write = [&]<typename S>(KeyText key, const S& value) {
    const std::uint16_t size = key_bytes(key);
    *at++ = static_cast<char>(kind_of<S>);
    std::memcpy(at, &size, sizeof size);
    std::memcpy(at + sizeof size, key.data, size);
    at += sizeof size + size;
    encode_fixed_part(fixed_at, value);
    encode_tail(tail_at, value);
  };
  (visit_members(sources, write), ...);
  return members;
}

}  // namespace xylem::detail
