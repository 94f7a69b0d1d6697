#include "format/tree_text.hpp"

#include "format/tree_time.hpp"

namespace xylem::format {
namespace {

using record::TreeItem;
using record::TreeReader;
using record::TreeTag;

class Printer {
 public:
  Printer(fmt::memory_buffer& out, TreeReader& reader) : out_{out}, reader_{reader} {}

  void value(const TreeItem& item, std::string_view spec, bool is_part) {
    switch (item.tag) {
      case TreeTag::no:
      case TreeTag::yes:
        return put(item.tag == TreeTag::yes, spec);
      case TreeTag::character:
        return is_part && spec.empty() ? put(item.text[0], "?") : put(item.text[0], spec);
      case TreeTag::int64:
        return put(item.int64, spec);
      case TreeTag::uint64:
        return put(item.uint64, spec);
      case TreeTag::float64:
        return put(item.float64, spec);
      case TreeTag::float32:
        return put(item.float32, spec);
      case TreeTag::int128:
        return put(item.int128, spec);
      case TreeTag::uint128:
        return put(item.uint128, spec);
      case TreeTag::float_long:
        return put(item.float_long, spec);
      case TreeTag::null:
      case TreeTag::address:
        // The address of another process perhaps: it is only ever printed.
        return put(reinterpret_cast<const void*>(item.uint64), spec);  // NOLINT
      case TreeTag::text:
        return put(item.text, is_part && spec.empty() ? "?" : spec);
      case TreeTag::error:
        return put(fmt::format("{} ({}:{})", item.second, item.text, item.int64), spec);
      case TreeTag::place:
        return put(fmt::format("{}:{} ({})", item.text, item.int64, item.second), spec);
      case TreeTag::duration:
      case TreeTag::duration_float:
      case TreeTag::time:
        return out_.append(spec.empty() ? text_of_time(item) : text_of_time(item, spec));
      case TreeTag::list:
      case TreeTag::set:
        return range(item.tag, spec);
      case TreeTag::some:
        return spec.empty() ? parts("optional(", ")", {}, true) : parts("", "", spec, false);
      case TreeTag::none:
        out_.append(std::string_view{"none"});
        return;
      default:
        if (!spec.empty()) throw fmt::format_error{"this type takes no format specification"};
        return compound(item);
    }
  }

 private:
  template <typename T>
  void put(const T& value, std::string_view spec) {
    if (spec.empty()) {
      fmt::format_to(std::back_inserter(out_), "{}", value);
    } else {
      const std::string field = "{:" + std::string{spec} + "}";
      fmt::vformat_to(std::back_inserter(out_), field, fmt::make_format_args(value));
    }
  }
  void text(std::string_view text) { out_.append(text); }

  void compound(const TreeItem& item) {
    switch (item.tag) {
      case TreeTag::rendered:
        return text(item.text);
      case TreeTag::monostate:
        return text("monostate");
      case TreeTag::tuple:
        return parts("(", ")", {}, true);
      case TreeTag::variant:
        return parts("variant(", ")", {}, true);
      case TreeTag::map:
      case TreeTag::multimap:
        return map();
      case TreeTag::object:
        return object(item.text);
      default:
        return text("...");
    }
  }

  void range(TreeTag tag, std::string_view spec) {
    const bool is_bare = spec.starts_with('n');
    if (is_bare) spec.remove_prefix(1);
    if (!spec.empty() && spec.front() != ':') throw fmt::format_error{"invalid format"};
    if (!spec.empty()) spec.remove_prefix(1);
    const bool is_set = tag == TreeTag::set;
    parts(is_bare ? "" : is_set ? "{" : "[", is_bare ? "" : is_set ? "}" : "]", spec, true);
  }

  void parts(std::string_view begin, std::string_view end, std::string_view spec, bool are_parts) {
    text(begin);
    bool is_first = true;
    for (TreeItem item = reader_.next(); item.tag != TreeTag::close; item = reader_.next()) {
      if (!is_first) text(", ");
      is_first = false;
      value(item, item.tag == TreeTag::more ? std::string_view{} : spec, are_parts);
    }
    text(end);
  }

  void map() {
    text("{");
    bool is_first = true;
    for (TreeItem key = reader_.next(); key.tag != TreeTag::close; key = reader_.next()) {
      if (!is_first) text(", ");
      is_first = false;
      value(key, {}, true);
      if (key.tag == TreeTag::more) continue;
      text(": ");
      const TreeItem item = reader_.next();
      value(item, {}, true);
      if (item.tag == TreeTag::close) break;
    }
    text("}");
  }

  void object(std::string_view name) {
    text(name);
    text("{");
    bool is_first = true;
    for (TreeItem item = reader_.next(); item.tag != TreeTag::close; item = reader_.next()) {
      if (!is_first) text(", ");
      is_first = false;
      if (item.tag == TreeTag::member) {
        text(item.text);
        text(": ");
        item = reader_.next();
      }
      value(item, {}, true);
      if (item.tag == TreeTag::close) break;
    }
    text("}");
  }

  fmt::memory_buffer& out_;
  TreeReader& reader_;
};

}  // namespace

void append_tree_text(fmt::memory_buffer& out, TreeReader& reader, const TreeItem& item,
                      std::string_view spec, bool is_part) {
  Printer{out, reader}.value(item, spec, is_part);
}

void append_tree_text(fmt::memory_buffer& out, std::string_view bytes, std::string_view spec) {
  TreeReader reader{bytes};
  const TreeItem item = reader.next();
  append_tree_text(out, reader, item, spec, false);
}

}  // namespace xylem::format
