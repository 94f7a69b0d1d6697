#include "call/exception_text.hpp"

#include <exception>
#include <string>
#include <typeinfo>
#include <vector>

#include <cxxabi.h>

#include <xylem/detail/exception_text.hpp>

#include "record/stack_text.hpp"

namespace xylem {
namespace call {
namespace {

using record::demangled;

/// Bounds a chain that refers to itself.
constexpr std::size_t max_nested = 64;

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

std::vector<std::string> describe_exception() {
  std::vector<std::string> texts;
  if (std::current_exception() != nullptr) describe(texts);
  return texts;
}

}  // namespace call

detail::ExceptionText detail::current_exception_text(std::string_view file, std::uint32_t line,
                                                     std::string_view function) {
  const std::vector<std::string> texts = call::describe_exception();
  // What Python shows for exc_info outside an except block.
  if (texts.empty()) return {"NoneType: None"};
  std::string text;
  for (std::size_t i = texts.size(); i-- > 1;) {
    text += texts[i];
    text += "\n\nThe above exception was the direct cause of the following exception:\n\n";
  }
  text.append("Traceback (most recent call last):\n  File \"").append(file);
  text.append("\", line ").append(std::to_string(line)).append(", in ").append(function);
  return {text.append("\n").append(texts[0])};
}

}  // namespace xylem
