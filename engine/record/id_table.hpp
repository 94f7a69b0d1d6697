#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <xylem/detail/slot.hpp>

namespace xylem::record {

/// What ids stand for, in blocks that never move: an entry can be read without a lock while others
/// are added, by whoever has synchronised with its addition. Adding needs the owner's lock.
template <typename T>
class IdTable {
 public:
  static constexpr std::size_t capacity = std::size_t{1} << detail::site_bits;

  std::uint32_t next_id() const { return next_; }
  bool is_full() const { return next_ == capacity; }

  /// Adds the entry of next_id(); the table must not be full.
  T& add(std::unique_ptr<T> entry) {
    auto& block = blocks_[next_ / block_entries];
    if (block == nullptr) block = std::make_unique<Block>();
    auto& place = (*block)[next_ % block_entries];
    place = std::move(entry);
    ++next_;
    return *place;
  }

  const T& at(std::uint32_t id) const {
    return *(*blocks_[id / block_entries])[id % block_entries];
  }

 private:
  static constexpr std::size_t block_entries = 4096;
  using Block = std::array<std::unique_ptr<T>, block_entries>;

  std::uint32_t next_ = 0;
  std::array<std::unique_ptr<Block>, capacity / block_entries> blocks_;
};

}  // namespace xylem::record
