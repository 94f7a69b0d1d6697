#include "config/yaml.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <xylem/config.hpp>

#include "config/json_fault.hpp"
#include "config/python_text.hpp"
#include "config/yaml_scalar.hpp"
#include "format/utf8.hpp"

namespace xylem::config {
namespace {

/// Far more than any configuration; the parser takes a second for so much.
constexpr std::size_t max_text_bytes = std::size_t{4} << 20;

/// What aliases may copy altogether, so that nine lines cannot ask for a billion values.
constexpr std::size_t max_copied_bytes = std::size_t{16} << 20;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Members in the order of Python's dict: a repeated key keeps its first place.
class Members {
 public:
  void set(std::string key, Value value) {
    const auto [place, is_new] = places_.try_emplace(key, members_.size());
    if (is_new) {
      members_.emplace_back(std::move(key), std::move(value));
    } else {
      members_[place->second].second = std::move(value);
    }
  }

  void set_all(Object members) {
    for (auto& member : members) set(std::move(member.first), std::move(member.second));
  }

  Object take() { return std::move(members_); }

 private:
  Object members_;
  std::unordered_map<std::string, std::size_t> places_;
};

/// How much a value takes, and how deep it nests; 0 for what contains nothing.
struct Extent {
  std::size_t bytes = sizeof(Value);
  std::size_t height = 0;

