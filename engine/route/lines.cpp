// Records for which handlers have no template: those made elsewhere, whose level only they know,
// and what filters have made of others.
#include <algorithm>
#include <exception>
#include <optional>

#include "record/level_names.hpp"
#include "record/payload.hpp"
#include "record/stack_text.hpp"
#include "route/router.hpp"

namespace xylem::route {
namespace {

/// What the handler writes for any record. Throws what the formatter throws.
std::string line_of(const Handler& handler, const record::View& view) {
  std::string line;
  if (handler.opening) {
    const bool is_named = view.foreign != nullptr && view.foreign->levelname;
    line = is_named ? handler.opening(view.foreign->levelname->value_or("None"))
                    : handler.opening(record::level_name(view.levelno()));
  }
  handler.formatter->format(line, view);
  return line += handler.terminator;
}

/// When a record was logged: if it was made elsewhere as it says, if the calendar has that.
std::int64_t logged_ns(const record::View& view) {
  constexpr double most_s = 9e9;
  const std::optional<double> created_s =
      view.foreign != nullptr ? view.foreign->created : std::nullopt;
  if (!created_s || !(*created_s > -most_s && *created_s < most_s)) return view.time_ns;
  return static_cast<std::int64_t>(*created_s * 1e9);
}

}  // namespace

Parcel Router::pack_line(const Handler& handler, const record::View& view, std::uint64_t number) {
  Parcel parcel{&handler, nullptr, {}, false, {}};
  if (handler.memory) {
    parcel.memory = &memory_of(handler);
    parcel.parcels = pack_lines_behind(handler, view, number);
    return parcel;
  }
  try {
    parcel.line = line_of(handler, view);
  } catch (const format::FormatError& error) {
    report_once(handler, error.what());
    parcel.is_unformattable = true;
  }
  return parcel;
}

std::vector<Parcel> Router::pack_lines_behind(const Handler& memory, const record::View& view,
                                              std::uint64_t number) {
  std::vector<Parcel> parcels;
  for (const Leaf& leaf : Tree::leaves_behind(memory)) {
    if (!leaf.takes(view.logger, view.levelno())) continue;
    const record::View* const last =
        follow(*leaf.handler, leaf.filters_that_see_records(), view, number);
    if (last != nullptr) parcels.push_back(pack_line(*leaf.handler, *last, number));
  }
  return parcels;
}

/// A record for which the handler has no template.
void Router::deliver_line(const Handler& handler, const record::View& view, std::uint64_t number) {
  try {
    if (handler.memory) {
      memory_of(handler).take(number, view.levelno(), pack_lines_behind(handler, view, number),
                              {number, logged_ns(view)});
      return;
    }
    const std::string line = line_of(handler, view);
    handler.sink->note_time(logged_ns(view));
    char* const at = handler.sink->reserve(line.size());
    handler.sink->commit(std::copy(line.begin(), line.end(), at), number);
  } catch (const std::exception& error) {
    fail(handler, number, error.what());
  }
}

/// False when it cannot be read.
bool Router::unpack_foreign(record::View& view, record::Foreign& foreign, std::string& stack,
                            std::uint64_t number) {
  const char* packed = nullptr;
  record::find_tails(*view.site, view.payload, &packed);
  const auto bytes = record::load<std::uint32_t>(view.payload);
  if (!record::unpack({packed, bytes}, foreign)) {
    // What cannot be read belongs to no handler; some sink has to count it.
    sinks_.front()->give_up(number);
    return false;
  }
  if (!foreign.raw_stack.empty()) {
    stack = record::demangled_stack(foreign.raw_stack);
    foreign.stack_info = stack;
  }
  view.foreign = &foreign;
  return true;
}

void Router::deliver_foreign(const Route& route, const RawRecord& raw, record::View view,
                             std::uint64_t number) {
  record::Foreign foreign;
  std::string stack;
  if (!unpack_foreign(view, foreign, stack, number)) return;
  const Tree& tree = *route.tree;
  const std::size_t first = first_recorder(route);
  const auto recorder = tree.recorder_of(view.logger, view.levelno());
  if (recorder) keep(first + *recorder, raw, *view.site, number);
  std::vector<std::size_t> fired = tree.recorders_fired_by(view.logger, view.levelno());
  for (std::size_t& one : fired) one += first;
  fire(fired, {number, logged_ns(view)});
  begin_special();
  if (!tree.logger_passes(view.logger, view.levelno())) return;
  std::vector<Leaf> at_once;
  const std::vector<Leaf>* leaves = &at_once;
  if (recorder) {
    at_once = tree.leaves_at_once(view.logger);
    if (at_once.empty()) return;
  } else {
    const auto [known, is_new] = leaves_.try_emplace(route.logger);
    if (is_new) known->second = tree.leaves(view.logger);
    leaves = &known->second;
  }
  const record::View* const passed = pass_logger(route.filters, view, number);
  if (passed == nullptr) return;
  for (const Leaf& leaf : *leaves) {
    if (!leaf.takes(view.logger, view.levelno())) continue;
    const record::View* const last =
        follow(*leaf.handler, leaf.filters_that_see_records(), *passed, number);
    if (last != nullptr) deliver_line(*leaf.handler, *last, number);
  }
}

void Router::deliver_foreign_recorded(const Tree& tree, record::View view, std::uint64_t number,
                                      Present present) {
  record::Foreign foreign;
  std::string stack;
  if (!unpack_foreign(view, foreign, stack, number)) return;
  if (!tree.logger_passes(view.logger, view.levelno())) return;
  const record::View* const passed =
      pass_logger(tree.filters_that_see_records(view.logger), view, number);
  if (passed == nullptr) return;
  for (const Leaf& leaf : tree.leaves_at_last(view.logger)) {
    if (!leaf.takes(view.logger, view.levelno())) continue;
    const record::View* const last =
        follow(*leaf.handler, leaf.filters_that_see_records(), *passed, number);
    if (last == nullptr) continue;
    try {
      Parcel parcel = pack_line(*leaf.handler, *last, number);
      hand_on(parcel, number, view.levelno(), present);
    } catch (const std::exception& error) {
      fail(*leaf.handler, number, error.what());
    }
  }
}

}  // namespace xylem::route
