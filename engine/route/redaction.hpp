#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "record/value.hpp"
#include "route/filter.hpp"
#include "route/redactor.hpp"

namespace xylem::route {

/// `xylem.RedactionFilter`: lets every record pass, without what must not be seen in message,
/// fields, exception and stack.
class RedactionFilter final : public Filter {
 public:
  explicit RedactionFilter(std::shared_ptr<const Redactor> redactor)
      : redactor_{std::move(redactor)} {}

  using Filter::passes;
  bool passes(std::string_view, int) const override { return true; }
  bool sees_records() const override { return true; }
  bool rewrite(const record::View& view, Rewritten& into) const override;

 private:
  bool rewrite_foreign(const record::Foreign& record, Rewritten& into) const;
  bool rewrite_arguments(const record::View& view, Rewritten& into) const;
  std::optional<std::string> redacted(const record::Argument& argument,
                                      const record::Value& value) const;

  std::shared_ptr<const Redactor> redactor_;
};

}  // namespace xylem::route
