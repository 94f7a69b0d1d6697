#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "record/view.hpp"
#include "route/rewritten.hpp"

namespace xylem::route {

/// The record for which a filter that holds records back speaks: where it was logged, how
/// important it is.
struct HeldBack {
  std::string logger;
  int levelno = 0;
  std::string pathname;
  std::string function;
  std::uint32_t line = 0;
  std::uint64_t thread = 0;
  std::string thread_name;

  HeldBack() = default;
  explicit HeldBack(const record::View& view);
};

/// What a filter has to say of the records that it has held back. Goes where the one that it names
/// would have gone.
struct Note {
  HeldBack of;
  std::string message;
  std::string_view key;  // of the field that has `count`
  std::uint64_t count = 0;
};

/// The note as a record of that time.
void make_record(const Note& note, std::int64_t time_ns, Rewritten& into);

}  // namespace xylem::route
