#include "campaign.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kill_test {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds patience{60};  // with what must end by itself
constexpr std::uint64_t bytes_a_thread = 2'000'000;

/// Above the numbers that descriptors get in a child.
int moved_up(int fd) {
  const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, 10);
  ::close(fd);
  return moved;
}

std::string make_directory(const std::string& parent) {
  std::string name = parent + "/xylem-kill-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory in " + parent);
  std::filesystem::create_directory(name + '/' + crash_directory);
  std::filesystem::permissions(name + '/' + crash_directory, std::filesystem::perms::owner_all);
  return name;
}

std::string text_of_status(int status) {
  return WIFEXITED(status) ? fmt::format("status {}", WEXITSTATUS(status))
                           : fmt::format("signal {}", WTERMSIG(status));
}

}  // namespace

SharedJournal::SharedJournal()
    : descriptor_{moved_up(::memfd_create("xylem-kill-journal", MFD_CLOEXEC))} {
  void* memory = MAP_FAILED;
  if (::ftruncate(descriptor_.get(), sizeof(Journal)) == 0) {
    memory =
        ::mmap(nullptr, sizeof(Journal), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_.get(), 0);
  }
  if (memory == MAP_FAILED) throw std::runtime_error("no shared memory to be had");
  journal_ = static_cast<Journal*>(memory);
}

SharedJournal::~SharedJournal() {
  ::munmap(journal_, sizeof(Journal));
}

Campaign::Campaign(const Options& options, Random& random, Totals& totals)
    : options_{options},
      random_{random},
      totals_{totals},
      scenario_{random_scenario(random)},
      directory_{make_directory(scenario_.on_disk ? options.disk_parent : options.memory_parent)},
      config_{directory_ + "/config.json"},
      event_{moved_up(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))},
      lines_{directory_ + '/' + first_file},
      problems_before_{totals.problems.size()} {
  history_.sizes = scenario_.sizes;
  history_.has_attributes = scenario_.has_attributes;
  std::ofstream{config_} << config_json(scenario_, options.crash_file, directory_);
}

