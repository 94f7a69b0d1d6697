#include "format/tree_json.hpp"

#include <array>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "format/floating.hpp"
#include "format/program.hpp"
#include "format/python_text.hpp"
#include "format/tree_text.hpp"
#include "record/tree_reader.hpp"

namespace xylem::format {
namespace {

using record::TreeItem;
using record::TreeReader;
using record::TreeTag;

class Writer {
 public:
  Writer(std::string& out, TreeReader& reader, const JsonStyle& style)
      : out_{out}, reader_{reader}, style_{style} {}

  void value(const TreeItem& item) {
    switch (item.tag) {
      case TreeTag::null:
      case TreeTag::none:
      case TreeTag::monostate:
        out_ += "null";
        return;
      case TreeTag::no:
      case TreeTag::yes:
        out_ += item.tag == TreeTag::yes ? "true" : "false";
        return;
      case TreeTag::int64:
        return append(item.int64);
      case TreeTag::uint64:
        return append(item.uint64);
      case TreeTag::int128:
        return append(item.int128);
      case TreeTag::uint128:
        return append(item.uint128);
      case TreeTag::float64:
        return number(item.float64);
      case TreeTag::float32:
        return number(item.float32);
      case TreeTag::float_long:
        return number(static_cast<double>(item.float_long));
      case TreeTag::character:
      case TreeTag::text:
      case TreeTag::rendered:
        return quoted(item.text);
      case TreeTag::list:
      case TreeTag::set:
      case TreeTag::tuple:
        return array();
      case TreeTag::map:
        return map();
      case TreeTag::multimap:
        return pairs();
      case TreeTag::object:
        return object();
      case TreeTag::some:
      case TreeTag::variant:
        return only_part();
      case TreeTag::error:
      case TreeTag::place:
        return details(item);
      default:
        return quoted(text_of(item));
    }
  }

 private:
  template <typename T>
  void append(T number) {
    fmt::format_to(std::back_inserter(out_), "{}", number);
  }

  template <typename T>
  void number(T number) {
    if (!style_.quotes_non_numbers && !std::isfinite(number)) {
      out_ += std::isnan(number) ? "NaN" : number < 0 ? "-Infinity" : "Infinity";
      return;
    }
    std::array<char, max_floating_bytes + 64> text;
    out_.append(text.data(), write_json_number(text.data(), number));
  }

  void quoted(std::string_view text) {
    out_ += '"';
    out_ += styled(text, style_.ensure_ascii ? TextStyle::ascii : TextStyle::utf8);
    out_ += '"';
  }

  /// As a message shows it. Reads the parts.
  std::string text_of(const TreeItem& item) {
    fmt::memory_buffer text;
    const bool is_text = item.tag == TreeTag::text || item.tag == TreeTag::character;
    append_tree_text(text, reader_, item, {}, !is_text);
    return fmt::to_string(text);
  }

  void separate(bool& is_first) {
    if (!is_first) out_ += style_.item_separator;
    is_first = false;
  }

  void key(std::string_view text) {
    quoted(text);
    out_ += style_.key_separator;
  }

  void array() {
    out_ += '[';
    bool is_first = true;
    for (TreeItem item = reader_.next(); item.tag != TreeTag::close; item = reader_.next()) {
      separate(is_first);
      value(item);
    }
    out_ += ']';
  }

  /// Calls part(key) for each key, which reads the value; false ends the map early.
  template <typename F>
  void for_each_key(F&& part) {
    bool is_first = true;
    for (TreeItem item = reader_.next(); item.tag != TreeTag::close; item = reader_.next()) {
      separate(is_first);
      if (!part(item)) return;
    }
  }

  bool map_value() {
    const TreeItem item = reader_.next();
    value(item);
    return item.tag != TreeTag::close;
  }

  void map() {
    out_ += '{';
    for_each_key([this](const TreeItem& item) {
      key(text_of(item));
      if (item.tag != TreeTag::more) return map_value();
      out_ += "null";
      return true;
    });
    out_ += '}';
  }

  void pairs() {
    out_ += '[';
    for_each_key([this](const TreeItem& item) {
      if (item.tag == TreeTag::more) return value(item), true;
      out_ += '[';
      value(item);
      out_ += style_.item_separator;
      const bool goes_on = map_value();
      out_ += ']';
      return goes_on;
    });
    out_ += ']';
  }

  void object() {
    out_ += '{';
    for_each_key([this](const TreeItem& item) {
      if (item.tag == TreeTag::member) return key(item.text), map_value();
      key("...");
      value(item);
      return true;
    });
    out_ += '}';
  }

  /// Of an optional or a variant: there is one, unless the tree is none.
  void only_part() {
    TreeItem item = reader_.next();
    if (item.tag == TreeTag::close) return quoted("...");
    value(item);
    const std::size_t end = out_.size();
    for (item = reader_.next(); item.tag != TreeTag::close; item = reader_.next()) value(item);
    out_.resize(end);
  }

  void details(const TreeItem& item) {
    const bool is_error = item.tag == TreeTag::error;
    out_ += '{';
    key(is_error ? "category" : "file");
    quoted(item.text);
    out_ += style_.item_separator;
    key(is_error ? "value" : "line");
    append(item.int64);
    out_ += style_.item_separator;
    key(is_error ? "message" : "function");
    quoted(item.second);
    out_ += '}';
  }

  std::string& out_;
  TreeReader& reader_;
  const JsonStyle& style_;
};

}  // namespace

void append_tree_json(std::string& out, std::string_view bytes, const JsonStyle& style) {
  TreeReader reader{bytes};
  const TreeItem item = reader.next();
  Writer{out, reader, style}.value(item);
}

record::Value value_of_tree(std::string_view bytes, std::string& scratch) {
  std::string json;
  append_tree_json(json, bytes, normal_json);
  std::string text;
  const record::Value value = value_of_json(json, text);
  switch (value.type) {
    case record::Value::Type::json:
      scratch = value.text;
      return record::Value::of_json(scratch);
    case record::Value::Type::text:
      scratch = std::move(text);
      return record::Value::of(std::string_view{scratch});
    default:
      return value;
  }
}

}  // namespace xylem::format
