// Where a crash file cannot be: a file system that is full, a directory of somebody else.

#include <csignal>
#include <functional>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine_support.hpp"
#include "mount_support.hpp"

using mount_test::with_own_mounts;
using sink_test::count;
using sink_test::read_file;
using sink_test::StderrCapture;
using sink_test::TempDir;

namespace {

constexpr uid_t somebody_else = 65534;

/// Logs many records with the crash file in that directory; the complaint, empty when nobody needs
/// to know more than one notice that says why.
std::string log_with_crash_dir(const TempDir& dir, const std::string& crash_dir,
                               const std::string& why) {
  constexpr int records = 20'000;
  const StderrCapture captured;
  xylem::configure(
      engine_test::ToFile{dir / "log", "{}", R"({"ring": {"crash_dir": ")" + crash_dir + R"("}})"}
          .json());
  const xylem::Logger log = xylem::get_logger("crash_dirs");
  for (int i = 0; i < records; ++i) log.info("record {}", i);
  xylem::shutdown();
  const std::string told = captured.text();
  if (count(told, "a crash will lose what is not written yet") != 1)
    return "not told once: " + told;
  if (told.find(why) == std::string::npos) return "not told why: " + told;
  return count(read_file(dir / "log"), "record ") == records ? "" : "records are missing";
}

/// Takes what room there is.
void fill(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const std::string zeros(4096, '\0');
  while (::write(fd, zeros.data(), zeros.size()) > 0) {
  }
  ::close(fd);
}

}  // namespace

TEST_CASE("a full file system is an error at the start, told once, and never a fault later") {
  const TempDir dir;
  const std::string complaint = with_own_mounts([&]() -> std::string {
    const std::string crash = dir / "crash";
    ::mkdir(crash.c_str(), 0700);
    if (::mount("none", crash.c_str(), "tmpfs", 0, "size=256k,mode=0700") != 0) return "no tmpfs";
    return log_with_crash_dir(dir, crash, "No space left on device");
  });
  CHECK(complaint == "");
}

TEST_CASE("a file system that fills up later is told of once, and no call notices") {
  const TempDir dir;
  const std::string complaint = with_own_mounts([&]() -> std::string {
    const std::string crash = dir / "crash";
    ::mkdir(crash.c_str(), 0700);
    if (::mount("none", crash.c_str(), "tmpfs", 0, "size=4m,mode=0700") != 0) return "no tmpfs";
    const StderrCapture captured;
    xylem::configure(
        engine_test::ToFile{dir / "log", "{}", R"({"ring": {"crash_dir": ")" + crash + R"("}})"}
            .json());
    const xylem::Logger log = xylem::get_logger("crash_dirs");
    log.info("record {}", 0);
    fill(crash + "/ballast");
    const std::string large(5000, 'x');
    for (int i = 1; i < 100; ++i) log.info("record {} {}", i, large);
    std::thread{[&] { log.info("record {}", 100); }}.join();
    xylem::shutdown();
    const std::string told = captured.text();
    if (count(told, "no room for it") != 1) return "not told once: " + told;
    if (told.find("No space left on device") == std::string::npos) return "not told why: " + told;
    return count(read_file(dir / "log"), "record ") == 101 ? "" : "records are missing";
  });
  CHECK(complaint == "");
}

TEST_CASE("a thread's name comes back although its file system was full when it began") {
  const TempDir dir;
  const std::string complaint = with_own_mounts([&]() -> std::string {
    const std::string crash = dir / "crash";
    ::mkdir(crash.c_str(), 0700);
    if (::mount("none", crash.c_str(), "tmpfs", 0, "size=4m,mode=0700") != 0) return "no tmpfs";
    const engine_test::ToFile config{dir / "log", R"({"thread": "threadName"})",
                                     R"({"ring": {"crash_dir": ")" + crash + R"("}})"};
    const pid_t child = ::fork();
    if (child == 0) {
      xylem::configure(config.json());
      const xylem::Logger log = xylem::get_logger("crash_dirs");
      // Ends, and leaves its ring to the next one.
      std::thread{[&] { log.info("record {}", 0); }}.join();
      xylem::flush();
      fill(crash + "/ballast");
      std::thread{[&] {
        xylem::set_thread_name("late");
        for (int i = 1; i < 50; ++i) log.info("record {}", 1);
        ::kill(::getpid(), SIGKILL);
      }}.join();
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    xylem::configure(config.json());
    xylem::shutdown();
    return count(read_file(dir / "log"), R"("thread":"late")") == 49 ? "" : read_file(dir / "log");
  });
  CHECK(complaint == "");
}

TEST_CASE("a directory of another user is not used, whatever it lets one do") {
  if (::geteuid() != 0) {
    MESSAGE("not tested: only root can leave a directory to somebody else");
    return;
  }
  const TempDir dir;
  const std::string crash = dir / "crash";
  REQUIRE(::mkdir(crash.c_str(), 0700) == 0);
  REQUIRE(::chown(crash.c_str(), somebody_else, somebody_else) == 0);
  CHECK(log_with_crash_dir(dir, crash, "not private") == "");
}
