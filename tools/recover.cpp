#include "recover.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <variant>

#include <fmt/format.h>
#include <unistd.h>

#include "config/build.hpp"
#include "config/dict_config.hpp"
#include "recover/recover.hpp"
#include "sink/posix_file.hpp"

namespace xylem::tools {
namespace {

/// No file is opened before there is a line for it, and none is emptied.
void append_late(config::Plan& plan) {
  for (config::HandlerPlan& handler : plan.handlers) {
    config::FilePlan* const file = config::file_of(handler.kind);
    if (file == nullptr) continue;
    file->mode = 'a';
    file->delay = true;
  }
}

bool names_relative_files(const config::Plan& plan) {
  for (const config::HandlerPlan& handler : plan.handlers) {
    const config::FilePlan* const file = config::file_of(handler.kind);
    if (file != nullptr && !file->filename.starts_with('/')) return true;
  }
  return false;
}

std::string count_of(std::uint64_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

void print(const recover::Summary& summary, bool dry_run) {
  fmt::print("{}: {} {}recovered, {} already written, {} unreadable\n",
             count_of(summary.leftovers, "crash file"), count_of(summary.recovered, "record"),
             dry_run ? "to be " : "", summary.already_written, summary.unreadable);
  if (summary.discarded > 0) {
    fmt::print("{} discarded, as their memory does when it is closed\n",
               count_of(summary.discarded, "record"));
  }
  for (const auto& [name, count] : summary.files) {
    fmt::print("{}: {} {}, {} there already\n", name, count_of(count.recovered, "line"),
               dry_run ? "to be written" : "written", count.already_written);
  }
  if (summary.waiting > 0) {
    fmt::print("{} kept: other configurations have records there\n",
               count_of(summary.waiting, "crash file"));
  }
  if (summary.kept > 0) {
    fmt::print("{} kept: not everything could be written\n", count_of(summary.kept, "crash file"));
  }
}

recover::Request make_request(const config::Plan& plan, const RecoverOptions& options) {
  recover::Request request;
  const std::string directory =
      options.directory.empty() ? plan.engine.crash_dir : options.directory;
  if (directory.empty()) {
    throw std::runtime_error{"the config keeps no crash files: name their directory with --dir"};
  }
  request.directory = std::filesystem::absolute(directory).string();
  request.identity = {std::filesystem::canonical(options.config).string(), plan.hash};
  request.dry_run = options.dry_run;
  if (isatty(STDERR_FILENO) == 1) {
    request.progress = [](const recover::Progress& progress) {
      fmt::print(stderr, "xylem recover: {} of {}, {}\n", progress.number, progress.of,
                 progress.file);
    };
  }
  return request;
}

}  // namespace

int recover(const RecoverOptions& options) {
  config::Plan plan = config::parse_file(options.config);
  append_late(plan);
  recover::Request request = make_request(plan, options);
  recover::Summary total;
  bool is_complete = true;
  for (const std::string& directory : recover::working_directories(request)) {
    // Where the names of the config led when the process died.
    if (chdir(directory.c_str()) != 0 && names_relative_files(plan)) {
      fmt::print(stderr, "xylem recover: {}\n", sink::error_text(errno, directory));
      is_complete = false;
      continue;
    }
    request.working_directory = directory;
    total.add(recover::recover(request, *config::build(plan, route::Tree{}, {})));
  }
  print(total, options.dry_run);
  return is_complete && total.kept == 0 && total.unreadable == 0 ? 0 : 1;
}

}  // namespace xylem::tools
