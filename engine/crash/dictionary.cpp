#include "crash/dictionary.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

#include "crash/file.hpp"
#include "crash/mapping.hpp"

namespace xylem::crash {
namespace {

constexpr std::size_t extent_bytes = std::size_t{64} << 10;

constexpr std::size_t round_up(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

}  // namespace

Dictionary::~Dictionary() {
  unmap(mapping_, mapped_bytes_);
}

bool Dictionary::add_of(std::uint32_t engine, EntryKind kind, std::uint64_t id,
                        std::string_view name) noexcept {
  if (engine == 0) return add(kind, id, name);
  char number[sizeof engine];
  std::memcpy(number, &engine, sizeof number);
  const bool is_logger = kind == EntryKind::logger;
  return add(is_logger ? EntryKind::logger_of_engine : EntryKind::sink_of_engine, id,
             {number, sizeof number}, name);
}

bool Dictionary::add(EntryKind kind, std::uint64_t id, std::string_view front,
                     std::string_view body) noexcept {
  const std::size_t body_bytes = front.size() + body.size();
  const std::size_t bytes = round_up(sizeof(DictionaryEntry) + body_bytes, 8);
  const std::lock_guard lock{mutex_};
  auto* head = reinterpret_cast<DictionaryHead*>(mapping_);
  const auto has_room = [&] {
    return head != nullptr &&
           sizeof(DictionaryHead) + head->used.load_relaxed() + bytes <= mapped_bytes_;
  };
  if (!has_room()) {
    if (!grow(bytes)) return false;
    head = reinterpret_cast<DictionaryHead*>(mapping_);
  }
  const std::uint64_t used = head->used.load_relaxed();
  std::byte* const at = mapping_ + sizeof(DictionaryHead) + used;
  const DictionaryEntry entry{
      static_cast<std::uint32_t>(bytes), kind,
      static_cast<std::uint16_t>(bytes - sizeof(DictionaryEntry) - body_bytes), id};
  std::memcpy(at, &entry, sizeof entry);
  std::byte* const behind = std::copy_n(reinterpret_cast<const std::byte*>(front.data()),
                                        front.size(), at + sizeof entry);
  std::copy_n(reinterpret_cast<const std::byte*>(body.data()), body.size(), behind);
  // Whoever reads the file later takes what stands before `used` as whole.
  head->used.store_release(used + bytes);
  return true;
}

bool Dictionary::grow(std::size_t bytes) {
  try {
    const std::size_t wanted =
        std::max(extent_bytes, round_up(sizeof(DictionaryHead) + bytes, page_bytes));
    const bool fits_reserved = reserved_ && wanted == extent_bytes;
    const Piece piece =
        fits_reserved ? *std::exchange(reserved_, std::nullopt) : file_.allocate(wanted);
    std::byte* const mapped = map(file_.descriptor(), piece.offset, wanted);
    unmap(mapping_, mapped_bytes_);
    mapping_ = mapped;
    mapped_bytes_ = wanted;
    file_.publish(piece, ExtentKind::dictionary, 0);
    if (!reserved_) reserve();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void Dictionary::reserve() noexcept {
  try {
    reserved_ = file_.allocate(extent_bytes);
  } catch (const std::exception&) {
    // The file has noted it; there will be another try when the extent is full.
  }
}

}  // namespace xylem::crash
