#pragma once

#include <memory>
#include <string>
#include <vector>

#include "files.hpp"
#include "process.hpp"
#include "scenario.hpp"
#include "verifier.hpp"

namespace kill_test {

struct Options {
  std::string child;          // program
  std::string tool;           // `xylem`; empty: recovery is left to the next child
  std::string memory_parent;  // where the directory of a campaign is made
  std::string disk_parent;
  CrashFile crash_file = CrashFile::on;
  bool keeps_failed = false;  // the files of a campaign that ended badly
};

struct Totals {
  std::uint64_t kills = 0;
  std::uint64_t early_kills = 0;  // before the configuration was in force, recovery included
  std::uint64_t recoveries = 0;   // by the tool, to their end
  std::uint64_t in_flight = 0;    // finished calls whose lines were not in the file at the kill
  Verdict verdict;
  std::vector<std::string> problems;
};

/// The memory that children share with the driver, as a descriptor and mapped.
class SharedJournal {
 public:
  SharedJournal();
  ~SharedJournal();
  SharedJournal(const SharedJournal&) = delete;
  SharedJournal& operator=(const SharedJournal&) = delete;
  Journal& operator*() const { return *journal_; }
  Journal* operator->() const { return journal_; }
  int descriptor() const { return descriptor_.get(); }

 private:
  Descriptor descriptor_;
  Journal* journal_;
};

/// Kills on one set of files: child after child logs to them and is killed; the last one ends by
/// itself; then the files must tell of everything.
class Campaign {
 public:
  Campaign(const Options& options, Random& random, Totals& totals);
  ~Campaign();
  Campaign(const Campaign&) = delete;
  Campaign& operator=(const Campaign&) = delete;

  void run();

 private:
  void live_and_die();
  void recover();
  void live_and_end();
  void verify();

  Orders orders();
  void choose_doom(Doom& doom);
  std::unique_ptr<Process> start(const Orders& orders);
  bool wait_for_configuration(Process& child);
  void settle(Process& child, const Orders& orders);
  bool is_doubtful(const Lane& words, std::uint64_t lane, std::uint64_t number) const;
  bool died_as_planned(int status, const Doom& doom) const;
  std::uint64_t missing_lines();
  void show_reports();
  void problem(const std::string& text);

  const Options& options_;
  Random& random_;
  Totals& totals_;
  Scenario scenario_;
  std::string directory_;
  std::string config_;
  SharedJournal journal_;
  Descriptor event_;
  History history_;
  LineCounter lines_;
  std::uint64_t given_up_ = 0;  // lines that no recovery will bring
  std::string console_;
  std::uint32_t lives_ = 0;
  std::size_t problems_before_;
  Clock::duration usual_start_{std::chrono::milliseconds{3}};
};

}  // namespace kill_test
