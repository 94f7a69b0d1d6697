#include "format/message.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "format/percent.hpp"
#include "format/tree_text.hpp"
#include "record/payload.hpp"

namespace xylem::format {
namespace {

using record::Argument;
using record::Kind;
using record::Site;

/// Rewrites one replacement field at a time in terms of the site's arguments.
class Parser {
 public:
  explicit Parser(const Site& site) : site_{site} {
    for (std::size_t i = 0; i < site.arguments.size(); ++i) {
      if (site.arguments[i].is_positional()) positional_.push_back(static_cast<int>(i));
    }
  }

  std::vector<Segment> parse() {
    const std::string_view format = site_.format;
    Segment segment;
    for (std::size_t i = 0; i < format.size(); ++i) {
      const char c = format[i];
      const bool doubled = i + 1 < format.size() && format[i + 1] == c;
      if ((c == '{' || c == '}') && doubled) {
        segment.text += c;
        ++i;
      } else if (c == '{' && parse_field(format, i, segment)) {
        segments_.push_back(std::move(segment));
        segment = {};
      } else {
        segment.text += c;
      }
    }
    if (!segment.text.empty()) segments_.push_back(std::move(segment));
    return std::move(segments_);
  }

 private:
  /// At the '{' of format[i]: fills in the segment's argument and moves i to the closing brace.
  bool parse_field(std::string_view format, std::size_t& i, Segment& segment) {
    std::size_t end = i + 1;
    const int argument = parse_id(format, end);
    if (argument == Segment::none || end >= format.size()) return false;
    std::string spec;
    std::vector<int> sizes;
    if (format[end] == ':' && !parse_spec(format, end, spec, sizes)) return false;
    if (end >= format.size() || format[end] != '}') return false;
    segment.argument = argument;
    segment.sizes = std::move(sizes);
    segment.source = format.substr(i, end - i + 1);
    // The call has applied the specification of what it rendered itself.
    const bool applied = site_.arguments[static_cast<std::size_t>(argument)].kind == Kind::rendered;
    if (!spec.empty() && !applied) segment.spec = "{" + std::to_string(argument) + spec + "}";
    i = end;
    return true;
  }

  /// An empty, numeric or named id at format[at]; none when there is no such argument.
  int parse_id(std::string_view format, std::size_t& at) {
    const std::size_t begin = at;
    while (at < format.size() && format[at] != ':' && format[at] != '}' && format[at] != '{') ++at;
    const std::string_view id = format.substr(begin, at - begin);
    if (id.empty()) return positional(next_++);
    if (std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) {
      return id.size() > 6 ? Segment::none : positional(std::stoul(std::string{id}));
    }
    for (std::size_t i = 0; i < site_.arguments.size(); ++i) {
      if (site_.arguments[i].is_field && site_.arguments[i].key == id) return static_cast<int>(i);
    }
    return Segment::none;
  }

  /// ":>{}" with the ids of nested fields replaced.
  bool parse_spec(std::string_view format, std::size_t& at, std::string& spec,
                  std::vector<int>& sizes) {
    int number = 0;
    while (at < format.size() && format[at] != '}') {
      const char c = format[at];
      number = c >= '0' && c <= '9' ? number * 10 + (c - '0') : 0;
      if (number > max_width) return false;
      if (c != '{') {
        spec += c;
        ++at;
        continue;
      }
      ++at;
      const int argument = parse_id(format, at);
      if (argument == Segment::none || at >= format.size() || format[at] != '}') return false;
      spec += "{" + std::to_string(argument) + "}";
      sizes.push_back(argument);
      ++at;
    }
    return true;
  }

  int positional(std::size_t index) const {
    return index < positional_.size() ? positional_[index] : Segment::none;
  }

