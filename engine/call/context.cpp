#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include <xylem/context.hpp>
#include <xylem/detail/producer.hpp>

#include "drain/engine.hpp"

namespace xylem {
namespace detail {

constinit thread_local CurrentContext t_context{};

/// A Context in the chain of those of its thread. Only that thread reads and changes the chain; it
/// is apart from the Context, which may end elsewhere.
struct ContextNode {
  Members own;                     // the fields that it adds
  bool stands_alone;               // those around it do not count
  Members shown;                   // what records carry while it is the innermost
  ContextNode* outer;              // null: none
  Atomic<std::uint32_t> users{2};  // the Context and the chain
};

}  // namespace detail

namespace {

using detail::ContextNode;
using detail::Members;
using detail::t_context;

/// Makes those of the innermost context the fields of the thread's records from now on.
void show_innermost() {
  const ContextNode* const innermost = t_context.innermost;
  detail::MembersBlock* const shown = innermost != nullptr ? innermost->shown.block() : nullptr;
  Members::keep(shown);
  t_context.has_changed = true;
  // The thread's next record takes the slow way, which puts the fields in front of it.
  detail::t_producer.end.store_relaxed(0);
  Members::drop(std::exchange(t_context.members, shown));
}

Members fields_of(const ContextNode& node) {
  Members all = node.own;
  for (const ContextNode* at = &node; !at->stands_alone && at->outer != nullptr;) {
    at = at->outer;
    if (at->own.block() == nullptr) continue;
    all = all.block() != nullptr ? detail::merged(all, at->own) : at->own;
  }
  return all;
}

/// One inside another that has ended.
void renew(ContextNode& node) noexcept {
  try {
    node.shown = fields_of(node);
  } catch (const std::bad_alloc&) {
    node.shown = node.own;  // too few fields rather than those of what has ended
  }
}

/// Takes a context out of the thread's chain; false when it is not there.
bool unlink(const ContextNode& node) noexcept {
  ContextNode** at = &t_context.innermost;
  while (*at != nullptr && *at != &node) at = &(*at)->outer;
  if (*at == nullptr) return false;
  *at = node.outer;
  for (ContextNode* inside = t_context.innermost; inside != node.outer; inside = inside->outer) {
    renew(*inside);
  }
  show_innermost();
  return true;
}

/// The Context itself is gone.
bool has_ended(const ContextNode& node) {
  return node.users.load_seq_cst() == 1;
}

const ContextNode* find_ended() {
  const ContextNode* at = t_context.innermost;
  while (at != nullptr && !has_ended(*at)) at = at->outer;
  return at;
}

/// For the Context or the chain; true when the other is gone already.
bool is_last_user(ContextNode& node) {
  return node.users.fetch_add_seq_cst(-1U) == 1;
}

}  // namespace

bool detail::has_ended_contexts() noexcept {
  return find_ended() != nullptr;
}

void detail::drop_ended_contexts() noexcept {
  while (const ContextNode* const ended = find_ended()) {
    unlink(*ended);
    delete ended;
  }
}

void detail::leave_contexts() noexcept {
  ContextNode* at = std::exchange(t_context.innermost, nullptr);
  while (at != nullptr) {
    ContextNode* const outer = at->outer;
    if (is_last_user(*at)) delete at;
    at = outer;
  }
  show_innermost();
}

Context::Context(detail::Members added, bool stands_alone) {
  detail::drop_ended_contexts();
  ContextNode* const outer = t_context.innermost;
  const bool adds = !stands_alone && outer != nullptr && outer->shown.block() != nullptr;
  Members shown = adds ? detail::merged(added, outer->shown) : added;
  node_ = new ContextNode{std::move(added), stands_alone, std::move(shown), outer};
  t_context.innermost = node_;
  show_innermost();
}

Context::~Context() {
  if (unlink(*node_) || is_last_user(*node_)) {
    delete node_;
    return;
  }
  // Its thread finds that out at its next record, which may come at any time.
  drain::Engine::instance().exchange().recall_threads();
}

Context::Captured Context::capture() noexcept {
  detail::drop_ended_contexts();
  Members::keep(t_context.members);
  return Captured{Members{t_context.members}};
}

}  // namespace xylem
