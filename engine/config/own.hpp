#pragma once
/// @file
/// The classes that a program has registered, in a configuration: their keyword arguments are known
/// to their factories alone, which build() calls.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <xylem/extend.hpp>

#include "config/document.hpp"
#include "config/reader.hpp"

namespace xylem::config {

template <typename Part>
using OwnFactory = std::function<std::unique_ptr<Part>(const Arguments&)>;

struct OwnArgument {
  std::string key;
  Value value;
  std::string path;
};

/// A part of the configuration that a factory of the program's makes.
template <typename Part>
struct OwnPlan {
  std::shared_ptr<const OwnFactory<Part>> make;
  /// As Python names it: "Webhook" of "myapp.Webhook".
  std::string owner;
  std::vector<OwnArgument> arguments;
  std::string path;
};
using OwnFormatterPlan = OwnPlan<Formatter>;
using OwnFilterPlan = OwnPlan<Filter>;
using OwnHandlerPlan = OwnPlan<Handler>;

/// The members of `config` but for those that dictConfig takes itself.
std::vector<OwnArgument> read_own_arguments(const Cursor& config);

/// "url='http://...', timeout_ms=1000", for people.
std::string own_arguments_text(const std::vector<OwnArgument>& arguments);

/// Calls the factory and sees to it that it has asked for all arguments.
/// @throws ConfigError, and what the factory throws
std::unique_ptr<Formatter> make_own(const OwnFormatterPlan& plan);
std::unique_ptr<Filter> make_own(const OwnFilterPlan& plan);
std::unique_ptr<Handler> make_own(const OwnHandlerPlan& plan);

}  // namespace xylem::config
