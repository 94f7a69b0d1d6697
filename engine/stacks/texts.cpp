#include "stacks/texts.hpp"

#include <mutex>
#include <vector>

#include <fmt/format.h>

#include "record/stack_text.hpp"
#include "stacks/debug_info.hpp"

namespace xylem::stacks {
namespace {

/// Shared by all texts, because files are shared: those of a dead process are mostly this one's.
struct State {
  std::mutex mutex;
  DebugInfo debug_info;
  FrameTexts own{find_module};
};

State& state() {
  // Never destroyed: destructors of static objects may log.
  static State& instance = *new State;
  return instance;
}

constinit thread_local FrameTexts* t_spoken_for = nullptr;

/// What a call of the engine leaves in the function that logs, inlined or not.
bool is_of_the_engine(std::string_view function) {
  constexpr std::string_view result = "void ";  // of templates
  if (function.starts_with(result)) function.remove_prefix(result.size());
  return function.starts_with("xylem::detail::") || function.starts_with("xylem::Logger::") ||
         function.starts_with("xylem::BoundLogger::");
}

/// "app::query(int)", also of the part of it that the compiler has moved elsewhere.
std::string shown_function(const std::string& linked) {
  std::string name = record::demangled(linked.c_str());
  // The others where nothing is mangled, as in "main.cold".
  for (const std::string_view mark : {" [clone ", ".cold", ".part.", ".isra.", ".constprop."}) {
    name = name.substr(0, name.find(mark));
  }
  return name;
}

void add_line(std::string& out, std::string_view file, int line, std::string_view function) {
  fmt::format_to(std::back_inserter(out), "  File \"{}\", line {}, in {}\n", file, line,
                 function.empty() ? "??" : function);
}

std::string unknown_text(const std::optional<Module>& module, std::uint64_t address,
                         std::string_view function) {
  std::string out;
  if (module) {
    add_line(out, fmt::format("{}+{:#x}", module->path, address), 0, function);
  } else {
    add_line(out, "??", 0, fmt::format("{:#x}", address));
  }
  return out;
}

std::string make_text(const std::optional<Module>& module, std::uint64_t address) {
  const std::vector<Place> places =
      module ? state().debug_info.find(*module, address) : std::vector<Place>{};
  if (places.empty()) return unknown_text(module, address, {});
  std::string out;
  for (auto place = places.rbegin(); place != places.rend(); ++place) {
    const std::string function = shown_function(place->function);
    if (is_of_the_engine(function)) continue;
    if (place->file.empty()) {
      out += unknown_text(module, address, function);
    } else {
      add_line(out, place->file, place->line, function);
    }
  }
  return out;
}

}  // namespace

std::string FrameTexts::text_of(Word frame) {
  const auto found = texts_.find(frame);
  if (found != texts_.end()) return found->second;
  const std::optional<Module> module = find_module_(module_of(frame));
  if (texts_.size() >= max_frame_texts) return unknown_text(module, address_of(frame), {});
  const std::string& text = texts_[frame] = make_text(module, address_of(frame));
  if (dictionary_ != nullptr) dictionary_->add(crash::EntryKind::frame, frame, text);
  return text;
}

void FrameTexts::describe_in(crash::Dictionary* dictionary) {
  dictionary_ = dictionary;
  if (dictionary == nullptr) return;
  for (const auto& [frame, text] : texts_) dictionary->add(crash::EntryKind::frame, frame, text);
}

std::string text_of_frame(Word frame) {
  const std::lock_guard lock{state().mutex};
  FrameTexts& texts = t_spoken_for != nullptr ? *t_spoken_for : state().own;
  return texts.text_of(frame);
}

AsFramesOf::AsFramesOf(FrameTexts& texts) {
  t_spoken_for = &texts;
}
AsFramesOf::~AsFramesOf() {
  t_spoken_for = nullptr;
}

void describe_in(crash::Dictionary* dictionary) {
  describe_modules_in(dictionary);
  const std::lock_guard lock{state().mutex};
  state().own.describe_in(dictionary);
}

void lock() {
  state().mutex.lock();
  lock_modules();
}
void unlock() {
  unlock_modules();
  state().mutex.unlock();
}

}  // namespace xylem::stacks
