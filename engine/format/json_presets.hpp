#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/json_members.hpp"

namespace xylem::format {

/// What those who collect logs expect their fields to be called.
enum class JsonPreset {
  /// Elastic Common Schema, as its logging libraries write it:
  /// https://www.elastic.co/docs/reference/ecs/logging/intro
  ecs,
  /// OpenTelemetry's data model of log records, fields among the Attributes:
  /// https://opentelemetry.io/docs/specs/otel/logs/data-model
  otel,
  /// Google Cloud's structured logging:
  /// https://cloud.google.com/logging/docs/structured-logging
  gcp,
};

/// "ecs", "otel" or "gcp".
std::optional<JsonPreset> find_preset(std::string_view name);
std::string_view preset_name(JsonPreset preset);

struct PresetLayout {
  JsonPreset preset;
  /// {key, JSON text} in every line; with OpenTelemetry in its Resource.
  std::vector<std::pair<std::string, std::string>> static_fields{};
};

/// The members of a record's object in order. Fields called trace_id, span_id and trace_flags stand
/// where the preset has them. The keys refer to the layout and to the record.
std::vector<JsonMember> list_members(const PresetLayout& layout, const record::View& view);

}  // namespace xylem::format
