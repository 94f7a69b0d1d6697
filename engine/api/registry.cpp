#include "config/registry.hpp"

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

}  // namespace xylem
