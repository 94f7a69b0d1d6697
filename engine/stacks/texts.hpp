#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "crash/dictionary.hpp"
#include "stacks/module.hpp"

/// The text of the frames of a stack, each worked out once.
///
/// A text is also put into the crash file, before the first line that has it is written: whoever
/// recovers the process shows the same text, even where the program has been replaced since.
namespace xylem::stacks {

/// Beyond so many, frames are shown as their module and address: a program does not log from more
/// places, and the texts are memory.
inline constexpr std::size_t max_frame_texts = std::size_t{1} << 14;

/// "  File \"/src/db.cpp\", line 42, in app::query(int)\n" of a frame, as Python lays it out. With
/// inlined calls more than one line, outermost first. Where only the symbol is known, the file is
/// the module's with the address in it, "/usr/bin/app+0x1234", and the line 0. Functions of the
/// engine's own headers are left out: where there are no others, the text is empty.
class FrameTexts {
 public:
  using FindModule = std::function<std::optional<Module>(std::uint64_t number)>;

  explicit FrameTexts(FindModule find_module) : find_module_{std::move(find_module)} {}

  std::string text_of(Word frame);

  /// A text that is known already.
  void add(Word frame, std::string_view text) { texts_.try_emplace(frame, text); }
  void describe_in(crash::Dictionary* dictionary);

 private:
  FindModule find_module_;
  std::unordered_map<Word, std::string> texts_;
  crash::Dictionary* dictionary_ = nullptr;
};

/// Of this process, or what the calling thread speaks for. Any thread.
std::string text_of_frame(Word frame);

/// Has the calling thread speak of the frames of another process, for a scope.
class AsFramesOf {
 public:
  explicit AsFramesOf(FrameTexts& texts);
  ~AsFramesOf();
  AsFramesOf(const AsFramesOf&) = delete;
  AsFramesOf& operator=(const AsFramesOf&) = delete;
};

/// Describes the texts of this process, known and to come, in a dictionary, with the modules.
/// Null: in none.
void describe_in(crash::Dictionary* dictionary);

/// Around fork(2): locks what is locked here, and the modules.
void lock();
void unlock();

}  // namespace xylem::stacks
