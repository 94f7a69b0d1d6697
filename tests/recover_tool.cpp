#include <csignal>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine_support.hpp"
#include "leftover_support.hpp"
#include "tool_support.hpp"

using namespace leftover_test;
using namespace tool_test;

namespace {

/// A process that ran in `work` under app.json, and left `count` records.
void leave_records(const WorkDir& work, const std::string& config, int count,
                   const std::string& name = "1-0000000000000000.xylem") {
  write_file(work / "app.json", config);
  CrashImage image{std::filesystem::canonical(work / "app.json").string(), 1};
  CrashImage::set_text(image.fixed().working_directory, work.path());
  const std::uint64_t site = image.site(make_site("record {}", {Kind::uint64}));
  const std::uint64_t logger = image.logger("app");
  RingImage& ring = image.ring("t", 8192);
  for (int i = 0; i < count; ++i) {
    std::string payload;
    append(payload, static_cast<std::uint64_t>(i));
    ring.add(site, logger, static_cast<std::uint64_t>(i) * 1000, payload);
  }
  leave(work / "crash", image.bytes(), name);
}

bool is_left(const WorkDir& work) {
  return !std::filesystem::is_empty(work / "crash");
}

std::string tool() {
  return std::string{XYLEM_BUILD_ROOT} + "/tools/xylem";
}

}  // namespace

TEST_CASE("recover writes where the config led the dead process, and says how much") {
  const WorkDir work;
  leave_records(work, one_file("logs/app.jsonl"), 3);
  const Outcome dry = run("/", {tool(), "recover", "--config", work / "app.json", "--dir",
                                work / "crash", "--dry-run"});
  CHECK(dry.status == 0);
  CHECK(dry.out.starts_with(
      "1 crash file: 3 records to be recovered, 0 already written, 0 unreadable\n"));
  CHECK(work.logs().empty());
  CHECK(is_left(work));

  const Outcome outcome =
      run("/", {tool(), "recover", "--config", work / "app.json", "--dir", work / "crash"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(
      lines_of(outcome.out) ==
      std::vector<std::string>{"1 crash file: 3 records recovered, 0 already written, 0 unreadable",
                               work / "logs/app.jsonl" + ": 3 lines written, 0 there already"});
  const std::vector<std::string> lines = lines_of(read_file(work / "logs/app.jsonl"));
  REQUIRE(lines.size() == 3);
  CHECK(text_member(lines[2], "message") == "record 2");
  CHECK(!is_left(work));
}

TEST_CASE("recover empties no file, whatever the config would do") {
  const WorkDir work;
  leave_records(work, R"({"version": 1, "handlers": {"h": {"class": "logging.FileHandler",
      "mode": "w", "filename": "logs/app.log"}}, "root": {"level": "DEBUG", "handlers": ["h"]}})",
                2);
  write_file(work / "logs/app.log", "old\n");
  CHECK(run_xylem(work, {"recover", "--config", "app.json", "--dir", "crash"}).status == 0);
  CHECK(read_file(work / "logs/app.log") == "old\nrecord 0\nrecord 1\n");
}

TEST_CASE("what other configs left, and what lives, is left alone") {
  const WorkDir work;
  leave_records(work, one_file("logs/app.jsonl"), 3);
  write_file(work / "other.json", one_file("logs/other.jsonl"));
  const Outcome other = run_xylem(work, {"recover", "--config", "other.json", "--dir", "crash"});
  CHECK(other.status == 0);
  CHECK(other.out.starts_with("0 crash files: 0 records recovered"));
  CHECK(is_left(work));

  const int fd = ::open((work / "crash/1-0000000000000000.xylem").c_str(), O_RDWR | O_CLOEXEC);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  REQUIRE(::fcntl(fd, F_SETLK, &lock) == 0);
  const Outcome alive = run_xylem(work, {"recover", "--config", "app.json", "--dir", "crash"});
  CHECK(alive.out.starts_with("0 crash files"));
  ::close(fd);
  CHECK(run_xylem(work, {"recover", "--config", "app.json", "--dir", "crash"}).status == 0);
  CHECK(!is_left(work));
}

TEST_CASE("what other configs left with nothing in it makes room, unless only a dry run asks") {
  const WorkDir work;
  leave_records(work, one_file("logs/app.jsonl"), 0);
  leave_records(work, one_file("logs/app.jsonl"), 1, "2-0000000000000000.xylem");
  write_file(work / "other.json", one_file("logs/other.jsonl"));
  run_xylem(work, {"recover", "--config", "other.json", "--dir", "crash", "--dry-run"});
  CHECK(std::filesystem::exists(work / "crash/1-0000000000000000.xylem"));
  run_xylem(work, {"recover", "--config", "other.json", "--dir", "crash"});
  CHECK(!std::filesystem::exists(work / "crash/1-0000000000000000.xylem"));
  CHECK(std::filesystem::exists(work / "crash/2-0000000000000000.xylem"));
}

