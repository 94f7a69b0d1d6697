#include "config/registry.hpp"

#include <functional>
#include <memory>
#include <utility>

#include <xylem/extend.hpp>
#include <xylem/registry.hpp>

#include "config/document.hpp"
#include "config/filters.hpp"
#include "config/formatters.hpp"
#include "config/handler_classes.hpp"

namespace xylem {

void register_formatter(std::string_view name, std::string_view target, std::string_view defaults) {
  config::add_alias(config::Part::formatter, name, target, config::parse_document(defaults),
                    config::is_formatter_class);
}

void register_filter(std::string_view name, std::string_view target, std::string_view defaults) {
  config::add_alias(config::Part::filter, name, target, config::parse_document(defaults),
                    config::is_filter_class);
}

void register_handler(std::string_view name, std::string_view target, std::string_view defaults) {
  config::add_alias(config::Part::handler, name, target, config::parse_document(defaults),
                    config::is_handler_class);
}

void register_handler(std::string_view name,
                      std::function<std::unique_ptr<Handler>(const Arguments&)> make) {
  config::add_own(name, std::move(make));
}

void register_formatter(std::string_view name,
                        std::function<std::unique_ptr<Formatter>(const Arguments&)> make) {
  config::add_own(name, std::move(make));
}

void register_filter(std::string_view name,
                     std::function<std::unique_ptr<Filter>(const Arguments&)> make) {
  config::add_own(name, std::move(make));
}

namespace {

class FunctionFilter final : public Filter {
 public:
  explicit FunctionFilter(std::function<bool(const RecordView&)> passes)
      : passes_{std::move(passes)} {}
  bool passes(const RecordView& record) override { return passes_(record); }

 private:
  std::function<bool(const RecordView&)> passes_;
};

}  // namespace

void register_filter(std::string_view name, std::function<bool(const RecordView&)> passes) {
  register_filter(name, [passes = std::move(passes)](const Arguments&) {
    return std::make_unique<FunctionFilter>(passes);
  });
}

}  // namespace xylem
