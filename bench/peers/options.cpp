#include "options.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include <CLI/CLI.hpp>

namespace xylem::bench {
namespace {

constexpr int failed = 1;
constexpr int unsupported = 3;

int complain(std::string_view engine, const char* what, int status) {
  std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(engine.size()), engine.data(), what);
  return status;
}

}  // namespace

int run_guarded(std::string_view engine, int count, char** arguments,
                const std::function<void(const Options&)>& body) {
  Options options;
  CLI::App app{"Measures one engine and prints one JSON object.", std::string{engine}};
  app.add_option("scenario", options.scenario, "call, throughput or memory")->required();
  app.add_option("--dir", options.directory, "where files are written, in a directory of their own")
      ->required();
  app.add_option("--variant", options.variant);
  app.add_option("--records", options.records)->check(CLI::PositiveNumber);
  app.add_option("--producers", options.producers)->check(CLI::Range(1, 1024));
  app.add_option("--bursts", options.bursts)->check(CLI::PositiveNumber);
  try {
    app.parse(count, arguments);
    body(options);
    return 0;
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const Unsupported& what) {
    return complain(engine, what.what(), unsupported);
  } catch (const std::exception& what) {
    return complain(engine, what.what(), failed);
  }
}

ScratchDirectory::ScratchDirectory(const std::filesystem::path& parent) {
  std::string name = std::filesystem::absolute(parent / "xylem-bench-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::system_error{errno, std::generic_category(), name};
  }
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace xylem::bench