  const Site& site_;
  std::vector<int> positional_;
  std::vector<Segment> segments_;
  std::size_t next_ = 0;
};

/// Whether the line that the sizes ask for is one that somebody can mean.
bool has_sane_sizes(const fmt::format_args& arguments, const std::vector<int>& sizes) {
  return std::all_of(sizes.begin(), sizes.end(), [&arguments](int index) {
    return fmt::visit_format_arg(
        [](auto size) {
          using Size = decltype(size);
          if constexpr (std::is_integral_v<Size>) return size <= static_cast<Size>(max_width);
          return true;  // libfmt refuses it
        },
        arguments.get(index));
  });
}

/// What `{}` shows of most arguments, without libfmt; false for the others.
bool append_plain(std::string& out, const Argument& argument, const record::Value& value) {
  switch (value.type) {
    case record::Value::Type::text:
    case record::Value::Type::json:
      if (argument.kind == Kind::character) return false;
      out += value.text;
      return true;
    case record::Value::Type::int64:
      out += std::string_view{fmt::format_int{value.int64}.c_str()};
      return true;
    case record::Value::Type::uint64:
      out += std::string_view{fmt::format_int{value.uint64}.c_str()};
      return true;
    default:
      return false;
  }
}

}  // namespace

std::vector<Segment> parse_message(const Site& site) {
  return Parser{site}.parse();
}

void FmtArguments::assign(const Site& site, const std::byte* payload) {
  const std::size_t count = site.arguments.size();
  store_.clear();
  texts_.assign(count, {});
  starts_.assign(count, nullptr);
  record::find_tails(site, payload, starts_.data());
  for (std::size_t i = 0; i < count; ++i) {
    const Argument& argument = site.arguments[i];
    const record::Value value = record::read_argument(argument, payload, starts_[i]);
    switch (value.type) {
      case record::Value::Type::boolean:
        store_.push_back(value.boolean);
        break;
      case record::Value::Type::int64:
        store_.push_back(value.int64);
        break;
      case record::Value::Type::uint64:
        store_.push_back(value.uint64);
        break;
      case record::Value::Type::float64:
        store_.push_back(value.float64);
        break;
      case record::Value::Type::float32:
        store_.push_back(value.float32);
        break;
      case record::Value::Type::pointer:
        // The address of another process perhaps: it is only ever printed.
        store_.push_back(reinterpret_cast<const void*>(value.uint64));  // NOLINT
        break;
      case record::Value::Type::null:
      case record::Value::Type::absent:
        store_.push_back(static_cast<const void*>(nullptr));
        break;
      case record::Value::Type::structured:
        store_.push_back(TreeArgument{value.text});
        break;
      case record::Value::Type::text:
      case record::Value::Type::json:
        texts_[i] = {value.text.data(), value.text.size()};
        if (argument.kind == Kind::character) {
          store_.push_back(value.text[0]);
        } else {
          store_.push_back(std::cref(texts_[i]));  // by reference: no copy, no allocation
        }
        break;
    }
  }
}

void FmtArguments::format(fmt::memory_buffer& out, const Segment& segment) const {
  if (!has_sane_sizes(store_, segment.sizes)) {
    out.append(segment.source);
    return;
  }
  const std::size_t size = out.size();
  try {
    fmt::vformat_to(std::back_inserter(out), segment.spec, store_);
  } catch (const fmt::format_error&) {
    out.resize(size);
    out.append(segment.source);
  }
}

Message::Message(const Site& site) {
  for (Segment& segment : parse_message(site)) {
    const bool is_plain = segment.spec.empty();
    if (is_plain) segment.spec = "{" + std::to_string(segment.argument) + "}";
    parts_.push_back({std::move(segment), is_plain});
  }
}

void Message::append(std::string& out, const record::View& view) {
  const Site& site = *view.site;
  starts_.assign(site.arguments.size(), nullptr);
  record::find_tails(site, view.payload, starts_.data());
  bool is_assigned = false;
  for (const Part& part : parts_) {
    out += part.segment.text;
    if (part.segment.argument == Segment::none) continue;
    const auto index = static_cast<std::size_t>(part.segment.argument);
    const Argument& argument = site.arguments[index];
    const record::Value value = record::read_argument(argument, view.payload, starts_[index]);
    if (part.is_plain && append_plain(out, argument, value)) continue;
    if (!std::exchange(is_assigned, true)) arguments_.assign(site, view.payload);
    buffer_.clear();
    arguments_.format(buffer_, part.segment);
    out.append(buffer_.data(), buffer_.size());
  }
}

std::string render_message(const record::View& view) {
  if (view.foreign != nullptr) return std::string{view.foreign->message};
  std::string message;
  Message{*view.site}.append(message, view);
  return message;
}

record::Value read_any(Attribute attribute, const record::View& view, std::string& scratch) {
  const auto or_none = [](record::Value value) {
    return value.type == record::Value::Type::absent ? record::Value::none() : value;
  };
  switch (attribute) {
    case Attribute::message:
      scratch = render_message(view);
      return record::Value::of(std::string_view{scratch});
    case Attribute::exc_info:
    case Attribute::exc_text:
      return or_none(read_exception(view));
    case Attribute::stack_info:
      return or_none(read_stack(view));
    default:
      return read_attribute(attribute, view, scratch);
  }
}

}  // namespace xylem::format