Campaign::~Campaign() {
  const bool failed = totals_.problems.size() > problems_before_;
  if (failed && options_.keeps_failed) {
    std::ofstream{directory_ + "/console"} << console_;
    return;
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void Campaign::problem(const std::string& text) {
  if (totals_.problems.size() == problems_before_) {
    totals_.problems.push_back(fmt::format("in {}: {}", directory_, scenario_.text()));
  }
  totals_.problems.push_back(text);
}

void Campaign::run() {
  for (unsigned kill = 0; kill < scenario_.kills; ++kill) {
    live_and_die();
    if (!options_.tool.empty() && random_.one_in(8)) recover();
  }
  live_and_end();
  verify();
}

Orders Campaign::orders() {
  Orders made{};
  made.seed = random_.next();
  made.life = ++lives_;
  made.sizes = scenario_.sizes;
  made.longest_burst = scenario_.longest_burst;
  made.longest_pause_us = scenario_.longest_pause_us;
  made.bytes_a_thread = bytes_a_thread;
  made.logs_early = scenario_.logs_early;
  made.starts_threads = scenario_.starts_threads;
  made.reconfigures = scenario_.reconfigures;
  made.by_text = scenario_.by_text;
  return made;
}

void Campaign::choose_doom(Doom& doom) {
  static constexpr Doom::Moment moments[] = {Doom::Moment::before, Doom::Moment::amid,
                                             Doom::Moment::after};
  doom.moment = random_.pick(moments);
  doom.counts_from = random_.one_in(2) ? Phase::started : Phase::configured;
  doom.call = static_cast<std::uint32_t>(random_.spread(1, 100)) - 1;
  static constexpr Doom::Way ways[] = {Doom::Way::kill, Doom::Way::exit, Doom::Way::abort,
                                       Doom::Way::fault};
  doom.way = random_.one_in(2) ? Doom::Way::kill : random_.pick(ways);
}

std::unique_ptr<Process> Campaign::start(const Orders& orders) {
  journal_->orders = orders;
  journal_->phase.store(Phase::none);
  journal_->configured_late.store(false);
  for (Lane& lane : journal_->lanes) {
    lane.early.store(0);
    lane.meanwhile.store(0);
  }
  Launch launch{{options_.child, config_}, directory_, journal_.descriptor(), event_.get()};
  if (scenario_.console_stalls) launch.pipe_bytes = 4096;
  auto child = std::make_unique<Process>(launch);
  history_.processes[orders.life] = child->pid();
  return child;
}

bool Campaign::wait_for_configuration(Process& child) {
  const auto deadline = Clock::now() + patience;
  while (journal_->phase.load(std::memory_order_acquire) != Phase::configured) {
    const Process::Woken woken = child.wait(deadline);
    if (woken == Process::Woken::by_end) return false;
    if (woken == Process::Woken::by_time) {
      problem("a child did not configure in time");
      return false;
    }
  }
  return true;
}

void Campaign::live_and_die() {
  Orders orders = this->orders();
  const std::uint64_t plan = random_.below(100);
  const bool dies_early = plan < 20;
  if (plan >= 60) choose_doom(orders.doom);
  const auto begin = Clock::now();
  const std::unique_ptr<Process> child = start(orders);
  if (dies_early) {
    // Half as long again as it takes to configure and recover.
    const std::uint64_t most_us =
        static_cast<std::uint64_t>(duration_cast<microseconds>(usual_start_).count() * 3 / 2);
    const auto until = begin + microseconds{random_.below(most_us)};
    while (child->wait(until) == Process::Woken::by_event) {
    }
  } else if (wait_for_configuration(*child)) {
    usual_start_ = (usual_start_ * 3 + (Clock::now() - begin)) / 4;
    const double longest_us = orders.doom.moment == Doom::Moment::never ? 4'000 : 20'000;
    const microseconds life{static_cast<std::int64_t>(
        orders.doom.moment == Doom::Moment::never ? random_.spread(10, longest_us) : longest_us)};
    const auto until = Clock::now() + life;
    while (child->wait(until, !scenario_.console_stalls) == Process::Woken::by_event) {
    }
  }
  settle(*child, orders);
}

/// Killed by the driver, unless its doom came first.
bool Campaign::died_as_planned(int status, const Doom& doom) const {
  if (WIFEXITED(status)) {
    return doom.way == Doom::Way::exit && WEXITSTATUS(status) == exit_on_purpose;
  }
  const int signal = WTERMSIG(status);
  return signal == SIGKILL || (doom.way == Doom::Way::abort && signal == SIGABRT) ||
         (doom.way == Doom::Way::fault && signal == SIGSEGV);
}

/// A call that has returned, and no promise yet. Without a configuration, what is below WARNING is
/// refused; a call that is made at the same time as configure() may be of before or of after.
bool Campaign::is_doubtful(const Lane& words, std::uint64_t lane, std::uint64_t number) const {
  if (number > words.early) return number <= words.meanwhile;
  return journal_->configured_late ||
         !is_warning_or_above(content_of(lane, number, scenario_.sizes).kind);
}

/// The child is killed, if it still lives; what its calls had come to is noted.
void Campaign::settle(Process& child, const Orders& orders) {
  const int status = child.end();
  console_ += child.errors() + '\n';
  if (orders.ends ? status != 0 : !died_as_planned(status, orders.doom)) {
    problem(fmt::format("a child ended with {}: {}", text_of_status(status), child.errors()));
  }
  const bool was_configured = journal_->phase.load() == Phase::configured;
  for (std::uint64_t lane = 0; lane < lane_count; ++lane) {
    Lane& words = journal_->lanes[lane];
    const std::uint64_t started = words.started.load();
    std::uint64_t finished = words.finished.load();
    std::vector<std::uint64_t>& doubtful = history_.doubtful[lane];
    for (std::uint64_t n = history_.finished[lane] + 1; n <= finished; ++n) {
      if (is_doubtful(words, lane, n)) doubtful.push_back(n);
    }
    while (finished < started) doubtful.push_back(++finished);
    history_.finished[lane] = finished;
    words.finished.store(finished);
  }
  if (orders.ends) return;
  ++totals_.kills;
  if (was_configured) {
    const std::uint64_t missing = missing_lines();
    totals_.in_flight += missing - std::min(missing, given_up_);
    if (options_.crash_file != CrashFile::on) given_up_ = missing;
  } else {
    ++totals_.early_kills;
  }
}

/// Finished calls without a line in the first file, which takes everything: at least so many, since
/// calls that were cut short may have one too.
std::uint64_t Campaign::missing_lines() {
  std::uint64_t finished = 0;
  for (std::uint64_t lane = 0; lane < lane_count; ++lane) {
    finished += history_.finished[lane] - history_.doubtful[lane].size();
  }
  const std::uint64_t lines = lines_.count();
  return finished > lines ? finished - lines : 0;
}

void Campaign::recover() {
  std::vector<std::string> command{options_.tool, "recover", "--config", config_};
  if (options_.crash_file == CrashFile::on) {
    command.insert(command.end(), {"--dir", directory_ + '/' + crash_directory});
  }
  Process tool{Launch{command, "/"}};
  const bool is_killed = random_.one_in(2);
  const auto until =
      Clock::now() +
      (is_killed
           ? Clock::duration{microseconds{static_cast<std::int64_t>(random_.spread(100, 10'000))}}
           : Clock::duration{patience});
  const bool ended = tool.wait(until) == Process::Woken::by_end;
  const int status = tool.end();
  console_ += tool.errors() + '\n';
  if (!ended) {
    ++totals_.kills;
    ++totals_.early_kills;
    if (!is_killed) problem("xylem recover did not end");
    return;
  }
  ++totals_.recoveries;
  const std::uint64_t missing = missing_lines();
  if (status != 0 || missing > 0) {
    problem(fmt::format("xylem recover: {}, {} records missing: {}", text_of_status(status),
                        missing, tool.errors()));
  }
}

void Campaign::live_and_end() {
  Orders orders = this->orders();
  orders.ends = true;
  const std::unique_ptr<Process> child = start(orders);
  const auto deadline = Clock::now() + patience;
  Process::Woken woken;
  do {
    woken = child->wait(deadline);
  } while (woken == Process::Woken::by_event);
  if (woken == Process::Woken::by_time) problem("the last child did not end");
  settle(*child, orders);
  for (const auto& entry :
       std::filesystem::directory_iterator{directory_ + '/' + crash_directory}) {
    problem("left behind: " + entry.path().string());
  }
}

void Campaign::verify() {
  Verdict verdict;
  const auto verify_files = [&](const char* name, bool (*takes)(Kind)) {
    Verifier verifier{history_, takes};
    for (const std::string& path : files_of(directory_ + '/' + name)) verifier.read(path);
    verdict += verifier.finish();
  };
  verify_files(first_file, [](Kind) { return true; });
  if (scenario_.has_second_file) verify_files(second_file, is_warning_or_above);
  // What of the last batch a console has got, nobody can ask it: it may be told twice, or a piece.
  // For one that is not read the engine keeps lines in memory only.
  if (scenario_.has_console && !scenario_.console_stalls) {
    console_.reserve(console_.size() + simdjson::SIMDJSON_PADDING);
    Verifier verifier{history_, [](Kind kind) { return kind == Kind::error; }};
    verifier.read(console_, "the console");
    Verdict told = verifier.finish();
    verdict.lost += told.lost;
    if (told.lost > 0)
      verdict.examples.insert(verdict.examples.end(), told.examples.begin(), told.examples.end());
  }
  if (!verdict.good()) {
    for (const std::string& example : verdict.examples) problem(example);
  }
  totals_.verdict += verdict;
  if (totals_.problems.size() > problems_before_) show_reports();
}

/// What the engine itself said, for whoever looks into a problem.
void Campaign::show_reports() {
  constexpr std::size_t most_reports = 10;
  std::set<std::string> reports;
  std::istringstream lines{console_};
  for (std::string line; std::getline(lines, line) && reports.size() < most_reports;) {
    if (line.starts_with("xylem: ")) reports.insert(line);
  }
  for (const std::string& report : reports) problem(report);
}

}  // namespace kill_test
