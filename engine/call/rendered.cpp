#include <algorithm>
#include <exception>

#include <cxxabi.h>

#include <xylem/detail/rendered.hpp>

namespace xylem::detail {
namespace {

/// The specification (":>8") of the `index`th replacement field that takes a positional argument,
/// counting those without a number; of the first with that number. Empty when it has none. Nested
/// fields, which take arguments of their own, are not followed: their specification is dropped.
std::string_view find_spec(std::string_view format, std::size_t index) {
  std::size_t next = 0;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '{') continue;
    if (i + 1 < format.size() && format[i + 1] == '{') {
      ++i;
      continue;
    }
    std::size_t at = i + 1;
    std::size_t id = 0;
    const std::size_t digits = at;
    for (; at < format.size() && format[at] >= '0' && format[at] <= '9'; ++at) {
      id = id * 10 + static_cast<std::size_t>(format[at] - '0');
    }
    const bool named = at < format.size() && format[at] != ':' && format[at] != '}';
    if (!named && at == digits) id = next++;
    std::size_t end = at;
    bool nests = false;
    for (; end < format.size() && format[end] != '}'; ++end) {
      if (format[end] != '{') continue;
      nests = true;
      if (format.substr(end + 1, 1) == "}") ++next;
      end = std::min(format.find('}', end), format.size() - 1);
    }
    if (!named && id == index && !nests) return format.substr(at, end - at);
    i = end;
  }
  return {};
}

}  // namespace

std::string render_with_spec(std::string_view format, std::size_t index, fmt::format_args args) {
  std::string field{"{"};
  field.append(find_spec(format, index)).append("}");
  try {
    return fmt::vformat(field, args);
  } catch (const std::exception& error) {
    return std::string{"<"} + error.what() + ">";
  } catch (const abi::__forced_unwind&) {
    throw;  // the thread is being cancelled
  } catch (...) {
    return "<unknown exception>";
  }
}

}  // namespace xylem::detail
