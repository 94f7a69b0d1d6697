#include "config/own.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

#include <fmt/format.h>

#include "config/defaults.hpp"
#include "config/python_text.hpp"
#include "config/signature.hpp"
#include "config/suggestion.hpp"
#include "config/table.hpp"

namespace xylem::detail {

/// What Arguments reads, and a note of what it has asked for.
class ArgumentSource {
 public:
  ArgumentSource(const std::string& owner, const std::vector<config::OwnArgument>& arguments,
                 const std::string& path)
      : owner_{owner}, arguments_{arguments}, path_{path} {}

  /// Null when it is not there.
  const config::OwnArgument* find(std::string_view key) {
    asked_.emplace(key);
    const auto found = std::find_if(arguments_.begin(), arguments_.end(),
                                    [key](const auto& argument) { return argument.key == key; });
    return found == arguments_.end() ? nullptr : &*found;
  }

  const config::OwnArgument& get(std::string_view key) {
    if (const config::OwnArgument* const found = find(key)) return *found;
    throw ConfigError{
        fmt::format("{}.__init__() missing 1 required positional argument: '{}'", owner_, key),
        path_};
  }

  /// The same, but null counts as missing.
  const config::OwnArgument* find_given(std::string_view key) {
    const config::OwnArgument* const found = find(key);
    return found == nullptr || found->value.is_null() ? nullptr : found;
  }

  [[noreturn]] void refuse(std::string_view key, const std::string& message) {
    const config::OwnArgument* const found = find(key);
    throw ConfigError{message, found != nullptr ? found->path : path_};
  }

  void refuse_others() const {
    const std::vector<std::string_view> known{asked_.begin(), asked_.end()};
    for (const config::OwnArgument& argument : arguments_) {
      if (asked_.contains(argument.key)) continue;
      throw ConfigError{fmt::format("{}.__init__() got an unexpected keyword argument '{}'{}",
                                    owner_, argument.key, config::suggestion(argument.key, known)),
                        argument.path};
    }
  }

 private:
  const std::string& owner_;
  const std::vector<config::OwnArgument>& arguments_;
  const std::string& path_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace xylem::detail

namespace xylem {
namespace config {
namespace {

/// The member of the type, for an argument that has to be of it.
template <typename T>
const T& as(const OwnArgument& argument, std::string_view expected) {
  if (const T* const value = argument.value.get_if<T>()) return *value;
  throw ConfigError{
      fmt::format("{} must be {}, got {}", argument.key, expected, json_type_name(argument.value)),
      argument.path};
}

const std::string& as_text(const OwnArgument& argument) {
  return as<std::string>(argument, "a string");
}
std::int64_t as_integer(const OwnArgument& argument) {
  return as<std::int64_t>(argument, "an integer");
}
double as_number(const OwnArgument& argument) {
  const auto* const integer = argument.value.get_if<std::int64_t>();
  return integer != nullptr ? static_cast<double>(*integer) : as<double>(argument, "a number");
}
bool as_flag(const OwnArgument& argument) {
  return as<bool>(argument, "true or false");
}

template <typename Part>
std::unique_ptr<Part> make(const OwnPlan<Part>& plan) {
  detail::ArgumentSource source{plan.owner, plan.arguments, plan.path};
  std::unique_ptr<Part> made = (*plan.make)(Arguments{source});
  source.refuse_others();
  if (made == nullptr) throw ConfigError{plan.owner + "() made nothing", plan.path};
  return made;
}

}  // namespace

std::vector<OwnArgument> read_own_arguments(const Cursor& config) {
  static constexpr std::array<std::string_view, 6> taken = {"()",      "class",     "level",
                                                            "filters", "formatter", "."};
  std::vector<OwnArgument> arguments;
  for (const auto& entry : config.object()) {
    const std::string& key = entry.first;
    if (std::find(taken.begin(), taken.end(), key) != taken.end()) continue;
    if (!is_identifier(key)) {
      fail_at(config, key, "Not a valid Python identifier: " + python_repr(key));
    }
    const Cursor value = *config.find(key);
    arguments.push_back({key, value.value(), value.path()});
  }
  return arguments;
}

std::string own_arguments_text(const std::vector<OwnArgument>& arguments) {
  return joined(arguments, ", ", [](const OwnArgument& argument) {
    return argument.key + "=" + shown(python_repr(argument.value));
  });
}

std::unique_ptr<Formatter> make_own(const OwnFormatterPlan& plan) {
  return make(plan);
}
std::unique_ptr<Filter> make_own(const OwnFilterPlan& plan) {
  return make(plan);
}
std::unique_ptr<Handler> make_own(const OwnHandlerPlan& plan) {
  return make(plan);
}

}  // namespace config

std::string Arguments::text(std::string_view key) const {
  return config::as_text(source_->get(key));
}
std::string Arguments::text(std::string_view key, std::string_view fallback) const {
  const config::OwnArgument* const given = source_->find_given(key);
  return given != nullptr ? config::as_text(*given) : std::string{fallback};
}
std::int64_t Arguments::integer(std::string_view key) const {
  return config::as_integer(source_->get(key));
}
std::int64_t Arguments::integer(std::string_view key, std::int64_t fallback) const {
  const config::OwnArgument* const given = source_->find_given(key);
  return given != nullptr ? config::as_integer(*given) : fallback;
}
double Arguments::number(std::string_view key) const {
  return config::as_number(source_->get(key));
}
double Arguments::number(std::string_view key, double fallback) const {
  const config::OwnArgument* const given = source_->find_given(key);
  return given != nullptr ? config::as_number(*given) : fallback;
}
bool Arguments::flag(std::string_view key) const {
  return config::as_flag(source_->get(key));
}
bool Arguments::flag(std::string_view key, bool fallback) const {
  const config::OwnArgument* const given = source_->find_given(key);
  return given != nullptr ? config::as_flag(*given) : fallback;
}

std::vector<std::string> Arguments::texts(std::string_view key) const {
  const config::OwnArgument* const given = source_->find_given(key);
  if (given == nullptr) return {};
  std::vector<std::string> texts;
  for (const config::Value& item : config::as<config::List>(*given, "a list of strings")) {
    const auto* const text = item.get_if<std::string>();
    if (text == nullptr) source_->refuse(key, std::string{key} + " must be a list of strings");
    texts.push_back(*text);
  }
  return texts;
}

std::optional<std::string> Arguments::json(std::string_view key) const {
  const config::OwnArgument* const given = source_->find(key);
  return given != nullptr ? std::optional{config::json_text(given->value)} : std::nullopt;
}

void Arguments::refuse(std::string_view key, const std::string& message) const {
  source_->refuse(key, message);
}

}  // namespace xylem
