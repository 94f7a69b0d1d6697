#pragma once

// Log calls of any shape: a format string, arguments, and the message that libfmt makes of them.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/args.h>
#include <fmt/format.h>

#include <xylem/detail/tree.hpp>

#include "format/tree_text.hpp"
#include "record_support.hpp"

namespace record_test {

using Random = std::mt19937_64;

template <typename T, std::size_t N>
const T& pick(Random& random, const T (&from)[N]) {
  return from[random() % N];
}

inline std::string random_text(Random& random) {
  static constexpr std::string_view pieces[] = {
      "a",        "word",         " ",
      "\"",       "\\",           "\n",
      "\x01",     "\x7f",         "\xff",
      "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
      "\xf0\x9f", "{}",           "0123456789abcdef0123456789abcdef0123456789abcdef"};
  std::string text;
  for (std::uint64_t n = random() % 4 == 0 ? random() % 60 : random() % 5; n > 0; --n) {
    text += pick(random, pieces);
  }
  if (random() % 16 == 0) text += '\0';
  return text;
}

inline std::int64_t random_int(Random& random) {
  static constexpr std::int64_t edges[] = {0, 1, -1, 9, 10, -100, INT64_MAX, INT64_MIN};
  if (random() % 3 == 0) return pick(random, edges);
  return static_cast<std::int64_t>(random()) >> random() % 64;
}

inline double random_real(Random& random) {
  static constexpr double edges[] = {0.0,
                                     -0.0,
                                     1.0,
                                     0.1,
                                     -2.5,
                                     1e15,
                                     1e16,
                                     9007199254740993.0,
                                     1e22,
                                     1e-5,
                                     1e-4,
                                     5e-324,
                                     1.7976931348623157e308,
                                     INFINITY,
                                     -INFINITY,
                                     NAN};
  if (random() % 2 == 0) return pick(random, edges);
  return std::ldexp(static_cast<double>(random_int(random)),
                    static_cast<int>(random() % 200) - 100);
}

/// What a call writes for a random value; now and then cut, or with a byte that is another.
inline std::string random_tree(Random& random) {
  using xylem::detail::TreeTag;
  xylem::detail::CallBuffer buffer{xylem::detail::max_tree_bytes};
  xylem::detail::TreeWriter writer{buffer};
  const auto leaf = [&] {
    const std::string text = random_text(random);
    switch (random() % 8) {
      case 0:
        return writer.put_number(TreeTag::int64, random_int(random));
      case 1:
        return writer.put_number(TreeTag::float64, random_real(random));
      case 2:
        return writer.put(TreeTag::none);
      case 3:
        return writer.put_number(TreeTag::address, random());
      case 4:
        return writer.put_pair(TreeTag::error, 7, text, text);
      case 5: {
        const std::int64_t count = random_int(random);
        const std::int64_t periods[] = {1, 1000, 60, 1'000'000'000, 7};
        return writer.put_ratio(random() % 2 == 0 ? TreeTag::time : TreeTag::duration, &count,
                                pick(random, periods), pick(random, periods));
      }
      default:
        return writer.put(TreeTag::text, text);
    }
  };
  int depth = 0;
  for (std::uint64_t n = random() % 20; n > 0; --n) {
    static constexpr TreeTag tags[] = {TreeTag::list,    TreeTag::set,  TreeTag::map,
                                       TreeTag::tuple,   TreeTag::some, TreeTag::variant,
                                       TreeTag::multimap};
    const std::int16_t numbers[] = {1, -2, 3};
    switch (random() % 6) {
      case 0:
        depth += writer.open(pick(random, tags)) ? 1 : 0;
        break;
      case 1:
        depth += writer.open_object("T") ? 1 : 0;
        break;
      case 2:
        writer.put_run(xylem::detail::RunType::i16, 2, numbers, random() % 4);
        break;
      case 3:
        if (depth > 0) writer.close(), --depth;
        break;
      case 4:
        writer.put(TreeTag::member, random_text(random));
        [[fallthrough]];
      default:
        leaf();
    }
  }
  for (; depth > 0 && random() % 8 != 0; --depth) writer.close();
  std::string bytes{buffer.view()};
  if (!bytes.empty() && random() % 4 == 0) bytes.resize(random() % bytes.size());
  // Not an integer beyond 64 bits, which simdjson takes for a fault.
  if (!bytes.empty() && random() % 4 == 0) {
    bytes[random() % bytes.size()] = static_cast<char>(random() % 40);
    std::replace(bytes.begin(), bytes.end(), static_cast<char>(TreeTag::int128), 'x');
    std::replace(bytes.begin(), bytes.end(), static_cast<char>(TreeTag::uint128), 'x');
  }
  return bytes;
}

inline Arg random_arg(Random& random) {
  static constexpr std::string_view values[] = {"null",
                                                "[1,2.5,true]",
                                                R"({"a": {"b": [1e15, -0.0]}, "\u00e9": "x"})",
                                                "\"\xc3\xa9\\n\"",
                                                "123456789",
                                                "[1e5,1e6,1e7,1e8,1e9,1e15]"};
  switch (random() % 14) {
    case 0:
      return arg(random_int(random));
    case 11:
      return arg(static_cast<std::int32_t>(random_int(random)));
    case 12:
      return arg(static_cast<std::uint32_t>(random() >> random() % 64));
    case 1:
      return arg(random() >> random() % 64);
    case 2:
      return arg(random_real(random));
    case 3:
      return arg(static_cast<float>(random_real(random)));
    case 4:
      return arg(random() % 2 == 0);
    case 5:
      return arg(static_cast<char>(random()));
    case 6:
      return arg(nullptr);
    case 7:
      return arg(random() >> random() % 64, Kind::pointer);
    case 8:
      return arg(random_text(random), Kind::rendered);
    case 9:
      return arg(std::string{pick(random, values)}, Kind::json);
    case 10:
      return arg(random_tree(random), Kind::structured);
    default:
      return arg(random_text(random));
  }
}

/// What libfmt makes of a specification and one argument.
inline std::string formatted(const std::string& spec, const Arg& a) {
  fmt::dynamic_format_arg_store<fmt::format_context> store;
  switch (a.kind) {
    case Kind::int64:
      store.push_back(a.int64);
      break;
    case Kind::uint64:
      store.push_back(a.uint64);
      break;
    case Kind::int32:
      store.push_back(a.int32);
      break;
    case Kind::uint32:
      store.push_back(a.uint32);
      break;
    case Kind::float64:
      store.push_back(a.float64);
      break;
    case Kind::float32:
      store.push_back(a.float32);
      break;
    case Kind::boolean:
      store.push_back(a.boolean);
      break;
    case Kind::character:
      store.push_back(a.character);
      break;
    case Kind::pointer:
      store.push_back(reinterpret_cast<const void*>(a.uint64));  // NOLINT
      break;
    case Kind::null:
      store.push_back(static_cast<const void*>(nullptr));
      break;
    case Kind::structured:
      store.push_back(xylem::format::TreeArgument{a.text});
      break;
    default:
      if (a.kind == Kind::rendered) return a.text;
      store.push_back(a.text);
  }
  return fmt::vformat("{" + spec + "}", store);
}

inline std::string random_spec(Random& random, Kind kind) {
  static constexpr std::string_view any[] = {"", "", "", ":>8", ":*^12", ":<3"};
  static constexpr std::string_view integer[] = {":x", ":#010x", ":+d", ":08", ":o", ":b"};
  static constexpr std::string_view real[] = {":.3f", ":e", ":+.0f", ":012.4g", ":.17g"};
  static constexpr std::string_view text[] = {":.3", ":>10.2", ":s"};
  if (random() % 2 == 0) return std::string{pick(random, any)};
  switch (kind) {
    case Kind::int64:
    case Kind::uint64:
    case Kind::int32:
    case Kind::uint32:
      return std::string{pick(random, integer)};
    case Kind::float64:
    case Kind::float32:
      return std::string{pick(random, real)};
    case Kind::string:
    case Kind::json:
      return std::string{pick(random, text)};
    default:
      return {};
  }
}

/// A call: its format string, and what its message must be for given arguments.
class Call {
 public:
  explicit Call(Random& random) : numbered_{random() % 3 == 0} {
    static constexpr std::string_view literals[] = {"",
                                                    " ",
                                                    "user ",
                                                    "\xc3\xa9=",
                                                    "\"quoted\" \\ ",
                                                    "tab\t",
                                                    "\x1b[1m",
                                                    "a longer piece of text, ",
                                                    "\n"};
    for (std::uint64_t n = random() % 5; n > 0; --n) add_positional(random);
    for (std::uint64_t n = random() % 4; n > 0; --n) add_field(random);
    literal(pick(random, literals));
    for (std::size_t i = 0; i < positional_.size(); ++i) {
      const std::size_t index = numbered_ ? random() % positional_.size() : i;
      replacement(random, numbered_ ? std::to_string(index) : "", positional_[index]);
      literal(pick(random, literals));
      if (random() % 8 == 0) brace(random() % 2 == 0 ? '{' : '}');
    }
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (!args[i].is_field || random() % 2 == 0 || index_of(args[i].key) != i) continue;
      replacement(random, args[i].key, i);
      literal(pick(random, literals));
    }
    if (random() % 8 == 0) literal("{nobody}");
    if (random() % 5 == 0)
      args.push_back(arg("Traceback:\n  " + random_text(random) + ".", Kind::exception));
  }

  /// Other values of the same types.
  void change_values(Random& random) {
    for (Arg& a : args) {
      Arg other = random_arg(random);
      while (other.kind != a.kind && a.kind != Kind::exception) other = random_arg(random);
      if (a.kind == Kind::exception) {
        a.text = "Traceback:\n  " + random_text(random) + ".";
        continue;
      }
      other.is_field = a.is_field;
      other.key = a.key;
      a = other;
    }
  }

  std::string message() const {
    std::string text;
    for (const Part& part : parts_) {
      text += part.literal;
      if (!part.has_argument) continue;
      try {
        text += formatted(part.spec, args[part.argument]);
      } catch (const fmt::format_error&) {  // a sign for an unsigned number
        text += part.source;
      }
    }
    return text;
  }

  std::vector<Arg> args;
  std::string format;

 private:
  struct Part {
    std::string literal;
    bool has_argument = false;
    std::size_t argument = 0;
    std::string spec{};
    std::string source{};
  };

  void add_positional(Random& random) {
    positional_.push_back(args.size());
    args.push_back(random_arg(random));
  }

  void add_field(Random& random) {
    static constexpr std::string_view keys[] = {"user_id", "x",       "y",        "caf\xc3\xa9",
                                                "a b",     "message", "levelname"};
    args.push_back(random_arg(random).named(std::string{pick(random, keys)}));
  }

  std::size_t index_of(std::string_view key) const {
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (args[i].is_field && args[i].key == key) return i;
    }
    return args.size();
  }

  void literal(std::string_view text) {
    format += text;
    parts_.push_back({std::string{text}});
  }

  void brace(char c) {
    format.append(2, c);
    parts_.push_back({std::string(1, c)});
  }

  void replacement(Random& random, const std::string& id, std::size_t argument) {
    const std::string spec = random_spec(random, args[argument].kind);
    const std::string source = "{" + id + spec + "}";
    format += source;
    parts_.push_back({"", true, argument, spec, source});
  }

  bool numbered_;
  std::vector<std::size_t> positional_;
  std::vector<Part> parts_;
};

}  // namespace record_test
