// What filters tell of the records that they have held back.
#include <algorithm>
#include <exception>

#include "route/router.hpp"

namespace xylem::route {

void Router::find_tellers() {
  tellers_.clear();
  for (const auto& [engine, tree] : forest_.trees()) find_tellers_of(*tree);
  if (forest_.trees().empty()) find_tellers_of(*forest_.tree(0));
}

void Router::find_tellers_of(const Tree& tree) {
  for (const auto& [name, node] : tree.nodes()) add_tellers(tree, node.filters, nullptr, name);
  for (const auto& handler : tree.handlers) add_tellers_of(tree, *handler);
  for (const auto& handler : tree.left) add_tellers_of(tree, *handler);
}

void Router::add_tellers_of(const Tree& tree, const Handler& handler) {
  add_tellers(tree, handler.filters, &handler, {});
  for (const auto& member : handler.members) add_tellers_of(tree, *member);
}

void Router::add_tellers(const Tree& tree, const Filters& filters, const Handler* handler,
                         const std::string& logger) {
  for (const auto& filter : filters) {
    if (filter->tells() && find_teller(*filter) == nullptr) {
      tellers_.push_back({filter.get(), &filters, &tree, handler, logger});
    }
  }
}

const Router::Teller* Router::find_teller(const Filter& filter) const {
  const auto found =
      std::find_if(tellers_.begin(), tellers_.end(),
                   [&filter](const Teller& teller) { return teller.filter == &filter; });
  return found == tellers_.end() ? nullptr : &*found;
}

bool Router::tell_due(std::int64_t now_ns, bool is_end, std::uint64_t number) {
  begin_special();
  bool has_told = false;
  for (const Teller& teller : tellers_) {
    has_told = tell(*teller.filter, now_ns, is_end, number) || has_told;
  }
  return has_told;
}

bool Router::tell(const Filter& filter, std::int64_t now_ns, bool is_end, std::uint64_t number) {
  const Teller* const teller = find_teller(filter);
  if (teller == nullptr) return false;
  const std::optional<Note> note = filter.take_note(now_ns, is_end);
  if (!note) return false;
  Rewritten& made = next_rewritten();
  make_record(*note, now_ns, made);
  deliver_note(*teller, made.view, number);
  return true;
}

/// To all that stands behind the filter. A memory on the way to it holds lines, not records: it is
/// passed by.
void Router::deliver_note(const Teller& teller, const record::View& view, std::uint64_t number) {
  const std::vector<Leaf> leaves = teller.handler != nullptr ? Tree::leaves_from(*teller.handler)
                                                             : teller.tree->leaves(teller.logger);
  for (const Leaf& leaf : leaves) {
    if (!leaf.takes(view.logger, view.levelno())) continue;
    try {
      const record::View* at = pass(*teller.place, view, number, teller.filter);
      if (at == nullptr) return;
      std::vector<const Filters*> way = leaf.filters_that_see_records();
      if (teller.handler != nullptr) way.erase(way.begin());
      at = follow(*leaf.handler, way, *at, number);
      if (at != nullptr) deliver_line(*leaf.handler, *at, number);
    } catch (const std::exception& error) {
      fail(*leaf.handler, number, error.what());
    }
  }
}

}  // namespace xylem::route
