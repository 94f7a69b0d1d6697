#include "route/empty_exceptions.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "record/payload.hpp"

namespace xylem::route {
namespace {

/// Kernels read whole vectors.
constexpr std::size_t slack_bytes = 256;

bool is_empty_exception(const record::View& view, const record::Argument& argument) {
  return argument.kind == record::Kind::exception &&
         record::load<std::uint32_t>(view.payload + argument.offset) == 0;
}

std::size_t payload_bytes(const record::View& view) {
  std::size_t bytes = view.site->fixed_bytes;
  for (const record::Argument& argument : view.site->arguments) {
    if (!detail::has_tail(argument.kind)) continue;
    bytes += record::load<std::uint32_t>(view.payload + argument.offset);
  }
  return bytes;
}

}  // namespace

bool leave_out_empty_exceptions(const record::View& view, Rewritten& into) {
  const auto& arguments = view.site->arguments;
  const auto is_left_out = [&view](const record::Argument& argument) {
    return is_empty_exception(view, argument);
  };
  if (std::none_of(arguments.begin(), arguments.end(), is_left_out)) return false;
  into.site = *view.site;
  record::clear_arguments(into.site);
  into.payload.clear();
  for (const record::Argument& argument : arguments) {
    if (is_left_out(argument)) continue;
    record::add_argument(into.site, argument.kind, argument.is_field, argument.key);
    const std::byte* const fixed = view.payload + argument.offset;
    into.payload.insert(into.payload.end(), fixed, fixed + detail::fixed_bytes(argument.kind));
  }
  // What is left out has no bytes there.
  into.payload.insert(into.payload.end(), view.payload + view.site->fixed_bytes,
                      view.payload + payload_bytes(view));
  into.payload.resize(into.payload.size() + slack_bytes);
  into.view = view;
  into.view.site = &into.site;
  into.view.payload = into.payload.data();
  return true;
}

}  // namespace xylem::route
