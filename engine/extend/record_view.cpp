#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include <xylem/record_view.hpp>

#include "extend/parts.hpp"
#include "record/level_names.hpp"

namespace xylem {

using detail::RecordParts;

std::string FieldValue::to_string() const {
  switch (type_) {
    case Type::absent:
      return "(absent)";
    case Type::null:
      return "null";
    case Type::boolean:
      return bits_ != 0 ? "true" : "false";
    case Type::int64:
      return fmt::format("{}", static_cast<std::int64_t>(bits_));
    case Type::uint64:
      return fmt::format("{}", bits_);
    case Type::float64:
      return fmt::format("{}", float64_);
    case Type::text:
    case Type::json:
      return std::string{text_};
  }
  return {};
}

std::string_view RecordView::name() const {
  return parts_->text(RecordParts::Text::name);
}
int RecordView::levelno() const {
  return static_cast<int>(parts_->number(RecordParts::Number::levelno));
}
std::string_view RecordView::level_name() const {
  return parts_->text(RecordParts::Text::level_name);
}
std::string_view RecordView::message() const {
  return parts_->text(RecordParts::Text::message);
}
std::string_view RecordView::format() const {
  return parts_->text(RecordParts::Text::format);
}
std::span<const FieldView> RecordView::fields() const {
  return parts_->fields();
}

FieldValue RecordView::field(std::string_view key) const {
  const std::span<const FieldView> all = fields();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [key](const FieldView& field) { return field.key == key; });
  return found == all.end() ? FieldValue{} : found->value;
}

std::string_view RecordView::pathname() const {
  return parts_->text(RecordParts::Text::pathname);
}
std::string_view RecordView::filename() const {
  return parts_->text(RecordParts::Text::filename);
}
std::string_view RecordView::module() const {
  return parts_->text(RecordParts::Text::module);
}
std::string_view RecordView::function() const {
  return parts_->text(RecordParts::Text::function);
}
std::int64_t RecordView::line() const {
  return parts_->number(RecordParts::Number::line);
}
std::int64_t RecordView::created_ns() const {
  return parts_->number(RecordParts::Number::created_ns);
}
std::chrono::system_clock::time_point RecordView::created() const {
  return std::chrono::system_clock::time_point{std::chrono::nanoseconds{created_ns()}};
}
std::uint64_t RecordView::thread_id() const {
  return static_cast<std::uint64_t>(parts_->number(RecordParts::Number::thread_id));
}
std::string_view RecordView::thread_name() const {
  return parts_->text(RecordParts::Text::thread_name);
}
std::int64_t RecordView::process_id() const {
  return parts_->number(RecordParts::Number::process_id);
}
std::string_view RecordView::process_name() const {
  return parts_->text(RecordParts::Text::process_name);
}
std::string_view RecordView::exc_text() const {
  return parts_->text(RecordParts::Text::exc_text);
}
std::string_view RecordView::stack_info() const {
  return parts_->text(RecordParts::Text::stack_info);
}

std::string to_string(const RecordView& record) {
  std::string text = fmt::format("{:<8} {} {}:{} {}", record.level_name(), record.name(),
                                 record.filename(), record.line(), record.message());
  for (const FieldView& field : record.fields()) {
    text += fmt::format(" {}={}", field.key, field.value.to_string());
  }
  return text;
}

std::ostream& operator<<(std::ostream& out, const RecordView& record) {
  return out << to_string(record);
}

std::ostream& operator<<(std::ostream& out, const FieldValue& value) {
  return out << value.to_string();
}

std::ostream& operator<<(std::ostream& out, Level level) {
  return out << record::level_name(static_cast<int>(level));
}

}  // namespace xylem
