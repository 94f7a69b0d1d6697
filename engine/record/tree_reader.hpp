#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <xylem/detail/kind.hpp>
#include <xylem/detail/tree.hpp>

namespace xylem::record {

using detail::TreeTag;

/// A value of a tree, or the begin or end of what has parts. What is set depends on the tag.
struct TreeItem {
  TreeTag tag = TreeTag::more;
  union {
    std::int64_t int64 = 0;  // also the line of a place
    std::uint64_t uint64;
    double float64;
    float float32;
    detail::Int128 int128;
    detail::Uint128 uint128;
    long double float_long;
  };
  std::int64_t numerator = 1;
  std::int64_t denominator = 1;
  std::string_view text{};    // also a character, and the name of an object
  std::string_view second{};  // of an error or a place
};

/// Reads a tree value by value. The bytes may be any: a tree that ends early, is nested deeper than
/// any call writes it, or is none, ends in one TreeTag::more and as many TreeTag::close as are
/// needed. The numbers of a run come one by one. Not thread-safe.
class TreeReader {
 public:
  explicit TreeReader(std::string_view bytes) : bytes_{bytes} {}

  TreeItem next();

  /// The bytes that have not been read.
  std::size_t left() const { return bytes_.size(); }

 private:
  TreeItem read();
  bool read_tag(TreeTag& tag);
  bool read_value(TreeItem& item);
  bool read_run();
  TreeItem next_of_run();
  bool get(void* to, std::size_t size);
  bool get_text(std::string_view& text);
  TreeItem give_up();

  std::string_view bytes_;
  int depth_ = 0;
  bool is_broken_ = false;
  detail::RunType run_type_{};
  std::uint32_t run_left_ = 0;
};

}  // namespace xylem::record
