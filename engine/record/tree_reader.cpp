#include "record/tree_reader.hpp"

#include <cstring>
#include <type_traits>

namespace xylem::record {
namespace {

using detail::RunType;

constexpr std::size_t bytes_of(RunType type) {
  switch (type) {
    case RunType::i8:
    case RunType::u8:
      return 1;
    case RunType::i16:
    case RunType::u16:
      return 2;
    case RunType::i32:
    case RunType::u32:
    case RunType::f32:
      return 4;
    case RunType::i64:
    case RunType::u64:
    case RunType::f64:
      return 8;
  }
  return 0;
}

template <typename T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <typename T>
TreeItem item_of(TreeTag tag, T value) {
  TreeItem item;
  item.tag = tag;
  if constexpr (std::is_signed_v<T>) {
    item.int64 = std::int64_t{value};  // a number, though it be of the type of a character
  } else {
    item.uint64 = value;
  }
  return item;
}
TreeItem item_of(float value) {
  TreeItem item;
  item.tag = TreeTag::float32;
  item.float32 = value;
  return item;
}
TreeItem item_of(double value) {
  TreeItem item;
  item.tag = TreeTag::float64;
  item.float64 = value;
  return item;
}

/// Whether the bytes are some long double: an x87 number says twice whether it is a normal one, and
/// what contradicts itself is none that libfmt is made for.
bool is_long_double([[maybe_unused]] detail::Uint128 bits) {
#if __LDBL_MANT_DIG__ == 64
  const bool has_exponent = (bits >> 64 & 0x7fff) != 0;
  const bool has_first_bit = (bits >> 63 & 1) != 0;
  return has_exponent == has_first_bit;
#else
  return true;
#endif
}

TreeItem number_of_run(RunType type, const char* at) {
  switch (type) {
    case RunType::i8:
      return item_of(TreeTag::int64, load<std::int8_t>(at));
    case RunType::i16:
      return item_of(TreeTag::int64, load<std::int16_t>(at));
    case RunType::i32:
      return item_of(TreeTag::int64, load<std::int32_t>(at));
    case RunType::i64:
      return item_of(TreeTag::int64, load<std::int64_t>(at));
    case RunType::u8:
      return item_of(TreeTag::uint64, load<std::uint8_t>(at));
    case RunType::u16:
      return item_of(TreeTag::uint64, load<std::uint16_t>(at));
    case RunType::u32:
      return item_of(TreeTag::uint64, load<std::uint32_t>(at));
    case RunType::u64:
      return item_of(TreeTag::uint64, load<std::uint64_t>(at));
    case RunType::f32:
      return item_of(load<float>(at));
    case RunType::f64:
      return item_of(load<double>(at));
  }
  return {};
}

}  // namespace

bool TreeReader::get(void* to, std::size_t size) {
  if (bytes_.size() < size) return false;
  std::memcpy(to, bytes_.data(), size);
  bytes_.remove_prefix(size);
  return true;
}

bool TreeReader::get_text(std::string_view& text) {
  std::uint32_t size = 0;
  if (!get(&size, sizeof size) || bytes_.size() < size) return false;
  text = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return true;
}

bool TreeReader::read_run() {
  std::uint8_t type = 0;
  if (!get(&type, 1) || type > static_cast<std::uint8_t>(RunType::f64)) return false;
  run_type_ = static_cast<RunType>(type);
  if (!get(&run_left_, sizeof run_left_)) return false;
  if (run_left_ <= bytes_.size() / bytes_of(run_type_)) return true;
  run_left_ = 0;
  return false;
}

TreeItem TreeReader::next_of_run() {
  const TreeItem item = number_of_run(run_type_, bytes_.data());
  bytes_.remove_prefix(bytes_of(run_type_));
  --run_left_;
  return item;
}

/// What belongs to the tag.
bool TreeReader::read_value(TreeItem& item) {
  switch (item.tag) {
    case TreeTag::character:
      if (bytes_.empty()) return false;
      item.text = bytes_.substr(0, 1);
      bytes_.remove_prefix(1);
      return true;
    case TreeTag::int64:
    case TreeTag::uint64:
    case TreeTag::float64:
    case TreeTag::address:
      return get(&item.int64, 8);
    case TreeTag::float32:
      return get(&item.float32, 4);
    case TreeTag::int128:
    case TreeTag::uint128:
      return get(&item.int128, 16);
    case TreeTag::float_long:
      return get(&item.int128, 16) && is_long_double(item.uint128);
    case TreeTag::text:
    case TreeTag::rendered:
    case TreeTag::object:
    case TreeTag::member:
      return get_text(item.text);
    case TreeTag::duration:
    case TreeTag::duration_float:
    case TreeTag::time:
      return get(&item.int64, 8) && get(&item.numerator, 8) && get(&item.denominator, 8) &&
             item.numerator > 0 && item.denominator > 0;
    case TreeTag::error:
    case TreeTag::place:
      return get(&item.int64, 8) && get_text(item.text) && get_text(item.second);
    default:
      return item.tag <= TreeTag::close;
  }
}

TreeItem TreeReader::give_up() {
  is_broken_ = true;
  return {};
}

/// The tag of the next value that is no run, or of the one that ends the tree.
bool TreeReader::read_tag(TreeTag& tag) {
  for (std::uint8_t byte = 0; get(&byte, 1);) {
    tag = static_cast<TreeTag>(byte);
    if (tag != TreeTag::run) return true;
    // Numbers stand in a list or a set.
    if (depth_ == 0 || !read_run()) return false;
    if (run_left_ != 0) return true;
  }
  return false;
}

TreeItem TreeReader::read() {
  TreeItem item;
  if (!read_tag(item.tag)) return give_up();
  if (run_left_ != 0) return next_of_run();
  if (!read_value(item)) return give_up();
  if (detail::opens(item.tag) && ++depth_ > detail::max_tree_depth) return give_up();
  if (item.tag == TreeTag::close && --depth_ < 0) return give_up();
  return item;
}

TreeItem TreeReader::next() {
  if (run_left_ != 0) return next_of_run();
  if (!is_broken_) return read();
  TreeItem item;
  item.tag = TreeTag::close;
  return item;
}

}  // namespace xylem::record
