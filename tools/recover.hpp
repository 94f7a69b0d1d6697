#pragma once

#include <string>

namespace xylem::tools {

struct RecoverOptions {
  std::string config;
  std::string directory;  // of the crash files; empty: the config's
  bool dry_run = false;
};

/// Brings what dead processes left to the files of the config, as the next process that uses it
/// would, and prints what became of it. Files are appended to, whatever mode the config opens them
/// in. Returns 0 when everything is recovered, else 1.
int recover(const RecoverOptions& options);

}  // namespace xylem::tools
