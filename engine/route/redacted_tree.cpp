#include "route/redacted_tree.hpp"

#include <cstdint>

namespace xylem::route {

using record::TreeItem;
using record::TreeTag;

std::optional<std::string> RedactedTree::run() {
  copy(true);
  if (!is_changed_) return std::nullopt;
  return std::move(out_);
}

/// Goes over one value, or over a close: then false. Not kept, it is only left behind. The reader
/// bounds the depth.
bool RedactedTree::copy(bool is_kept) {
  const std::size_t begin = at();
  const TreeItem item = reader_.next();
  const std::string_view whole = bytes_.substr(begin, at() - begin);
  const bool is_text = item.tag == TreeTag::text || item.tag == TreeTag::rendered;
  std::optional<std::string> redacted;
  if (is_kept && is_text) redacted = redactor_->text(item.text);
  if (redacted) {
    put_text(item.tag, *redacted);
  } else if (is_kept) {
    out_ += whole;
  }
  last_text_ = is_text ? item.text : std::string_view{};
  if (item.tag == TreeTag::close) return false;
  if (item.tag == TreeTag::member) return copy_named(item.text, is_kept);
  if (!detail::opens(item.tag)) return true;
  const bool has_pairs = item.tag == TreeTag::map || item.tag == TreeTag::multimap;
  while (has_pairs ? copy_pair(is_kept) : copy(is_kept)) {
  }
  last_text_ = {};
  return true;
}

bool RedactedTree::copy_pair(bool is_kept) {
  return copy(is_kept) && copy_named(last_text_, is_kept);
}

bool RedactedTree::copy_named(std::string_view name, bool is_kept) {
  if (!is_kept || !redactor_->has_field(name)) return copy(is_kept);
  const bool is_value = copy(false);
  put_text(TreeTag::text, redactor_->replacement());
  return is_value;
}

void RedactedTree::put_text(TreeTag tag, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  is_changed_ = true;
  out_ += static_cast<char>(tag);
  out_.append(reinterpret_cast<const char*>(&size), sizeof size);
  out_ += text;
}

}  // namespace xylem::route
