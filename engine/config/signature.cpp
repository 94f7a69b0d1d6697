#include "config/signature.hpp"

#include <array>

#include <fmt/format.h>

#include "config/python_text.hpp"
#include "config/suggestion.hpp"

namespace xylem::config {
namespace {

bool has(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 9> other_classes = {
    "logging.BufferingFormatter",        "logging.LoggerAdapter",
    "logging.handlers.BufferingHandler", "logging.handlers.DatagramHandler",
    "logging.handlers.HTTPHandler",      "logging.handlers.NTEventLogHandler",
    "logging.handlers.QueueListener",    "logging.handlers.SMTPHandler",
    "logging.handlers.SocketHandler",
};

}  // namespace

void check_arguments(const Cursor& config, const Signature& signature,
                     std::span<const std::string_view> taken,
                     std::span<const std::string_view> extra) {
  for (const auto& entry : config.object()) {
    const std::string& key = entry.first;
    if (has(taken, key)) continue;
    if (!is_identifier(key)) {
      fail_at(config, key, "Not a valid Python identifier: " + python_repr(key));
    }
    // For what it refuses: every argument is converted before the class is called.
    config.find(key, External::allowed);
  }
  const auto refuse = [&](std::string_view key, std::string_view name) {
    fail_at(config, key,
            fmt::format("{}.__init__() got an unexpected keyword argument '{}'{}", signature.owner,
                        name, suggestion(name, signature.arguments)));
  };
  const auto is_expected = [&](std::string_view key) {
    return has(taken, key) || has(extra, key) || has(signature.arguments, key);
  };
  for (const auto& [key, value] : config.object()) {
    const bool comes_last = signature.is_handler && key == "stream";
    if (!comes_last && !is_expected(key)) refuse(key, key);
  }
  if (config.contains("stream") && !is_expected("stream")) refuse("stream", "strm");
  for (const std::string_view required : signature.required) {
    if (config.contains(required) || has(extra, required)) continue;
    config.fail(fmt::format("{}.__init__() missing 1 required positional argument: '{}'",
                            signature.owner, required));
  }
}

std::string class_name_of(const Cursor& config, std::string_view key) {
  const std::optional<Cursor> name = config.find(key, External::allowed);
  if (!name) config.fail("Neither 'class' nor '()' is given");
  if (const auto external = external_name(name->value())) return std::string(*external);
  if (const auto* text = name->value().get_if<std::string>()) return *text;
  name->fail("Cannot resolve " + python_repr(name->value()));
}

void refuse_attributes(const Cursor& config, std::span<const std::string_view> used) {
  const std::optional<Cursor> attributes = config.find_raw(".");
  if (!attributes || !attributes->value().truthy()) return;
  for (const auto& entry : attributes->object()) {
    if (!has(used, entry.first)) continue;
    fail_at(*attributes, entry.first, "Cannot set attribute " + python_repr(entry.first));
  }
}

void fail_unresolved(const Cursor& config, std::string_view key, const std::string& name) {
  const bool is_known =
      std::find(other_classes.begin(), other_classes.end(), name) != other_classes.end();
  fail_at(
      config, key,
      "Cannot resolve " + python_repr(name) + (is_known ? ": this class is not available" : ""));
}

}  // namespace xylem::config
