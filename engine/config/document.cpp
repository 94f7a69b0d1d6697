#include "config/document.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <unordered_map>
#include <utility>

#include <fcntl.h>
#include <simdjson.h>
#include <unistd.h>

#include <xylem/config.hpp>

#include "config/json_fault.hpp"
#include "config/json_number.hpp"
#include "config/python_text.hpp"

namespace xylem::config {
namespace {

namespace ondemand = simdjson::ondemand;

/// Far more than any configuration, and an end to what has none, such as /dev/zero.
constexpr std::size_t max_file_bytes = std::size_t{64} << 20;

/// What simdjson itself has no word for: a token or a depth it lets pass.
struct Refused {};

Value read_value(ondemand::value value, std::size_t depth);

/// On demand, simdjson looks at a token only when asked, and no further than its type.
std::string_view token_of(ondemand::value& value) {
  const std::string_view token = value.raw_json_token();
  return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

Object read_object(ondemand::object object, std::size_t depth) {
  if (depth >= max_depth) throw Refused{};
  Object members;
  std::unordered_map<std::string, std::size_t> places;
  for (auto field : object) {
    std::string key(std::string_view(field.unescaped_key()));
    Value value = read_value(field.value(), depth + 1);
    const auto [place, is_new] = places.try_emplace(key, members.size());
    if (is_new) {
      members.emplace_back(std::move(key), std::move(value));
    } else {
      members[place->second].second = std::move(value);
    }
  }
  return members;
}

List read_list(ondemand::array array, std::size_t depth) {
  if (depth >= max_depth) throw Refused{};
  List items;
  for (auto item : array) items.push_back(read_value(item.value(), depth + 1));
  return items;
}

Value read_number(ondemand::value& value) {
  const std::string_view token = token_of(value);
  if (number_length(token) != token.size()) throw Refused{};
  std::optional<Value> number = parse_number(token);
  if (!number) throw Refused{};
  return *std::move(number);
}

Value read_value(ondemand::value value, std::size_t depth) {
  switch (ondemand::json_type(value.type())) {
    case ondemand::json_type::object:
      return Value(Value::Data(read_object(value.get_object(), depth)));
    case ondemand::json_type::array:
      return Value(Value::Data(read_list(value.get_array(), depth)));
    case ondemand::json_type::string:
      return Value(Value::Data(std::string(std::string_view(value.get_string()))));
    case ondemand::json_type::number:
      return read_number(value);
    case ondemand::json_type::boolean:
      return Value(Value::Data(bool(value.get_bool())));
    case ondemand::json_type::null:
      if (token_of(value) != "null") throw Refused{};
      return Value();
  }
  throw Refused{};
}

/// Only an object can be a configuration, and simdjson treats a scalar at the top unlike any other.
bool begins_with_brace(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

}  // namespace

bool Value::truthy() const noexcept {
  struct Truth {
    bool operator()(std::nullptr_t) const { return false; }
    bool operator()(bool value) const { return value; }
    bool operator()(std::int64_t value) const { return value != 0; }
    bool operator()(const BigInteger&) const { return true; }
    bool operator()(double value) const { return value != 0; }
    bool operator()(const std::string& value) const { return !value.empty(); }
    bool operator()(const List& value) const { return !value.empty(); }
    bool operator()(const Object& value) const { return !value.empty(); }
  };
  return std::visit(Truth{}, data_);
}

const Value* Value::find(std::string_view key) const noexcept {
  const Object* members = get_if<Object>();
  if (members == nullptr) return nullptr;
  const auto member = std::find_if(members->begin(), members->end(),
                                   [key](const auto& entry) { return entry.first == key; });
  return member == members->end() ? nullptr : &member->second;
}

namespace {

/// The parser's own static objects end with the process, perhaps while another thread parses. So
/// the end waits for whoever is at it, and keeps whoever comes later.
class Parsing {
 public:
  Parsing() {
    running.fetch_add(1);
    if (!is_end) return;
    running.fetch_sub(1);
    while (true) pause();
  }
  ~Parsing() { running.fetch_sub(1); }
  Parsing(const Parsing&) = delete;
  Parsing& operator=(const Parsing&) = delete;

  /// Not for ever: in the child of a fork a thread that is not there may count as running.
  static void end() {
    constexpr timespec nap{0, 1'000'000};
    is_end = true;
    for (int naps = 0; running > 0 && naps < 100; ++naps) nanosleep(&nap, nullptr);
  }

 private:
  static constinit inline std::atomic<int> running{0};
  static constinit inline std::atomic<bool> is_end{false};
};

/// Before the end of the libraries that this one uses.
[[gnu::destructor]] void end_of_process() {
  Parsing::end();
}

}  // namespace

Value parse_document(std::string_view json_text, const std::string& source_name) {
  const Parsing parsing;
  std::string reason = "Expected an object at the top";
  if (begins_with_brace(json_text)) {
    try {
      ondemand::parser parser;
      const simdjson::padded_string padded(json_text);
      ondemand::document document = parser.iterate(padded);
      Object members = read_object(document.get_object(), 0);
      // The location of what comes after the end is the only error that is wanted.
      if (document.current_location().error() == simdjson::OUT_OF_BOUNDS)
        return Value(Value::Data(std::move(members)));
      reason = "Extra data";
    } catch (const simdjson::simdjson_error& error) {
      reason = error.what();
    } catch (const Refused&) {
      reason = "Invalid JSON";
    }
  }
  if (const auto fault = find_json_fault(json_text)) reason = describe_fault(*fault, json_text);
  throw ConfigError(reason, {}, source_name);
}

std::string read_file(const std::string& file) {
  const auto fail = [&file](int error) {
    throw ConfigError(
        "[Errno " + std::to_string(error) + "] " + std::strerror(error) + ": " + python_repr(file),
        {}, file);
  };
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail(errno);
  std::string content;
  std::array<char, 65536> buffer;
  ssize_t count = 0;
  int error = 0;
  do {
    count = ::read(descriptor, buffer.data(), buffer.size());
    if (count > 0) content.append(buffer.data(), static_cast<std::size_t>(count));
    if (count < 0 && errno != EINTR) error = errno;
  } while (count != 0 && error == 0 && content.size() <= max_file_bytes);
  ::close(descriptor);
  if (error != 0) fail(error);
  if (content.size() > max_file_bytes) throw ConfigError("The file is too large", {}, file);
  return content;
}

}  // namespace xylem::config
