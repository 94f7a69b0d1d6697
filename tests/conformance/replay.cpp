/// The engine's side of a case: carries out the script on standard input, a verb and its argument a
/// line. Ends with status 3 when a config is refused; its message is then in ../refusal, apart from
/// what handlers wrote to stderr.

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>

#include <xylem/xylem.hpp>

#include "tools/record_line.hpp"

namespace {

constexpr int refused_status = 3;

void handle_line(const std::string& line) {
  xylem::Record record;
  xylem::tools::read_record(line, record);
  xylem::handle(record);
}

/// What was logged before goes the way it would have gone if somebody had waited.
void settle() {
  // The engine looks for a moved file ten times a second.
  constexpr std::chrono::milliseconds follows_within{150};
  xylem::flush();
  std::this_thread::sleep_for(follows_within);
}

void carry_out(const std::string& verb, const std::string& argument) {
  if (verb == "config") {
    xylem::configure_file(argument);
  } else if (verb == "record") {
    handle_line(argument);
  } else if (verb == "logger") {
    xylem::get_logger(argument);
  } else if (verb == "rename") {
    settle();
    const std::size_t blank = argument.find(' ');
    std::filesystem::rename(argument.substr(0, blank), argument.substr(blank + 1));
    settle();
  } else if (verb == "remove") {
    settle();
    std::filesystem::remove(argument);
    settle();
  } else {
    throw std::runtime_error{"unknown verb: " + verb};
  }
}

}  // namespace

int main() try {
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t blank = line.find(' ');
    carry_out(line.substr(0, blank), line.substr(blank + 1));
  }
  xylem::shutdown();
  return 0;
} catch (const xylem::ConfigError& error) {
  std::ofstream{"../refusal"} << error.message();
  return refused_status;
} catch (const std::exception& error) {
  std::fprintf(stderr, "replay: %s\n", error.what());
  return 1;
}