TEST_CASE("links, and directories that others may write to, are not followed") {
  const WorkDir work;
  leave_records(work, one_file("logs/app.jsonl"), 3);
  const std::string leftover = work / "crash/1-0000000000000000.xylem";
  std::filesystem::rename(leftover, work / "elsewhere");
  std::filesystem::create_symlink(work / "elsewhere", leftover);
  ::mkfifo((work / "crash/2-0000000000000000.xylem").c_str(), 0600);
  const Outcome link = run_xylem(work, {"recover", "--config", "app.json", "--dir", "crash"});
  CHECK(link.out.starts_with("0 crash files"));

  ::chmod((work / "crash").c_str(), 0777);
  const Outcome open = run_xylem(work, {"recover", "--config", "app.json", "--dir", "crash"});
  CHECK(open.status != 0);
  CHECK(open.err.find("not private") != std::string::npos);
}

TEST_CASE("a file that takes no lines keeps the crash file, until it does") {
  const WorkDir work;
  leave_records(work, one_file("logs/app.jsonl"), 3);
  std::filesystem::create_directory(work / "logs/app.jsonl");
  const Outcome failed = run_xylem(work, {"recover", "--config", "app.json", "--dir", "crash"});
  CHECK(failed.status == 1);
  CHECK(failed.err.find("Is a directory") != std::string::npos);
  CHECK(failed.err.find("is kept") != std::string::npos);
  CHECK(failed.out.find("0 records recovered") != std::string::npos);
  CHECK(is_left(work));
  std::filesystem::remove(work / "logs/app.jsonl");
  CHECK(run_xylem(work, {"recover", "--config", "app.json", "--dir", "crash"}).status == 0);
  CHECK(lines_of(read_file(work / "logs/app.jsonl")).size() == 3);
}

TEST_CASE("a disk that fills up in the middle leaves no half line, and no line twice") {
  const WorkDir work;
  leave_records(work, one_file("logs/app.jsonl"), 2000);
  const Outcome failed =
      run(work.path(),
          {"sh", "-c", "ulimit -f 64; exec " + tool() + " recover --config app.json --dir crash"});
  CHECK(failed.status == 1);
  const std::string part = read_file(work / "logs/app.jsonl");
  CHECK(part.size() > 20'000);
  CHECK(part.ends_with("\n"));
  const Outcome rest = run_xylem(work, {"recover", "--config", "app.json", "--dir", "crash"});
  CHECK(rest.status == 0);
  const std::vector<std::string> lines = lines_of(read_file(work / "logs/app.jsonl"));
  REQUIRE(lines.size() == 2000);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(text_member(lines[i], "message") == "record " + std::to_string(i));
  }
}

TEST_CASE("recovery that is killed goes on where it was") {
  const WorkDir work;
  const std::string config = one_file("logs/app.jsonl", 100'000, 20);
  leave_records(work, config, 8000);
  int kills = 0;
  for (int wait_us = 500; is_left(work); wait_us += 500) {
    const pid_t child = ::fork();
    if (child == 0) {
      const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
      ::dup2(null, 1);
      const std::string program = tool();
      if (::chdir(work.path().c_str()) == 0) {
        ::execl(program.c_str(), program.c_str(), "recover", "--config", "app.json", "--dir",
                "crash", nullptr);
      }
      ::_exit(127);
    }
    ::usleep(static_cast<useconds_t>(wait_us));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) ++kills;
    REQUIRE(wait_us < 5'000'000);
  }
  CHECK(kills > 0);
  std::string all;
  for (int i = 20; i > 0; --i) all += read_file(work / "logs/app.jsonl." + std::to_string(i));
  const std::vector<std::string> lines = lines_of(all + read_file(work / "logs/app.jsonl"));
  REQUIRE(lines.size() == 8000);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    REQUIRE(text_member(lines[i], "message") == "record " + std::to_string(i));
  }
}

TEST_CASE("what belongs on the console goes there once") {
  const WorkDir work;
  leave_records(work, R"({"version": 1, "handlers": {"h": {"class": "logging.StreamHandler",
      "stream": "ext://sys.stdout"}}, "root": {"level": "DEBUG", "handlers": ["h"]}})",
                2);
  const Outcome outcome = run_xylem(work, {"recover", "--config", "app.json", "--dir", "crash"});
  CHECK(outcome.out.find("record 0\nrecord 1\n") != std::string::npos);
  CHECK(outcome.status == 0);
  CHECK(!is_left(work));
}

TEST_CASE("a handler of stderr gets its lines beside files and the last resort") {
  const WorkDir work;
  leave_records(work, R"({"version": 1, "handlers": {
      "e": {"class": "logging.StreamHandler"},
      "f": {"class": "logging.FileHandler", "filename": "logs/a.log"}},
      "root": {"level": "DEBUG", "handlers": ["e", "f"]}})",
                300);
  const Outcome outcome = run_xylem(work, {"recover", "--config", "app.json", "--dir", "crash"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.find("record 298\nrecord 299\n") != std::string::npos);
  CHECK(read_file(work / "logs/a.log").ends_with("record 299\n"));
  CHECK(!is_left(work));
}