  void contain(const Extent& inner) {
    bytes += inner.bytes;
    height = std::max(height, inner.height + 1);
  }
};

Extent extent_of(const Value& value) {
  Extent extent;
  if (const auto* text = value.get_if<std::string>()) extent.bytes += text->size();
  if (const List* list = value.get_if<List>()) {
    extent.height = 1;
    for (const Value& item : *list) extent.contain(extent_of(item));
  }
  if (const Object* members = value.get_if<Object>()) {
    extent.height = 1;
    for (const auto& [key, member] : *members) {
      extent.bytes += key.size();
      extent.contain(extent_of(member));
    }
  }
  return extent;
}

/// The tags of YAML 1.1, without their common prefix.
constexpr std::string_view standard_prefix = "tag:yaml.org,2002:";

/// What PyYAML constructs and JSON has no counterpart for.
constexpr std::array<std::string_view, 5> python_only = {"binary", "omap", "pairs", "set",
                                                         "timestamp"};

/// The parser makes the bytes 85 and A0 of "\N" and "\_", without the one that UTF-8 has in front
/// of them. The file is UTF-8, so no other byte can stand alone.
std::string mended(const std::string& text) {
  std::string out;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    const format::Utf8Unit unit = format::decode_utf8(at, end);
    if (!unit.valid) out += '\xC2';
    out.append(at, unit.length);
    at += unit.length;
  }
  return out;
}

/// Events of the parser become a value. By hand instead of YAML::Node, which forgets the order of
/// a repeated key and whether a scalar stood in quotes.
class Builder : public YAML::EventHandler {
 public:
  /// Null for a text without a document.
  Value take() { return std::move(document_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (has_document_) fail(mark, "expected a single document in the stream");
    has_document_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, anchor, Value());
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) fail(mark, "found unconstructable recursive node");
    const Extent extent = extent_of(found->second);
    charge(mark, extent);
    check_depth(mark, open_.size() + extent.height);
    add(mark, YAML::NullAnchor, found->second);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& parsed) override {
    const std::string text = mended(parsed);
    const YamlTag kind = kind_of_scalar(mark, tag, text);
    if (kind == YamlTag::merge && expects_key()) {
      open_.back().key = Key{{}, true};
      return;
    }
    // "=" was a default value once; as a key it is the string.
    const bool is_text = kind == YamlTag::value && expects_key();
    try {
      add(mark, anchor, construct_scalar(is_text ? YamlTag::string : kind, text));
    } catch (const BadScalar& error) {
      fail(mark, error.what());
    }
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, "seq");
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, "map");
  }
  void OnMapEnd() override { close(); }

 private:
  struct Key {
    std::string text;
    bool is_merge = false;
  };

  /// A list or an object that is not at its end.
  struct Open {
    YAML::Mark mark;
    YAML::anchor_t anchor = YAML::NullAnchor;
    bool is_map = false;
    List items;
    Members members;
    std::optional<Key> key;
    /// What "<<" names, in the order in which it counts: the last of equal keys wins.
    std::vector<Object> merged;
  };

  [[noreturn]] static void fail(const YAML::Mark& mark, std::string message) {
    throw JsonFault{std::move(message), static_cast<std::size_t>(std::max(mark.pos, 0))};
  }

  static void check_depth(const YAML::Mark& mark, std::size_t depth) {
    if (depth <= max_depth) return;
    fail(mark, "Nested deeper than " + std::to_string(max_depth) + " levels");
  }

  void charge(const YAML::Mark& mark, const Extent& extent) {
    copied_bytes_ += extent.bytes;
    if (copied_bytes_ > max_copied_bytes) fail(mark, "Aliases copy more than is sensible");
  }

  [[noreturn]] static void refuse_tag(const YAML::Mark& mark, std::string_view tag) {
    const std::string_view name =
        tag.substr(tag.starts_with(standard_prefix) ? standard_prefix.size() : 0);
    if (std::find(python_only.begin(), python_only.end(), name) != python_only.end()) {
      fail(mark, "!!" + std::string(name) + " is not available: JSON has nothing like it");
    }
    fail(mark, "could not determine a constructor for the tag " + python_repr(tag));
  }

  /// The parser gives "?" to what is plain and has no tag, "!" to what stands in quotes.
  static YamlTag kind_of_scalar(const YAML::Mark& mark, std::string_view tag,
                                std::string_view text) {
    if (tag == "?") return resolve_plain(text);
    if (tag == "!") return YamlTag::string;
    static constexpr std::array<std::pair<std::string_view, YamlTag>, 5> kinds = {{
        {"str", YamlTag::string},
        {"null", YamlTag::null},
        {"bool", YamlTag::boolean},
        {"int", YamlTag::integer},
        {"float", YamlTag::floating},
    }};
    for (const auto& [name, kind] : kinds) {
      if (tag.starts_with(standard_prefix) && tag.substr(standard_prefix.size()) == name) {
        return kind;
      }
    }
    refuse_tag(mark, tag);
  }

  bool expects_key() const { return !open_.empty() && open_.back().is_map && !open_.back().key; }

  void open(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor,
            std::string_view kind) {
    const bool is_plain = tag.empty() || tag == "?" || tag == "!";
    if (!is_plain && tag != std::string(standard_prefix).append(kind)) refuse_tag(mark, tag);
    check_depth(mark, open_.size() + 1);
    // Python's dict can have no dict or list for a key.
    if (expects_key()) fail(mark, "found unhashable key");
    Open container;
    container.mark = mark;
    container.anchor = anchor;
    container.is_map = kind == "map";
    open_.push_back(std::move(container));
  }

  void close() {
    Open container = std::move(open_.back());
    open_.pop_back();
    if (!container.is_map) {
      return add(container.mark, container.anchor, Value(Value::Data(std::move(container.items))));
    }
    Object members = container.members.take();
    if (!container.merged.empty()) {
      // Merged members come first, and the mapping's own win.
      Members all;
      for (Object& merged : container.merged) all.set_all(std::move(merged));
      all.set_all(std::move(members));
      members = all.take();
    }
    add(container.mark, container.anchor, Value(Value::Data(std::move(members))));
  }

  void add(const YAML::Mark& mark, YAML::anchor_t anchor, Value value) {
    if (anchor != YAML::NullAnchor) {
      charge(mark, extent_of(value));
      anchored_.insert_or_assign(anchor, value);
    }
    if (open_.empty()) {
      document_ = std::move(value);
      return;
    }
    Open& container = open_.back();
    if (!container.is_map) {
      container.items.push_back(std::move(value));
    } else if (!container.key) {
      container.key = Key{key_text(mark, value), false};
    } else {
      const Key key = *std::move(container.key);
      container.key.reset();
      if (key.is_merge) {
        merge(mark, container, value);
      } else {
        container.members.set(key.text, std::move(value));
      }
    }
  }

  /// What json.dumps makes of a key.
  static std::string key_text(const YAML::Mark& mark, const Value& key) {
    if (const auto* text = key.get_if<std::string>()) return *text;
    if (key.get_if<List>() != nullptr || key.get_if<Object>() != nullptr) {
      fail(mark, "found unhashable key");
    }
    if (key.is_null()) return "null";
    if (const bool* flag = key.get_if<bool>()) return *flag ? "true" : "false";
    return python_repr(key);
  }

  static void merge(const YAML::Mark& mark, Open& container, const Value& value) {
    const auto refuse = [&mark](const Value& found, std::string_view wanted) {
      const std::string_view kind = found.get_if<List>() != nullptr ? "sequence" : "scalar";
      fail(mark, fmt::format("expected a {} for merging, but found {}", wanted, kind));
    };
    if (const Object* members = value.get_if<Object>()) {
      container.merged.push_back(*members);
      return;
    }
    const List* list = value.get_if<List>();
    if (list == nullptr) refuse(value, "mapping or list of mappings");
    // The first of a list wins, so it comes last.
    for (auto item = list->rbegin(); item != list->rend(); ++item) {
      if (item->get_if<Object>() == nullptr) refuse(*item, "mapping");
      container.merged.push_back(*item->get_if<Object>());
    }
  }

  Value document_;
  bool has_document_ = false;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Value> anchored_;
  std::size_t copied_bytes_ = 0;
};

