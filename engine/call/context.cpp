#include <utility>

#include <xylem/context.hpp>
#include <xylem/detail/producer.hpp>

namespace xylem {

constinit thread_local detail::CurrentContext detail::t_context{};

detail::MembersBlock* detail::exchange_context(MembersBlock* members) noexcept {
  t_context.has_changed = true;
  // The thread's next record takes the slow way, which puts the fields in front of it.
  t_producer.end.store_relaxed(0);
  return std::exchange(t_context.members, members);
}

detail::Members Context::begin(const detail::Members& added) {
  const Captured outer = capture();
  return outer.members_.block() != nullptr ? detail::merged(added, outer.members_) : added;
}

Context::Context(detail::Members members) noexcept : members_{std::move(members)} {
  detail::Members::keep(members_.block());
  outer_ = detail::Members{detail::exchange_context(members_.block())};
}

Context::~Context() {
  if (detail::t_context.members != members_.block()) return;
  detail::Members::keep(outer_.block());
  detail::Members::drop(detail::exchange_context(outer_.block()));
}

Context::Captured Context::capture() noexcept {
  detail::Members::keep(detail::t_context.members);
  return Captured{detail::Members{detail::t_context.members}};
}

}  // namespace xylem
