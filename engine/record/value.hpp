#pragma once

#include <cstdint>
#include <string_view>

namespace xylem::record {

/// The value of an attribute, an argument or a field, on its way from a record to a line.
struct Value {
  enum class Type : std::uint8_t {
    absent,
    null,
    boolean,
    int64,
    uint64,
    float64,
    float32,
    pointer,  // in `uint64`
    text,
    json,        // `text` is a JSON value
    structured,  // `text` is a tree, for record::TreeReader
  };

  Type type = Type::absent;
  union {
    bool boolean;
    std::int64_t int64;
    std::uint64_t uint64 = 0;
    double float64;
    float float32;
  };
  std::string_view text{};

  static Value none() { return of_type(Type::null); }
  static Value of(std::string_view text) {
    Value value = of_type(Type::text);
    value.text = text;
    return value;
  }
  static Value of(std::int64_t number) {
    Value value = of_type(Type::int64);
    value.int64 = number;
    return value;
  }
  static Value of(std::uint64_t number) {
    Value value = of_type(Type::uint64);
    value.uint64 = number;
    return value;
  }
  static Value of(double number) {
    Value value = of_type(Type::float64);
    value.float64 = number;
    return value;
  }
  static Value of(float number) {
    Value value = of_type(Type::float32);
    value.float32 = number;
    return value;
  }
  static Value of(bool flag) {
    Value value = of_type(Type::boolean);
    value.boolean = flag;
    return value;
  }
  static Value of_json(std::string_view text) {
    Value value = of_type(Type::json);
    value.text = text;
    return value;
  }
  static Value of_tree(std::string_view bytes) {
    Value value = of_type(Type::structured);
    value.text = bytes;
    return value;
  }
  static Value of_pointer(std::uint64_t address) {
    Value value = of_type(Type::pointer);
    value.uint64 = address;
    return value;
  }

 private:
  static Value of_type(Type type) {
    Value value;
    value.type = type;
    return value;
  }
};

}  // namespace xylem::record
