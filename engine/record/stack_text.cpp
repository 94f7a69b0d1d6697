#include "record/stack_text.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include <cxxabi.h>

namespace xylem::record {

std::string demangled(const char* name) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text{
      abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free};
  return status == 0 ? text.get() : name;
}

std::string demangled_type(const char* name) {
  constexpr std::string_view string_type =
      "std::__cxx11::basic_string<char, std::char_traits<char>"
      ", std::allocator<char> >";
  constexpr std::string_view wrapper = "std::_Nested_exception<";
  std::string text = demangled(name);
  if (text == string_type) return "std::string";
  if (!text.starts_with(wrapper) || !text.ends_with('>')) return text;
  text = text.substr(wrapper.size(), text.size() - wrapper.size() - 1);
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

std::string demangled_stack(std::string_view trace) {
  constexpr std::string_view mangled_start = " _Z";
  std::string text;
  while (true) {
    const std::size_t space = trace.find(mangled_start);
    if (space == std::string_view::npos) break;
    const std::size_t name = space + 1;
    const std::size_t end = std::min(trace.find_first_of("+ \n", name), trace.size());
    text += trace.substr(0, name);
    text += demangled(std::string{trace.substr(name, end - name)}.c_str());
    trace.remove_prefix(end);
  }
  return text.append(trace);
}

}  // namespace xylem::record
