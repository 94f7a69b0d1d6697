#include "route/held_back.hpp"

#include <fmt/format.h>

#include "route/elapsed.hpp"

namespace xylem::route {

void HeldBackCount::add(const record::View& view) {
  if (count_ == 0) since_ns_ = view.time_ns;
  if (count_++ == 0 || view.levelno() > most_important_.levelno) most_important_ = HeldBack{view};
}

void HeldBackCount::add(HeldBack of, std::uint64_t count, std::int64_t time_ns) {
  if (count_ == 0) since_ns_ = time_ns;
  if (count_ == 0 || of.levelno > most_important_.levelno) most_important_ = std::move(of);
  count_ += count;
}

std::optional<Note> HeldBackCount::take_note(std::int64_t now_ns, bool is_end) {
  if (count_ == 0 || (!is_end && elapsed_ns(since_ns_, now_ns) < period_ns_)) return std::nullopt;
  const std::uint64_t count = std::exchange(count_, 0);
  return Note{
      most_important_,
      fmt::format("{} record{} held back by filter '{}'", count, count == 1 ? "" : "s", filter_),
      "held_back", count};
}

}  // namespace xylem::route