/// What YAML lets stand in a text, by its production c-printable. The parser takes more, and U+0004
/// for the end.
bool is_allowed(std::uint32_t code_point) {
  return code_point == '\t' || code_point == '\n' || code_point == '\r' || code_point == 0x85 ||
         (code_point >= 0x20 && code_point < 0x7F) ||
         (code_point >= 0xA0 && code_point <= 0xFFFD) || code_point >= 0x10000;
}

void check_characters(std::string_view text) {
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    const format::Utf8Unit unit = format::decode_utf8(at, end);
    const auto offset = static_cast<std::size_t>(at - text.data());
    if (!unit.valid) throw JsonFault{"Invalid UTF-8", offset};
    if (!is_allowed(unit.code_point)) {
      throw JsonFault{fmt::format("unacceptable character #x{:04x}: special characters are not "
                                  "allowed",
                                  unit.code_point),
                      offset};
    }
    at += unit.length;
  }
}

/// The most frequent mistake of all, `format: %(message)s`, deserves more than "unknown token".
std::string message_of(const YAML::Exception& error, std::string_view text) {
  const auto offset = static_cast<std::size_t>(std::max(error.mark.pos, 0));
  if (error.msg != YAML::ErrorMsg::UNKNOWN_TOKEN || offset >= text.size()) return error.msg;
  const char* const at = text.data() + offset;
  const unsigned length = format::decode_utf8(at, text.data() + text.size()).length;
  return "found character " + python_repr(std::string_view(at, length)) +
         " that cannot start any token";
}

/// @throws JsonFault
Value build(std::string_view text) {
  check_characters(text);
  std::istringstream in{std::string(text)};
  Builder builder;
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    throw JsonFault{message_of(error, text), static_cast<std::size_t>(std::max(error.mark.pos, 0))};
  }
  Value document = builder.take();
  if (document.get_if<Object>() == nullptr) throw JsonFault{"Expected a mapping at the top", 0};
  return document;
}

bool ends_in(std::string_view text, std::string_view end) noexcept {
  return text.size() >= end.size() &&
         std::equal(end.begin(), end.end(), text.end() - static_cast<std::ptrdiff_t>(end.size()),
                    [](char wanted, char c) {
                      return wanted == (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
                    });
}

}  // namespace

bool is_yaml_name(std::string_view file) noexcept {
  return ends_in(file, ".yaml") || ends_in(file, ".yml");
}

Value parse_yaml(std::string_view text, const std::string& source_name) {
  if (text.size() > max_text_bytes) throw ConfigError("The file is too large", {}, source_name);
  // A mark of the byte order is no character: columns are counted without it.
  const std::string_view content =
      text.substr(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
  try {
    return build(content);
  } catch (const JsonFault& fault) {
    const JsonFault within{fault.message, std::min(fault.offset, content.size())};
    throw ConfigError(describe_fault(within, content), {}, source_name);
  }
}

Value parse_source(std::string_view text, const std::string& source_name) {
  return is_yaml_name(source_name) ? parse_yaml(text, source_name)
                                   : parse_document(text, source_name);
}

}  // namespace xylem::config
