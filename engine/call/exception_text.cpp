#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

#include <cxxabi.h>

#include <xylem/detail/exception_text.hpp>

namespace xylem::detail {
namespace {

/// Bounds a chain that refers to itself.
constexpr std::size_t max_nested = 64;

std::string demangled(const char* name) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text{
      abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free};
  return status == 0 ? text.get() : name;
}

/// "type: what()" of the exception being handled and of those nested in it, outermost first.
void describe(std::vector<std::string>& texts) {
  if (texts.size() == max_nested) return;
  try {
    throw;
  } catch (const std::exception& exception) {
    texts.push_back(demangled(typeid(exception).name()) + ": " + exception.what());
    try {
      std::rethrow_if_nested(exception);
    } catch (...) {
      describe(texts);
    }
  } catch (const std::nested_exception& exception) {
    texts.push_back(demangled(typeid(exception).name()));
    if (exception.nested_ptr() == nullptr) return;
    try {
      exception.rethrow_nested();
    } catch (...) {
      describe(texts);
    }
  } catch (const std::string& text) {
    texts.push_back("std::string: " + text);
  } catch (const char* text) {
    texts.push_back(std::string{"char const*: "} + (text != nullptr ? text : "(null)"));
  } catch (...) {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    texts.push_back(type != nullptr ? demangled(type->name()) : "unknown exception");
  }
}

}  // namespace

ExceptionText current_exception_text(std::string_view file, std::uint32_t line,
                                     std::string_view function) {
  // What Python shows for exc_info outside an except block.
  if (std::current_exception() == nullptr) return {"NoneType: None"};
  std::vector<std::string> texts;
  describe(texts);
  std::string text;
  for (std::size_t i = texts.size(); i-- > 1;) {
    text += texts[i];
    text += "\n\nThe above exception was the direct cause of the following exception:\n\n";
  }
  text.append("Traceback (most recent call last):\n  File \"").append(file);
  text.append("\", line ").append(std::to_string(line)).append(", in ").append(function);
  return {text.append("\n").append(texts[0])};
}

}  // namespace xylem::detail
