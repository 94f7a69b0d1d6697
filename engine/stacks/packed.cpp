#include "stacks/packed.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include <fmt/format.h>

#include "record/payload.hpp"
#include "record/stack_text.hpp"
#include "stacks/texts.hpp"

namespace xylem::stacks {
namespace {

// No text begins like these, so a text that is not packed stands for itself.
constexpr char text_piece = '\1';
constexpr char type_piece = '\2';
constexpr char frames_piece = '\3';
constexpr char call_frames_piece = '\4';

/// Python shows a line as often as this before it only counts.
constexpr std::size_t shown_repetitions = 3;

std::string place_of(const record::Site& site) {
  return fmt::format("  File \"{}\", line {}, in {}\n", site.pathname, site.line, site.function);
}

Word word_at(std::string_view words, std::size_t index) {
  Word word = 0;
  std::memcpy(&word, words.data() + index * sizeof word, sizeof word);
  return word;
}

/// What is not known of the innermost frame the call has said.
std::string innermost_text(Word frame, const record::Site* site) {
  std::string text = text_of_frame(frame);
  const bool lacks_line = text.find("\", line 0, in ") != std::string::npos;
  return lacks_line && site != nullptr ? place_of(*site) : text;
}

/// The first that is not of the engine; the number of all when there is none.
std::size_t innermost_of(std::string_view words) {
  const std::size_t count = words.size() / sizeof(Word);
  std::size_t at = 0;
  while (at < count && text_of_frame(word_at(words, at)).empty()) ++at;
  return at;
}

void add_repetitions(std::string& out, std::size_t times) {
  if (times <= shown_repetitions) return;
  const std::size_t more = times - shown_repetitions;
  fmt::format_to(std::back_inserter(out), "  [Previous line repeated {} more time{}]\n", more,
                 more == 1 ? "" : "s");
}

/// What the C library calls main() and threads by: it tells nothing of the program.
bool is_of_the_start(std::string_view text) {
  constexpr std::string_view marks[] = {", in _start\n",   ", in __libc_start_", ", in clone3\n",
                                        ", in __clone3\n", ", in start_thread",  "/libc.so.6+"};
  return std::any_of(std::begin(marks), std::end(marks), [text](std::string_view mark) {
    return text.find(mark) != std::string_view::npos;
  });
}

/// `site` for a stack that begins at the call.
void add_frames(std::string& out, std::string_view words, const record::Site* site) {
  const std::size_t innermost = innermost_of(words);
  std::string former;
  std::size_t times = 0;
  for (std::size_t i = words.size() / sizeof(Word); i-- > innermost;) {
    const Word word = word_at(words, i);
    if (word == more_frames) {
      out += "  [Earlier calls left out]\n";
      continue;
    }
    std::string text = i == innermost ? innermost_text(word, site) : text_of_frame(word);
    if (text.empty()) continue;  // of the engine, between two others
    if (former.empty() && i > innermost && is_of_the_start(text)) continue;
    if (text == former) {
      if (++times <= shown_repetitions) out += text;
      continue;
    }
    add_repetitions(out, times);
    out += text;
    former = std::move(text);
    times = 1;
  }
  add_repetitions(out, times);
  if (former.empty() && site != nullptr) out += place_of(*site);
}

bool add_piece(std::string& out, char what, std::string_view bytes, const record::Site& site) {
  switch (what) {
    case text_piece:
      out += bytes;
      return true;
    case type_piece:
      out += record::demangled_type(std::string{bytes}.c_str());
      return true;
    case frames_piece:
      add_frames(out, bytes, nullptr);
      return true;
    case call_frames_piece:
      add_frames(out, bytes, &site);
      return true;
    default:
      return false;
  }
}

void append(std::vector<std::byte>& to, const void* data, std::size_t bytes) {
  const auto* const begin = static_cast<const std::byte*>(data);
  to.insert(to.end(), begin, begin + bytes);
}

}  // namespace

Packed& Packed::put(char what, std::string_view bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  bytes_ += what;
  bytes_.append(reinterpret_cast<const char*>(&size), sizeof size).append(bytes);
  return *this;
}

Packed& Packed::text(std::string_view text) {
  return put(text_piece, text);
}
Packed& Packed::type(std::string_view name) {
  return put(type_piece, name);
}
Packed& Packed::frames(const Word* words, std::size_t count) {
  return put(frames_piece, {reinterpret_cast<const char*>(words), count * sizeof *words});
}
Packed& Packed::frames_from_call(const Word* words, std::size_t count) {
  return put(call_frames_piece, {reinterpret_cast<const char*>(words), count * sizeof *words});
}

std::string stack_text(std::string_view words) {
  std::string out{"Stack (most recent call last):\n"};
  add_frames(out, words, nullptr);
  out.pop_back();  // as Python leaves the last line's end off
  return out;
}

std::string unpacked(std::string_view bytes, const record::Site& site) {
  std::string out;
  constexpr std::size_t prefix = 1 + sizeof(std::uint32_t);
  for (std::string_view rest = bytes; !rest.empty();) {
    if (rest.size() < prefix) return std::string{bytes};
    std::uint32_t size = 0;
    std::memcpy(&size, rest.data() + 1, sizeof size);
    if (size > rest.size() - prefix) return std::string{bytes};
    if (!add_piece(out, rest[0], rest.substr(prefix, size), site)) return std::string{bytes};
    rest.remove_prefix(prefix + size);
  }
  return out;
}

const std::byte* unpack_payload(const record::Site& site, const std::byte* payload,
                                std::vector<std::byte>& room) {
  room.clear();
  append(room, payload, site.fixed_bytes);
  const std::byte* tail = payload + site.fixed_bytes;
  for (const record::Argument& argument : site.arguments) {
    if (!detail::has_tail(argument.kind)) continue;
    const auto size = record::load<std::uint32_t>(payload + argument.offset);
    if (!argument.is_trace()) {
      append(room, tail, size);
    } else {
      const std::string_view bytes{reinterpret_cast<const char*>(tail), size};
      const std::string text =
          argument.kind == record::Kind::stack ? stack_text(bytes) : unpacked(bytes, site);
      const auto text_size = static_cast<std::uint32_t>(text.size());
      std::memcpy(room.data() + argument.offset, &text_size, sizeof text_size);
      append(room, text.data(), text.size());
    }
    tail += size;
  }
  return room.data();
}

}  // namespace xylem::stacks
