// What a SysLogHandler sends, over each kind of socket, to plain sockets and to a real rsyslogd,
// and what becomes of messages that cannot be sent.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "config_support.hpp"
#include "engine_support.hpp"
#include "syslog_support.hpp"

using namespace engine_test;
using config_test::check_refused;
using syslog_test::HostSocket;
using syslog_test::patience_ms;
using syslog_test::Socket;
using syslog_test::UnixSocket;
using xylem::get_logger;
using xylem::Level;

namespace {

using namespace std::string_literals;

/// A configuration of one syslog handler at the root, with these arguments.
std::string config(std::string_view arguments, std::string_view rest = "") {
  return R"({"version": 1, "disable_existing_loggers": false,
    "formatters": {"named": {"format": "%(name)s %(message)s"}},
    "handlers": {"syslog": {"class": "logging.handlers.SysLogHandler", "formatter": "named", )" +
         std::string{arguments} + R"(}}, "root": {"level": "DEBUG", "handlers": ["syslog"]})" +
         std::string{rest} + "}";
}

std::string at(const HostSocket& server, std::string_view rest = "") {
  return config(R"("address": )" + server.address() + std::string{rest});
}

constexpr std::string_view over_tcp = R"(, "socktype": "ext://socket.SOCK_STREAM")";

/// Until it holds; false when it never does.
template <typename F>
bool comes_true(F&& condition) {
  for (int waited_ms = 0; waited_ms < patience_ms; waited_ms += 10) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return false;
}

/// rsyslogd with inputs of every kind, which writes what it gets to a file.
class Rsyslogd {
 public:
  static constexpr const char* program = "/usr/sbin/rsyslogd";

  Rsyslogd() {
    const std::string conf = dir_ / "rsyslog.conf";
    write_file(conf, R"(global(workDirectory=")" + dir_.path() + R"(")
module(load="imuxsock" SysSock.Use="off")
module(load="imudp")
module(load="imtcp" AddtlFrameDelimiter="0")
input(type="imuxsock" Socket=")" +
                         path() + R"(")
input(type="imudp" Address="127.0.0.1" Port=")" +
                         std::to_string(udp_port) + R"(")
input(type="imtcp" Address="127.0.0.1" Port=")" +
                         std::to_string(tcp_port) + R"(")
template(name="line" type="string" string="%syslogfacility-text%.%syslogseverity-text% %syslogtag%%msg%\n")
*.* action(type="omfile" file=")" +
                         dir_ / "all" + R"(" template="line")
)");
    std::vector<std::string> arguments = {program, "-n", "-f", conf, "-i", dir_ / "pid"};
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    if (posix_spawn(&child_, program, nullptr, nullptr, argv.data(), environ) != 0) child_ = 0;
  }
  ~Rsyslogd() {
    if (child_ == 0) return;
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
  }
  Rsyslogd(const Rsyslogd&) = delete;
  Rsyslogd& operator=(const Rsyslogd&) = delete;

  bool is_ready() const {
    return comes_true([this] { return std::filesystem::exists(path()); });
  }
  std::string path() const { return dir_ / "socket"; }
  std::string all() const { return read_file(dir_ / "all"); }

  const std::uint16_t udp_port = HostSocket{SOCK_DGRAM}.port();
  const std::uint16_t tcp_port = HostSocket{SOCK_STREAM}.port();

 private:
  TempDir dir_;
  pid_t child_ = 0;
};

}  // namespace

TEST_CASE("each record is a datagram, with its level as the priority") {
  const HostSocket server{SOCK_DGRAM};
  const Session session{at(server)};
  const xylem::Logger log = get_logger("a");
  XYLEM_DEBUG(log, "debug");
  XYLEM_INFO(log, "info");
  XYLEM_WARNING(log, "warning {}", 1);
  XYLEM_ERROR(log, "");
  XYLEM_CRITICAL(log, "two\nlines, \xc3\xa9");
  CHECK(server.receive() == "<15>a debug\0"s);
  CHECK(server.receive() == "<14>a info\0"s);
  CHECK(server.receive() == "<12>a warning 1\0"s);
  CHECK(server.receive() == "<11>a \0"s);
  CHECK(server.receive() == "<10>a two\nlines, \xc3\xa9\0"s);
}

TEST_CASE("a level that syslog has no name for is a warning, also of a record made elsewhere") {
  const HostSocket server{SOCK_DGRAM};
  const Session session{at(server)};
  xylem::Record record;
  record.levelno = 25;
  record.message = "between";
  xylem::handle(record);
  record.levelname = "DEBUG";
  xylem::handle(record);
  CHECK(server.receive() == "<12>root between\0"s);
  CHECK(server.receive() == "<15>root between\0"s);
}

TEST_CASE("facility, ident and the NUL at the end are as the configuration says") {
  const HostSocket server{SOCK_DGRAM};
  {
    const Session session{at(server, R"(, "facility": "local7", ".": {"ident": "app: "})")};
    XYLEM_INFO(get_logger("a"), "one");
    CHECK(server.receive() == "<190>app: a one\0"s);
  }
  const Session session{at(server, R"(, "facility": 3, ".": {"append_nul": false})")};
  XYLEM_INFO(get_logger("a"), "two");
  CHECK(server.receive() == "<30>a two");
}

TEST_CASE("a priority_map says what each level is to syslog, and all others are warnings") {
  const HostSocket server{SOCK_DGRAM};
  const Session session{
      at(server, R"(, ".": {"priority_map": {"INFO": "notice", "ERROR": 0, "BETWEEN": "panic"}})")};
  XYLEM_INFO(get_logger("a"), "one");
  XYLEM_ERROR(get_logger("a"), "two");
  XYLEM_CRITICAL(get_logger("a"), "three");
  CHECK(server.receive() == "<13>a one\0"s);
  CHECK(server.receive() == "<8>a two\0"s);
  CHECK(server.receive() == "<12>a three\0"s);
}

TEST_CASE("over TCP messages follow each other as they are") {
  const HostSocket server{SOCK_STREAM};
  const Session session{at(server, over_tcp)};
  const Socket connection = server.accept();
  XYLEM_INFO(get_logger("a"), "one");
  XYLEM_ERROR(get_logger("a"), "two");
  const std::string expected = "<14>a one\0<11>a two\0"s;
  CHECK(connection.receive_bytes(expected.size()) == expected);
}

TEST_CASE("a Unix socket takes datagrams, or a stream where it takes none") {
  const TempDir dir;
  const std::string address = R"("address": ")" + dir / "log" + R"(")";
  SUBCASE("datagrams") {
    const UnixSocket server{SOCK_DGRAM, dir / "log"};
    const Session session{config(address)};
    XYLEM_INFO(get_logger("a"), "one");
    XYLEM_INFO(get_logger("a"), "two");
    CHECK(server.receive() == "<14>a one\0"s);
    CHECK(server.receive() == "<14>a two\0"s);
  }
  SUBCASE("a stream") {
    const UnixSocket server{SOCK_STREAM, dir / "log"};
    const Session session{config(address)};
    XYLEM_INFO(get_logger("a"), "one");
    CHECK(server.accept().receive() == "<14>a one\0"s);
  }
}

TEST_CASE("messages wait for a daemon that is not there yet, and for one that is started again") {
  const StderrCapture errors;
  const TempDir dir;
  const Gain gain;
  const Session session{config(R"("address": ")" + dir / "log" + R"(")")};
  XYLEM_INFO(get_logger("a"), "early");
  CHECK(comes_true([] { return xylem::stats().pending == 1; }));
  {
    const UnixSocket server{SOCK_DGRAM, dir / "log"};
    CHECK(server.receive() == "<14>a early\0"s);
    xylem::flush();
  }
  std::filesystem::remove(dir / "log");
  XYLEM_INFO(get_logger("a"), "between");
  CHECK(comes_true([] { return xylem::stats().pending == 1; }));
  const UnixSocket server{SOCK_DGRAM, dir / "log"};
  XYLEM_INFO(get_logger("a"), "late");
  CHECK(server.receive() == "<14>a between\0"s);
  CHECK(server.receive() == "<14>a late\0"s);
  xylem::shutdown();
  CHECK(gain.get().written == 3);
  CHECK(count(errors.text(), "No such file or directory: 'syslog ") == 2);
  CHECK(count(errors.text(), "can be written again") == 2);
}

TEST_CASE("what no daemon ever takes has failed at the end") {
  const StderrCapture errors;
  const TempDir dir;
  const Gain gain;
  {
    const Session session{config(R"("address": ")" + dir / "log" + R"(")")};
    for (int i = 0; i < 5; ++i) XYLEM_INFO(get_logger("a"), "{}", i);
  }
  CHECK(gain.get().failed == 5);
  CHECK(gain.get().accepted == 5);
  CHECK(count(errors.text(), "5 lines were lost") == 1);
}

TEST_CASE("a TCP connection that breaks is made anew, and messages are whole on the new one") {
  const StderrCapture errors;
  const HostSocket server{SOCK_STREAM};
  const Session session{at(server, over_tcp)};
  {
    const Socket connection = server.accept();
    XYLEM_INFO(get_logger("a"), "one");
    CHECK(connection.receive() == "<14>a one\0"s);
  }
  // The first ones may still go to the kernel's buffer of the connection that nobody reads.
  std::string text;
  std::atomic<bool> has_text{false};
  std::thread reader{[&] {
    text = server.accept().receive();
    has_text = true;
  }};
  for (int i = 0; i < 1000 && !has_text; ++i) {
    XYLEM_INFO(get_logger("a"), "again");
    xylem::flush();
    if (comes_true([&] { return true; })) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    pollfd query{.fd = server.fd(), .events = POLLIN, .revents = 0};
    if (::poll(&query, 1, 0) > 0) break;
  }
  reader.join();
  CHECK(text.starts_with("<14>a again\0"s));
}

TEST_CASE("a message of which a stream took a part goes out whole on the next connection") {
  const StderrCapture errors;
  const HostSocket server{SOCK_STREAM};
  const Session session{at(server, over_tcp)};
  // More than the kernel holds for a connection that nobody reads.
  const std::string large(std::size_t{14} << 20, 'x');
  {
    const Socket connection = server.accept();
    XYLEM_INFO(get_logger("a"), "{}", large);
    CHECK(connection.receive().starts_with("<14>a xxx"));
  }
  const Socket connection = server.accept();
  const std::string whole = "<14>a " + large + '\0';
  CHECK(connection.receive_bytes(whole.size()) == whole);
}

TEST_CASE("a message that is too long for a datagram is lost alone") {
  const StderrCapture errors;
  const HostSocket server{SOCK_DGRAM};
  const Gain gain;
  {
    const Session session{at(server)};
    const std::string too_long(100'000, 'x');
    XYLEM_INFO(get_logger("a"), "one");
    XYLEM_INFO(get_logger("a"), "{}", too_long);
    XYLEM_INFO(get_logger("a"), "{}", too_long);
    XYLEM_INFO(get_logger("a"), "four");
  }
  CHECK(server.receive() == "<14>a one\0"s);
  CHECK(server.receive() == "<14>a four\0"s);
  CHECK(gain.get().failed == 2);
  CHECK(gain.get().written == 2);
  CHECK(count(errors.text(), "Message too long") == 1);
}

TEST_CASE("a daemon that does not read holds back neither who logs nor other handlers") {
  const StderrCapture errors;
  const TempDir dir;
  const UnixSocket server{SOCK_DGRAM, dir / "log"};
  const Gain gain;
  constexpr int records = 2000;
  {
    std::string text = config(R"("address": ")" + dir / "log" + R"(")",
                              R"(, "xylem": {"sinks": {"max_kept_bytes": 65536}})");
    const std::string_view handlers = R"("handlers": {"syslog")";
    text.replace(text.find(handlers), handlers.size(),
                 R"("handlers": {"file": {"class": "logging.FileHandler", "filename": ")" +
                     dir / "file" + R"("}, "syslog")");
    text.replace(text.find(R"(["syslog"])"), 10, R"(["file", "syslog"])");
    const Session session{text};
    for (int i = 0; i < records; ++i) XYLEM_INFO(get_logger("a"), "{}", i);
    CHECK(comes_true([&] { return count(read_file(dir / "file"), "\n") == records; }));
  }
  CHECK(gain.get().accepted == records);
  CHECK(gain.get().written + gain.get().failed == records);
  CHECK(gain.get().failed > 0);
}

