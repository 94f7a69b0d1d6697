#include "format/json_presets.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "format/fields.hpp"
#include "format/json_member_list.hpp"

namespace xylem::format {
namespace {

using record::Value;
using record::View;

constexpr std::array<std::string_view, 3> preset_names = {"ecs", "otel", "gcp"};

/// {name of a field, key of the preset}
using Renamed = std::array<std::pair<std::string_view, std::string_view>, 3>;

std::string fixed(Attribute attribute, const View& view) {
  std::string scratch;
  return json_of(read_attribute(attribute, view, scratch), {});
}

std::string quoted(std::string_view text) {
  return json_of(Value::of(text), {});
}

void set_fields(JsonMemberList& members, const Renamed& renamed, const View& view) {
  for_each_field(view, [&](std::string_view key, std::size_t index) {
    const auto* const found = std::find_if(renamed.begin(), renamed.end(),
                                           [key](const auto& entry) { return entry.first == key; });
    members.set(found == renamed.end() ? key : found->second, index);
  });
}

void set_static(JsonMemberList& members, const PresetLayout& layout) {
  for (const auto& [key, json] : layout.static_fields) members.set(key, JsonConstant{json});
}

void set_traces(JsonMemberList& members, std::string_view exception, std::string_view stack,
                const View& view) {
  if (has_exception(view)) members.set(exception, Attribute::exc_info);
  if (has_stack(view)) members.set(stack, Attribute::stack_info);
}

/// The file of the source as far as the record names it.
std::string base_of(const View& view) {
  return fixed(Attribute::filename, view);
}

std::vector<JsonMember> list_ecs(const PresetLayout& layout, const View& view) {
  constexpr Renamed renamed = {
      {{"trace_id", "trace.id"}, {"span_id", "span.id"}, {"transaction_id", "transaction.id"}}};
  std::string level = fixed(Attribute::levelname, view);
  std::transform(level.begin(), level.end(), level.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  JsonMemberList members;
  members.set("@timestamp", Attribute::timestamp);
  members.set_text("log.level", std::move(level));
  members.set("message", Attribute::message);
  members.set("ecs.version", JsonConstant{"\"8.11.0\""});
  members.set_text("log.logger", fixed(Attribute::name, view));
  members.set_text("log.origin.file.name", base_of(view));
  members.set_text("log.origin.file.line", fixed(Attribute::lineno, view));
  members.set_text("log.origin.function", fixed(Attribute::func_name, view));
  members.set_text("process.pid", fixed(Attribute::process, view));
  members.set("process.thread.id", Attribute::thread);
  members.set("process.thread.name", Attribute::thread_name);
  set_static(members, layout);
  set_traces(members, "error.stack_trace", "log.stack_trace", view);
  set_fields(members, renamed, view);
  return members.take();
}

/// https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
JsonConstant otel_severity(int levelno) {
  if (levelno >= 50) return {"21"};
  if (levelno >= 40) return {"17"};
  if (levelno >= 30) return {"13"};
  if (levelno >= 20) return {"9"};
  return {levelno >= 10 ? "5" : "1"};
}

void append_object(std::vector<JsonMember>& members, std::string_view key, JsonMemberList& inner) {
  std::vector<JsonMember> held = inner.take();
  if (held.empty()) return;
  members.push_back({key, JsonOpen{}});
  std::move(held.begin(), held.end(), std::back_inserter(members));
  members.push_back({{}, JsonClose{}});
}

std::vector<JsonMember> list_otel(const PresetLayout& layout, const View& view) {
  constexpr std::array<std::string_view, 3> moved = {"TraceId", "SpanId", "TraceFlags"};
  constexpr Renamed renamed = {
      {{"trace_id", moved[0]}, {"span_id", moved[1]}, {"trace_flags", moved[2]}}};
  std::vector<JsonMember> members = {
      {"Timestamp", Attribute::created_ns},
      {"SeverityText", JsonText{}, fixed(Attribute::levelname, view)},
      {"SeverityNumber", otel_severity(view.levelno())},
      {"Body", Attribute::message},
  };
  JsonMemberList resource;
  resource.set_text("process.pid", fixed(Attribute::process, view));
  set_static(resource, layout);
  append_object(members, "Resource", resource);
  JsonMemberList scope;
  scope.set_text("Name", fixed(Attribute::name, view));
  append_object(members, "InstrumentationScope", scope);
  JsonMemberList inner;
  inner.set_text("code.file.path", fixed(Attribute::pathname, view));
  inner.set_text("code.line.number", fixed(Attribute::lineno, view));
  inner.set_text("code.function.name", fixed(Attribute::func_name, view));
  inner.set("thread.id", Attribute::thread);
  inner.set("thread.name", Attribute::thread_name);
  set_traces(inner, "exception.stacktrace", "code.stacktrace", view);
  set_fields(inner, renamed, view);
  JsonMemberList attributes;
  for (JsonMember& member : inner.take()) {
    if (std::find(moved.begin(), moved.end(), member.key) != moved.end()) {
      members.push_back(std::move(member));
    } else {
      attributes.put(std::move(member));
    }
  }
  append_object(members, "Attributes", attributes);
  return members;
}

/// https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#logseverity
JsonConstant gcp_severity(int levelno) {
  if (levelno >= 50) return {"\"CRITICAL\""};
  if (levelno >= 40) return {"\"ERROR\""};
  if (levelno >= 30) return {"\"WARNING\""};
  if (levelno >= 25) return {"\"NOTICE\""};
  if (levelno >= 20) return {"\"INFO\""};
  return {levelno >= 10 ? "\"DEBUG\"" : "\"DEFAULT\""};
}

std::vector<JsonMember> list_gcp(const PresetLayout& layout, const View& view) {
  constexpr Renamed renamed = {{{"trace_id", "logging.googleapis.com/trace"},
                                {"span_id", "logging.googleapis.com/spanId"},
                                {"labels", "logging.googleapis.com/labels"}}};
  JsonMemberList top;
  top.set("severity", gcp_severity(view.levelno()));
  top.set("message", Attribute::message);
  top.set("time", Attribute::timestamp);
  top.set_text("logger", fixed(Attribute::name, view));
  top.set("thread_name", Attribute::thread_name);
  set_static(top, layout);
  set_traces(top, "stack_trace", "stack_info", view);
  set_fields(top, renamed, view);
  std::vector<JsonMember> members = top.take();
  JsonMemberList source;
  source.set_text("file", base_of(view));
  source.set_text("line", quoted(fixed(Attribute::lineno, view)));
  source.set_text("function", fixed(Attribute::func_name, view));
  append_object(members, "logging.googleapis.com/sourceLocation", source);
  return members;
}

}  // namespace

std::optional<JsonPreset> find_preset(std::string_view name) {
  const auto* const found = std::find(preset_names.begin(), preset_names.end(), name);
  if (found == preset_names.end()) return std::nullopt;
  return static_cast<JsonPreset>(found - preset_names.begin());
}

std::string_view preset_name(JsonPreset preset) {
  return preset_names[static_cast<std::size_t>(preset)];
}

std::vector<JsonMember> list_members(const PresetLayout& layout, const View& view) {
  switch (layout.preset) {
    case JsonPreset::ecs:
      return list_ecs(layout, view);
    case JsonPreset::otel:
      return list_otel(layout, view);
    case JsonPreset::gcp:
      return list_gcp(layout, view);
  }
  return {};
}

}  // namespace xylem::format
