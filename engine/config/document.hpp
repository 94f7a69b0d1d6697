#pragma once
/// @file
/// A JSON document as a tree of values that keeps what Python's json module keeps: the order of
/// keys, integers of any size, and the difference between 1 and 1.0.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace xylem::config {

class Value;

using List = std::vector<Value>;

/// Keys in the order of their first appearance; a repeated key has its last value, as in Python.
using Object = std::vector<std::pair<std::string, Value>>;

/// An integer beyond 64 bits, as its digits with an optional '-'.
struct BigInteger {
  std::string digits;
};

/// One JSON value. Copies are deep.
class Value {
 public:
  using Data = std::variant<std::nullptr_t, bool, std::int64_t, BigInteger, double, std::string,
                            List, Object>;

  Value() noexcept : data_(nullptr) {}
  explicit Value(Data data) noexcept : data_(std::move(data)) {}

  const Data& data() const noexcept { return data_; }

  template <typename T>
  const T* get_if() const noexcept {
    return std::get_if<T>(&data_);
  }

  bool is_null() const noexcept { return data_.index() == 0; }

  /// Python's truth: null, false, zero and what is empty are false, so "false" and "no" are true.
  bool truthy() const noexcept;

  /// The member of that name; nullptr when there is none or this is no object.
  const Value* find(std::string_view key) const noexcept;

 private:
  Data data_;
};

/// Reads a JSON text whose top is an object. Nesting deeper than 200 is refused, so that a hostile
/// text cannot exhaust the stack of what walks the tree.
/// @throws xylem::ConfigError without a path, for example
///         "Expecting ',' delimiter: line 3 column 5 (char 40)" (columns and characters count code
///         points, from 1 and from 0, as in Python)
Value parse_document(std::string_view json_text, const std::string& source_name = {});

/// The whole content of a file.
/// @throws xylem::ConfigError "[Errno 2] No such file or directory: 'x.json'"
std::string read_file(const std::string& file);

}  // namespace xylem::config
