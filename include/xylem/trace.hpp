#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include <xylem/detail/members.hpp>

namespace xylem {

/// The ids that tie a record to a distributed trace, as fields of the names that OpenTelemetry
/// gives them in logs: `trace_id` (32 hexadecimal digits), `span_id` (16) and `trace_flags` (2; bit
/// 0: sampled). Made by trace() or traceparent(), for a Context or a BoundLogger. Ids that are not
/// valid (other digits, another length, all zero) give no fields at all. A plain value.
class Trace : public detail::FieldGroup {
 public:
  static constexpr std::size_t trace_id_digits = 32;
  static constexpr std::size_t span_id_digits = 16;
  static constexpr std::size_t flags_digits = 2;

  bool is_valid() const noexcept { return is_valid_; }
  std::string_view trace_id() const noexcept { return {digits_.data(), trace_id_digits}; }
  std::string_view span_id() const noexcept {
    return {digits_.data() + trace_id_digits, span_id_digits};
  }
  std::string_view flags() const noexcept {
    return {digits_.data() + trace_id_digits + span_id_digits, flags_digits};
  }

  template <typename F>
  void visit(F&& visit) const {
    if (!is_valid_) return;
    visit(detail::Key{"trace_id"}.text(), detail::String{trace_id()});
    visit(detail::Key{"span_id"}.text(), detail::String{span_id()});
    visit(detail::Key{"trace_flags"}.text(), detail::String{flags()});
  }

 private:
  friend Trace trace(std::string_view, std::string_view, std::uint8_t) noexcept;

  std::array<char, trace_id_digits + span_id_digits + flags_digits> digits_{};
  bool is_valid_ = false;
};

/// From hexadecimal digits, which are written in lower case. Thread-safe, as the two below.
///
///     xylem::Context request{xylem::trace("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7",
///     1)};
[[nodiscard]] Trace trace(std::string_view trace_id, std::string_view span_id,
                          std::uint8_t flags = 0) noexcept;

/// From bytes, as opentelemetry-cpp's TraceId::Id() and SpanId::Id() give them.
[[nodiscard]] Trace trace(std::span<const std::uint8_t, 16> trace_id,
                          std::span<const std::uint8_t, 8> span_id,
                          std::uint8_t flags = 0) noexcept;

/// From the value of the HTTP header `traceparent` (W3C Trace Context, level 1):
/// "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01". Of a version after 00, what stands
/// behind the flags is passed over.
[[nodiscard]] Trace traceparent(std::string_view header) noexcept;

}  // namespace xylem
