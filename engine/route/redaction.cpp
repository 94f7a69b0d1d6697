#include "route/redaction.hpp"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/fields.hpp"
#include "format/message.hpp"
#include "record/payload.hpp"

namespace xylem::route {
namespace {

using record::Argument;
using record::Kind;
using record::Value;

/// Kernels read whole vectors.
constexpr std::size_t slack_bytes = 256;

/// The bytes of an argument behind the fixed part.
std::string_view tail_of(const Argument& argument, const Value& value) {
  return detail::has_tail(argument.kind) ? value.text : std::string_view{};
}

/// A format string that shows the text.
std::string as_format(std::string_view text) {
  std::string format;
  for (const char c : text) {
    if (c == '{' || c == '}') format += c;
    format += c;
  }
  return format;
}

/// What a redacted argument is: of the same kind where that shows.
Kind kind_of_redacted(const Argument& argument, bool is_by_name) {
  switch (argument.kind) {
    case Kind::json:
    case Kind::structured:
      return is_by_name ? Kind::string : argument.kind;
    case Kind::rendered:  // the call has applied its specification
    case Kind::exception:
    case Kind::stack:
      return argument.kind;
    default:
      return Kind::string;
  }
}

}  // namespace

bool RedactionFilter::rewrite(const record::View& view, Rewritten& into) const {
  into.view = view;
  if (view.foreign != nullptr) return rewrite_foreign(*view.foreign, into);
  const bool has_other_arguments = rewrite_arguments(view, into);
  if (!redactor_->has_patterns()) return has_other_arguments;
  const auto message = redactor_->text(format::render_message(into.view));
  if (!message) return has_other_arguments;
  if (!has_other_arguments) into.site = *view.site;
  into.site.format = as_format(*message);
  into.view.site = &into.site;
  return true;
}

/// By its name, or by what is in it.
std::optional<std::string> RedactionFilter::redacted(const Argument& argument,
                                                     const Value& value) const {
  if (argument.is_field && redactor_->has_field(argument.key)) return redactor_->replacement();
  switch (argument.kind) {
    case Kind::string:
    case Kind::rendered:
    case Kind::exception:
    case Kind::stack:
      return redactor_->text(value.text);
    case Kind::json:
      return redactor_->json(value.text);
    case Kind::structured:
      return redactor_->tree(value.text);
    default:
      return std::nullopt;
  }
}

bool RedactionFilter::rewrite_arguments(const record::View& view, Rewritten& into) const {
  const record::Site& site = *view.site;
  const auto& arguments = site.arguments;
  std::vector<const char*> starts(arguments.size());
  record::find_tails(site, view.payload, starts.data());
  std::vector<std::optional<std::string>> others(arguments.size());
  bool is_changed = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    // What the message shows of a text is looked at there.
    if (arguments[i].is_positional() && arguments[i].kind == Kind::string) continue;
    others[i] =
        redacted(arguments[i], record::read_argument(arguments[i], view.payload, starts[i]));
    is_changed = is_changed || others[i].has_value();
  }
  if (!is_changed) return false;
  into.site = site;
  record::clear_arguments(into.site);
  std::vector<std::byte>& payload = into.payload;
  payload.clear();
  std::string tails;
  const auto put = [&payload](const void* from, std::size_t bytes) {
    const auto* const begin = static_cast<const std::byte*>(from);
    payload.insert(payload.end(), begin, begin + bytes);
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Argument& argument = arguments[i];
    if (others[i]) {
      const bool is_by_name = argument.is_field && redactor_->has_field(argument.key);
      record::add_argument(into.site, kind_of_redacted(argument, is_by_name), argument.is_field,
                           argument.key);
      const auto size = static_cast<std::uint32_t>(others[i]->size());
      put(&size, sizeof size);
      tails += *others[i];
    } else {
      record::add_argument(into.site, argument.kind, argument.is_field, argument.key);
      put(view.payload + argument.offset, detail::fixed_bytes(argument.kind));
      tails += tail_of(argument, record::read_argument(argument, view.payload, starts[i]));
    }
  }
  put(tails.data(), tails.size());
  payload.resize(payload.size() + slack_bytes);
  into.view.site = &into.site;
  into.view.payload = payload.data();
  return true;
}

bool RedactionFilter::rewrite_foreign(const record::Foreign& record, Rewritten& into) const {
  into.foreign = record;
  bool is_changed = false;
  const auto redact = [&](std::string_view& text) {
    auto other = redactor_->text(text);
    if (!other) return;
    text = into.keep(std::move(*other));
    is_changed = true;
  };
  redact(into.foreign.message);
  if (into.foreign.exc_text) redact(*into.foreign.exc_text);
  if (into.foreign.stack_info) redact(*into.foreign.stack_info);
  for (record::Foreign::Extra& extra : into.foreign.extras) {
    std::optional<std::string> other;
    if (redactor_->has_field(extra.key)) {
      other = format::json_of(Value::of(std::string_view{redactor_->replacement()}),
                              format::normal_json);
    } else {
      other = redactor_->json(extra.json);
    }
    if (!other) continue;
    extra.json = into.keep(std::move(*other));
    is_changed = true;
  }
  into.view.foreign = &into.foreign;
  return is_changed;
}

}  // namespace xylem::route