TEST_CASE("handlers of one address share its socket, each with its own facility") {
  const HostSocket server{SOCK_STREAM};
  const std::string one = R"({"class": "logging.handlers.SysLogHandler", "address": )" +
                          server.address() + std::string{over_tcp};
  const Session session{R"({"version": 1, "disable_existing_loggers": false, "handlers": {"a": )" +
                        one + R"(}, "b": )" + one +
                        R"(, "facility": 0}}, "root": {"level": "INFO", "handlers": ["a", "b"]}})"};
  const Socket connection = server.accept();
  XYLEM_INFO(get_logger("a"), "one");
  const std::string expected = "<14>one\0<6>one\0"s;
  CHECK(connection.receive_bytes(expected.size()) == expected);
}

TEST_CASE("rsyslogd gets every message, over UDP, TCP and a Unix socket") {
  if (!std::filesystem::exists(Rsyslogd::program)) {
    MESSAGE("rsyslogd is not installed");
    return;
  }
  const Rsyslogd daemon;
  REQUIRE(daemon.is_ready());
  const auto send = [&](const std::string& address, std::string_view how) {
    const Session session{
        config(R"("facility": "local3", ".": {"ident": "app: "}, "address": )" + address)};
    for (int i = 0; i < 200; ++i) XYLEM_WARNING(get_logger("a"), "{} {}", how, i);
  };
  send(R"(["127.0.0.1", )" + std::to_string(daemon.udp_port) + "]", "udp");
  send(R"(["127.0.0.1", )" + std::to_string(daemon.tcp_port) + "]" + std::string{over_tcp}, "tcp");
  send("\"" + daemon.path() + "\"", "unix");
  for (const std::string_view how : {"udp", "tcp", "unix"}) {
    CAPTURE(how);
    const std::string last = "local3.warning app: a " + std::string{how} + " 199\n";
    CHECK(comes_true([&] { return count(daemon.all(), last) == 1; }));
    CHECK(count(daemon.all(), "a " + std::string{how} + " ") == 200);
  }
}

