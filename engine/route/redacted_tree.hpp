#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "record/tree_reader.hpp"
#include "route/redactor.hpp"

namespace xylem::route {

/// Redacts the tree of a structured value: a tree again, so that it is shown as it would have been.
/// Since the parts of a tree are closed and not counted, replacing one moves nothing but bytes.
class RedactedTree {
 public:
  RedactedTree(const Redactor& redactor, std::string_view bytes)
      : redactor_{&redactor}, bytes_{bytes}, reader_{bytes} {}

  /// None when nothing is to be replaced.
  std::optional<std::string> run();

 private:
  bool copy(bool is_kept);
  bool copy_pair(bool is_kept);
  bool copy_named(std::string_view name, bool is_kept);
  void put_text(record::TreeTag tag, std::string_view text);
  std::size_t at() const { return bytes_.size() - reader_.left(); }

  const Redactor* redactor_;
  std::string_view bytes_;
  record::TreeReader reader_;
  std::string out_;
  std::string_view last_text_;  // of the value that was copied last, if it is one
  bool is_changed_ = false;
};

}  // namespace xylem::route
