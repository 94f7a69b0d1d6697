#include "record/foreign.hpp"

#include <cstring>
#include <type_traits>

namespace xylem::record {
namespace {

enum class Tag : unsigned char {
  levelno,
  message,
  levelname,
  created,
  msecs,
  relative_created,
  module,
  filename,
  pathname,
  func_name,
  lineno,
  thread,
  thread_name,
  process,
  process_name,
  task_name,
  exc_text,
  stack_info,
  extra_key,
  extra_value,
  raw_stack,
};

/// Calls visit(tag, member) for each optional attribute, so that packing and
/// unpacking cannot disagree on the list.
template <typename A, typename F>
void for_each_optional(A& a, F&& visit) {
  visit(Tag::levelname, a.levelname);
  visit(Tag::created, a.created);
  visit(Tag::msecs, a.msecs);
  visit(Tag::relative_created, a.relative_created);
  visit(Tag::module, a.module);
  visit(Tag::filename, a.filename);
  visit(Tag::pathname, a.pathname);
  visit(Tag::func_name, a.func_name);
  visit(Tag::lineno, a.lineno);
  visit(Tag::thread, a.thread);
  visit(Tag::thread_name, a.thread_name);
  visit(Tag::process, a.process);
  visit(Tag::process_name, a.process_name);
  visit(Tag::task_name, a.task_name);
  visit(Tag::exc_text, a.exc_text);
  visit(Tag::stack_info, a.stack_info);
}

template <typename T>
inline constexpr bool is_optional = false;
template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// Set in the tag of an attribute that is None.
constexpr unsigned char none_bit = 0x80;

void put(std::string& to, Tag tag, std::string_view bytes, unsigned char bits = 0) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  to += static_cast<char>(static_cast<unsigned char>(tag) | bits);
  to.append(reinterpret_cast<const char*>(&size), sizeof size);
  to.append(bytes);
}

template <typename T>
void put_value(std::string& to, Tag tag, const T& value) {
  if constexpr (std::is_arithmetic_v<T>) {
    put(to, tag, {reinterpret_cast<const char*>(&value), sizeof value});
  } else {
    put(to, tag, value);
  }
}

template <typename T>
void put_value(std::string& to, Tag tag, const std::optional<T>& value) {
  if (value) {
    put_value(to, tag, *value);
  } else {
    put(to, tag, {}, none_bit);
  }
}

template <typename T>
bool get_value(std::string_view bytes, T& value) {
  if constexpr (std::is_arithmetic_v<T>) {
    if (bytes.size() != sizeof value) return false;
    std::memcpy(&value, bytes.data(), sizeof value);
  } else {
    value = bytes;
  }
  return true;
}

template <typename T>
bool get_value(std::string_view bytes, std::optional<T>& value) {
  return get_value(bytes, value.emplace());
}

bool set_none(Foreign& into, Tag tag) {
  bool known = false;
  for_each_optional(into, [&]<typename T>(Tag candidate, std::optional<T>& member) {
    if constexpr (is_optional<T>) {
      if (candidate != tag) return;
      member.emplace(std::nullopt);
      known = true;
    }
  });
  return known;
}

bool accept(Foreign& into, Tag tag, std::string_view bytes) {
  switch (tag) {
    case Tag::levelno:
      return get_value(bytes, into.levelno);
    case Tag::message:
      return get_value(bytes, into.message);
    case Tag::raw_stack:
      return get_value(bytes, into.raw_stack);
    case Tag::extra_key:
      into.extras.push_back({bytes, "null"});
      return true;
    case Tag::extra_value:
      if (into.extras.empty()) return false;
      into.extras.back().json = bytes;
      return true;
    default:
      break;
  }
  bool known = false;
  for_each_optional(into, [&](Tag candidate, auto& member) {
    if (candidate == tag) known = get_value(bytes, member.emplace());
  });
  return known;
}

}  // namespace

std::string pack(const Record& record) {
  std::string packed;
  put_value(packed, Tag::levelno, record.levelno);
  put_value(packed, Tag::message, record.message);
  for_each_optional(record, [&packed](Tag tag, const auto& member) {
    if (member) put_value(packed, tag, *member);
  });
  for (const Record::Extra& extra : record.extras) {
    put_value(packed, Tag::extra_key, extra.key);
    put_value(packed, Tag::extra_value, extra.json);
  }
  return packed;
}

void Packer::levelno(int levelno) {
  put(static_cast<unsigned char>(Tag::levelno), &levelno, sizeof levelno);
}
void Packer::message(std::string_view text) {
  put(static_cast<unsigned char>(Tag::message), text.data(), text.size());
}
void Packer::thread(std::uint64_t id) {
  put(static_cast<unsigned char>(Tag::thread), &id, sizeof id);
}
void Packer::thread_name(std::string_view name) {
  put(static_cast<unsigned char>(Tag::thread_name), name.data(), name.size());
}
void Packer::raw_stack(std::string_view trace) {
  put(static_cast<unsigned char>(Tag::raw_stack), trace.data(), trace.size());
}
void Packer::extra(std::string_view key, std::string_view json) {
  put(static_cast<unsigned char>(Tag::extra_key), key.data(), key.size());
  put(static_cast<unsigned char>(Tag::extra_value), json.data(), json.size());
}

void Packer::put(unsigned char tag, const void* data, std::size_t bytes) {
  const auto size = static_cast<std::uint32_t>(bytes);
  if (1 + sizeof size + bytes > memory_.size() - bytes_) return;
  std::byte* const at = memory_.data() + bytes_;
  std::memcpy(at, &tag, 1);
  std::memcpy(at + 1, &size, sizeof size);
  if (bytes != 0) std::memcpy(at + 1 + sizeof size, data, bytes);
  bytes_ += 1 + sizeof size + bytes;
}

bool unpack(std::string_view packed, Foreign& into) {
  constexpr std::size_t prefix = 1 + sizeof(std::uint32_t);
  while (!packed.empty()) {
    if (packed.size() < prefix) return false;
    std::uint32_t size = 0;
    std::memcpy(&size, packed.data() + 1, sizeof size);
    if (size > packed.size() - prefix) return false;
    const auto byte = static_cast<unsigned char>(packed[0]);
    const bool is_none = (byte & none_bit) != 0;
    const auto tag = static_cast<Tag>(byte & ~none_bit);
    if (is_none && size != 0) return false;
    if (!(is_none ? set_none(into, tag) : accept(into, tag, packed.substr(prefix, size)))) {
      return false;
    }
    packed.remove_prefix(prefix + size);
  }
  return true;
}

}  // namespace xylem::record