TEST_CASE("what is wrong with a SysLogHandler is said in CPython's words") {
  const auto refused = [](std::string_view arguments, std::string_view message,
                          std::string_view path) {
    const std::string whole = "Unable to configure handler 'syslog': " + std::string{message};
    check_refused({config(arguments), whole, path});
  };
  refused(R"("address": 514)", "cannot unpack non-iterable int object", "handlers.syslog.address");
  refused(R"("address": null)", "cannot unpack non-iterable NoneType object",
          "handlers.syslog.address");
  refused(R"("address": ["localhost"])", "not enough values to unpack (expected 2, got 1)",
          "handlers.syslog.address");
  refused(R"("address": ["localhost", 514, 0])", "too many values to unpack (expected 2)",
          "handlers.syslog.address");
  refused(R"("address": [5, 514])", "getaddrinfo() argument 1 must be string or None",
          "handlers.syslog.address");
  refused(R"("address": ["localhost", 5.5])", "Int or String expected", "handlers.syslog.address");
  refused(R"("facility": "nope")", "Unknown facility: 'nope'", "handlers.syslog.facility");
  refused(R"("socktype": "ext://socket.SOCK_RAW")", "Cannot resolve 'socket.SOCK_RAW'",
          "handlers.syslog.socktype");
  refused(R"("ident": "x")", "SysLogHandler.__init__() got an unexpected keyword argument 'ident'",
          "handlers.syslog.ident");
  refused(R"(".": {"priority_map": {"INFO": "INFO"}})", "Unknown priority: 'INFO'",
          "handlers.syslog[.].priority_map.INFO");
  refused(R"(".": {"priority_map": {"INFO": 8}})", "Unknown priority: 8",
          "handlers.syslog[.].priority_map.INFO");
  refused(R"(".": {"priority_map": null})", "Expected an object, got null",
          "handlers.syslog[.].priority_map");
}

TEST_CASE("a host that is not known and a TCP port that refuses are told when configuring") {
  const auto refused = [](const std::string& text, std::string_view message) {
    try {
      xylem::configure(text);
      FAIL_CHECK("accepted");
    } catch (const xylem::ConfigError& error) {
      CHECK(error.message() == "Unable to configure handler 'syslog': " + std::string{message});
      CHECK(error.path() == "handlers.syslog");
    }
  };
  const std::uint16_t port = HostSocket{SOCK_STREAM}.port();
  refused(
      config(R"("address": ["127.0.0.1", )" + std::to_string(port) + "]" + std::string{over_tcp}),
      "[Errno 111] Connection refused");
  refused(config(R"("address": ["", 514])"), "[Errno -2] Name or service not known");
}
