#include <cstring>
#include <type_traits>

#include "extend/parts.hpp"

namespace xylem::extend {
namespace {

void put_text(std::string& out, std::string_view text) {
  const auto bytes = static_cast<std::uint32_t>(text.size());
  out.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
  out.append(text);
}

template <typename T>
void put(std::string& out, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_value(std::string& out, const FieldValue& value) {
  using Type = FieldValue::Type;
  put(out, value.type());
  switch (value.type()) {
    case Type::absent:
    case Type::null:
      return;
    case Type::boolean:
      return put(out, *value.as_bool());
    case Type::int64:
      return put(out, *value.as_int64());
    case Type::uint64:
      return put(out, *value.as_uint64());
    case Type::float64:
      return put(out, *value.as_double());
    case Type::text:
    case Type::json:
      return put_text(out, *value.as_text());
  }
}

/// Reads what may have been spoilt: once something is missing, nothing more is read.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_{bytes} {}

  template <typename T>
  T number() {
    T value{};
    const std::string_view bytes = take(sizeof value);
    if (is_good_) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

  std::string_view text() { return take(number<std::uint32_t>()); }

  FieldValue value() {
    using Type = FieldValue::Type;
    switch (number<Type>()) {
      case Type::absent:
        return {};
      case Type::null:
        return FieldValue{nullptr};
      case Type::boolean:
        return FieldValue{number<unsigned char>() != 0};
      case Type::int64:
        return FieldValue{number<std::int64_t>()};
      case Type::uint64:
        return FieldValue{number<std::uint64_t>()};
      case Type::float64:
        return FieldValue{number<double>()};
      case Type::text:
        return FieldValue{text()};
      case Type::json:
        return FieldValue::json(text());
    }
    is_good_ = false;
    return {};
  }

  bool is_good() const { return is_good_; }
  bool is_at_end() const { return is_good_ && rest_.empty(); }

 private:
  std::string_view take(std::size_t bytes) {
    is_good_ = is_good_ && bytes <= rest_.size();
    if (!is_good_) return {};
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }

  std::string_view rest_;
  bool is_good_ = true;
};

}  // namespace

void pack(std::string& out, const RecordParts& parts) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(RecordParts::Text::count); ++i) {
    put_text(out, parts.text(static_cast<RecordParts::Text>(i)));
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(RecordParts::Number::count); ++i) {
    put(out, parts.number(static_cast<RecordParts::Number>(i)));
  }
  for (const FieldView& field : parts.fields()) {
    put_text(out, field.key);
    put_value(out, field.value);
  }
}

bool PackedParts::read(std::string_view packed) {
  Reader reader{packed};
  for (std::string_view& text : texts_) text = reader.text();
  for (std::int64_t& number : numbers_) number = reader.number<std::int64_t>();
  fields_.clear();
  while (reader.is_good() && !reader.is_at_end()) {
    const std::string_view key = reader.text();
    fields_.push_back({key, reader.value()});
  }
  return reader.is_good();
}

}  // namespace xylem::extend
