#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <xylem/record_view.hpp>

#include "record/view.hpp"

namespace xylem::detail {

/// What a RecordView shows: of a record in a ring, or of one that was packed.
class RecordParts {
 public:
  enum class Text : std::size_t {
    name,
    level_name,
    message,
    format,
    pathname,
    filename,
    module,
    function,
    thread_name,
    process_name,
    exc_text,
    stack_info,
    count,
  };
  enum class Number : std::size_t { levelno, line, created_ns, thread_id, process_id, count };

  virtual ~RecordParts() = default;
  virtual std::string_view text(Text which) const = 0;
  virtual std::int64_t number(Number which) const = 0;
  virtual std::span<const FieldView> fields() const = 0;
};

}  // namespace xylem::detail

namespace xylem::extend {

using detail::RecordParts;

/// Of a record on its way to the handlers. The view outlives it.
class ViewParts final : public RecordParts {
 public:
  explicit ViewParts(const record::View& view) : view_{&view} {}
  ViewParts(const ViewParts&) = delete;
  ViewParts& operator=(const ViewParts&) = delete;

  std::string_view text(Text which) const override;
  std::int64_t number(Number which) const override;
  std::span<const FieldView> fields() const override;

 private:
  const record::View* view_;
  mutable std::string level_name_;
  mutable std::string message_;
  mutable std::vector<FieldView> fields_;
  mutable std::vector<std::string> texts_;  // of fields that stand nowhere else
  mutable bool has_message_ = false;
  mutable bool has_fields_ = false;
};

/// Appends a record as bytes from which PackedParts can be read, in another process too: no
/// pointers, no ids.
void pack(std::string& out, const RecordParts& parts);

/// A record read from such bytes, of which it holds views.
class PackedParts final : public RecordParts {
 public:
  /// False for bytes that pack() has not written.
  bool read(std::string_view packed);

  std::string_view text(Text which) const override {
    return texts_[static_cast<std::size_t>(which)];
  }
  std::int64_t number(Number which) const override {
    return numbers_[static_cast<std::size_t>(which)];
  }
  std::span<const FieldView> fields() const override { return fields_; }

 private:
  std::array<std::string_view, static_cast<std::size_t>(Text::count)> texts_{};
  std::array<std::int64_t, static_cast<std::size_t>(Number::count)> numbers_{};
  std::vector<FieldView> fields_;
};

}  // namespace xylem::extend
