/// The operator's tool: what a config does, logging without a program, and what is left of one that
/// died.

#include <cstdio>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <xylem/config.hpp>

#include "check_config.hpp"
#include "pipe.hpp"
#include "recover.hpp"

namespace {

constexpr int bad_config_status = 1;

CLI::App* add_check(CLI::App& app, xylem::tools::CheckOptions& options) {
  CLI::App* const check =
      app.add_subcommand("check", "Print the plan that a config makes, and warn of what is odd");
  check->add_option("FILE", options.config, "The config, dictConfig JSON or YAML")->required();
  check->add_flag("--strict", options.is_strict, "End with 1 when there are warnings");
  CLI::Option* const logger = check->add_option(
      "--logger", options.logger, "Print where records of this logger go instead, and why");
  check->add_option("--level", options.level, "The level of these records")
      ->capture_default_str()
      ->needs(logger);
  return check;
}

CLI::App* add_recover(CLI::App& app, xylem::tools::RecoverOptions& options) {
  CLI::App* const recover =
      app.add_subcommand("recover", "Write what processes that died had logged and not written");
  recover->add_option("--config", options.config, "Their config, dictConfig JSON or YAML")
      ->required();
  recover->add_option("--dir", options.directory, "Where their crash files are, if elsewhere");
  recover->add_flag("--dry-run", options.dry_run, "Only tell what would be written");
  return recover;
}

int run(int argc, char** argv) {
  CLI::App app{"xylem: logging by dictConfig files"};
  app.require_subcommand(1);

  xylem::tools::CheckOptions check_options;
  CLI::App* const check = add_check(app, check_options);

  xylem::tools::PipeOptions options;
  std::string input = "lines";
  CLI::App* const pipe = app.add_subcommand("pipe", "Log standard input");
  pipe->add_option("--config", options.config, "The config, dictConfig JSON or YAML")->required();
  pipe->add_option("--logger", options.logger, "Logger of lines, and of records without a name")
      ->capture_default_str();
  pipe->add_option("--level", options.level, "Level of lines, and of records without one")
      ->capture_default_str();
  pipe->add_option("--input", input, "What a line is: a message, or a LogRecord as a JSON object")
      ->check(CLI::IsMember({"lines", "records"}))
      ->capture_default_str();

  xylem::tools::RecoverOptions recover_options;
  CLI::App* const recover = add_recover(app, recover_options);

  try {
    app.parse(argc, argv);
    if (recover->parsed()) return xylem::tools::recover(recover_options);
    if (check->parsed()) return xylem::tools::check(check_options);
    options.records = input == "records";
    return xylem::tools::pipe(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  return run(argc, argv);
} catch (const xylem::ConfigError& error) {
  fmt::print(stderr, "xylem: {}\n", error.what());
  if (error.message().find("Cannot resolve 'logging.") == std::string::npos &&
      error.message().find("Cannot resolve '") != std::string::npos) {
    fmt::print(stderr, "xylem: a class that a program registers is known to that program alone\n");
  }
  return bad_config_status;
} catch (const std::exception& error) {
  fmt::print(stderr, "xylem: {}\n", error.what());
  return 2;
}
