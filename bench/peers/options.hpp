#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace xylem::bench {

/// What a measuring program was asked to do:
///
///     <engine> SCENARIO --dir DIR [--variant V] [--records N] [--producers P] [--bursts N]
struct Options {
  std::string scenario;
  std::filesystem::path directory;
  std::string variant;
  std::int64_t records = 0;  // 0: the scenario's own number, as for bursts
  int producers = 1;
  std::int64_t bursts = 0;
};

/// A scenario or variant that the engine has not.
struct Unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Runs a measuring program's body: the exit status is 0, or 1 with one line on stderr when
/// something is thrown or the command line is wrong, or 3 for what is Unsupported.
int run_guarded(std::string_view engine, int count, char** arguments,
                const std::function<void(const Options&)>& body);

/// A directory of its own below `parent`, removed with all it holds. Throws std::system_error when
/// it cannot be made.
class ScratchDirectory {
 public:
  explicit ScratchDirectory(const std::filesystem::path& parent);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace xylem::bench
