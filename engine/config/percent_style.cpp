#include "config/percent_style.hpp"

#include <cstddef>

namespace xylem::config {
namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_one_of(std::string_view set, char c) noexcept {
  return set.find(c) != std::string_view::npos;
}

class Matcher {
 public:
  explicit Matcher(std::string_view rest) : rest_(rest) {}

  /// What follows a '%'. The parts share no character that could be given back to an earlier one,
  /// so none is ever tried twice.
  bool conversion() {
    if (!take("(") || !word() || !take(")")) return false;
    while (take("#0+ -")) {
    }
    number_or_star();
    if (take(".") && !number_or_star()) return false;
    return take("diouxefgcrsaDIOUXEFGCRSA%");
  }

 private:
  bool take(std::string_view set) {
    if (rest_.empty() || !is_one_of(set, rest_.front())) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool word() {
    std::size_t length = 0;
    while (length < rest_.size() && is_word_character(rest_[length])) ++length;
    rest_.remove_prefix(length);
    return length > 0;
  }

  bool number_or_star() {
    if (take("*")) return true;
    bool any = false;
    while (take("0123456789")) any = true;
    return any;
  }

  std::string_view rest_;
};

}  // namespace

bool is_word_character(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool has_percent_conversion(std::string_view format) noexcept {
  for (std::size_t at = format.find('%'); at != std::string_view::npos;
       at = format.find('%', at + 1)) {
    if (Matcher(format.substr(at + 1)).conversion()) return true;
  }
  return false;
}

}  // namespace xylem::config
