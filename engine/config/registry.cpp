#include "config/registry.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include <xylem/config.hpp>

#include "config/python_text.hpp"

namespace xylem::config {
namespace {

/// A link of a chain that only grows: who walks along it needs no lock, and what a configuration
/// was made from is never gone. The first of a name is the one that counts.
struct Alias {
  Part part;
  std::string name;
  /// A class of the engine: an alias of an alias stands for what that one did.
  std::string target;
  Value defaults;
  /// Of a class of the program's own, the factory for its part; an alias of such a class has none.
  std::shared_ptr<const OwnFactory<Formatter>> formatter{};
  std::shared_ptr<const OwnFactory<Filter>> filter{};
  std::shared_ptr<const OwnFactory<Handler>> handler{};
  const Alias* next = nullptr;

  bool is_own() const { return formatter != nullptr || filter != nullptr || handler != nullptr; }
};

constinit std::atomic<const Alias*> newest{nullptr};

const Alias* find_alias(Part part, std::string_view name) {
  const Alias* alias = newest.load(std::memory_order_acquire);
  while (alias != nullptr && (alias->part != part || alias->name != name)) alias = alias->next;
  return alias;
}

void push(std::unique_ptr<Alias> alias) {
  alias->next = newest.load(std::memory_order_relaxed);
  Alias* const added = alias.release();
  while (!newest.compare_exchange_weak(added->next, added, std::memory_order_release,
                                       std::memory_order_relaxed)) {
  }
}

std::unique_ptr<Alias> make_own(Part part, std::string_view name) {
  if (name.empty()) throw ConfigError("A registered name cannot be empty");
  auto own = std::make_unique<Alias>();
  own->part = part;
  own->name = name;
  own->target = name;
  return own;
}

template <typename T>
std::shared_ptr<const T> shared(T factory) {
  return std::make_shared<const T>(std::move(factory));
}

/// The key under which CPython looks for the class, if there is one.
std::optional<std::string_view> class_key(Part part, const Cursor& config) {
  if (config.contains("()")) return "()";
  if (part != Part::filter && config.contains("class")) return "class";
  return std::nullopt;
}

std::optional<std::string> name_at(const Cursor& config, std::string_view key) {
  const std::optional<Cursor> named = config.find(key, External::allowed);
  if (!named) return std::nullopt;
  if (const auto external = external_name(named->value())) return std::string(*external);
  const auto* const text = named->value().get_if<std::string>();
  return text != nullptr ? std::optional(*text) : std::nullopt;
}

/// `format` is another name of `fmt`: one that is given leaves no default for either.
bool is_given(Part part, const Cursor& config, const std::string& key) {
  const bool is_pattern = part == Part::formatter && (key == "fmt" || key == "format");
  return is_pattern ? config.contains("fmt") || config.contains("format") : config.contains(key);
}

/// The members of `defaults` behind those of `into`, in which they do not stand yet.
void add_members(const Object& defaults, Object& into) {
  for (const auto& [key, value] : defaults) {
    const bool is_there = std::any_of(
        into.begin(), into.end(), [&key = key](const auto& entry) { return entry.first == key; });
    if (!is_there) into.emplace_back(key, value);
  }
}

}  // namespace

void add_alias(Part part, std::string_view name, std::string_view target, Value defaults,
               bool (*is_class)(std::string_view)) {
  if (name.empty()) throw ConfigError("A registered name cannot be empty");
  const Object* members = defaults.get_if<Object>();
  if (members == nullptr) {
    throw ConfigError("Expected an object, got " + std::string(json_type_name(defaults)));
  }
  auto alias = std::make_unique<Alias>();
  alias->part = part;
  alias->name = name;
  const Alias* const former = find_alias(part, target);
  if (former != nullptr && !former->is_own()) {
    Object all = *members;
    add_members(*former->defaults.get_if<Object>(), all);
    alias->target = former->target;
    alias->defaults = Value(Value::Data(std::move(all)));
  } else if (former != nullptr || is_class(target)) {
    alias->target = target;
    alias->defaults = std::move(defaults);
  } else {
    throw ConfigError("Cannot resolve " + python_repr(target));
  }
  push(std::move(alias));
}

void add_own(std::string_view name, OwnFactory<Formatter> make) {
  auto own = make_own(Part::formatter, name);
  own->formatter = shared(std::move(make));
  push(std::move(own));
}
void add_own(std::string_view name, OwnFactory<Filter> make) {
  auto own = make_own(Part::filter, name);
  own->filter = shared(std::move(make));
  push(std::move(own));
}
void add_own(std::string_view name, OwnFactory<Handler> make) {
  auto own = make_own(Part::handler, name);
  own->handler = shared(std::move(make));
  push(std::move(own));
}

std::shared_ptr<const OwnFactory<Formatter>> own_formatter(std::string_view name) {
  const Alias* const found = find_alias(Part::formatter, name);
  return found != nullptr ? found->formatter : nullptr;
}
std::shared_ptr<const OwnFactory<Filter>> own_filter(std::string_view name) {
  const Alias* const found = find_alias(Part::filter, name);
  return found != nullptr ? found->filter : nullptr;
}
std::shared_ptr<const OwnFactory<Handler>> own_handler(std::string_view name) {
  const Alias* const found = find_alias(Part::handler, name);
  return found != nullptr ? found->handler : nullptr;
}

std::optional<Aliased> without_alias(Part part, const Cursor& config) {
  const auto key = class_key(part, config);
  if (!key) return std::nullopt;
  const std::optional<std::string> name = name_at(config, *key);
  const Alias* const alias = name ? find_alias(part, *name) : nullptr;
  if (alias == nullptr || alias->is_own()) return std::nullopt;
  Object plain;
  for (const auto& [member, value] : config.object()) {
    plain.emplace_back(member, member == *key ? Value(Value::Data(alias->target)) : value);
  }
  Object defaults;
  for (const auto& [member, value] : *alias->defaults.get_if<Object>()) {
    if (!is_given(part, config, member)) defaults.emplace_back(member, value);
  }
  add_members(defaults, plain);
  return Aliased{*name, config.with(Value(Value::Data(std::move(plain))))};
}

}  // namespace xylem::config
