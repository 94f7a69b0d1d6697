#include <csignal>
#include <cstdint>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "sink/report.hpp"
#include "sink/stream_sink.hpp"
#include "sink_support.hpp"

using sink_test::count;
using sink_test::numbered_line;
using sink_test::Pipe;
using sink_test::put;
using sink_test::StderrCapture;
using xylem::sink::report;
using xylem::sink::StreamSink;

TEST_CASE("a report cannot drive a terminal and stays one line") {
  const StderrCapture captured;
  report("a\nb\x1b[31m\tc\x7f \xc2\x9b ü 日");
  report(std::string(10'000, 'x'));
  const std::string text = captured.text();
  const std::string first = "xylem: a\\nb\\x1b[31m\\tc\\x7f \\x9b ü 日\n";
  CHECK(text.substr(0, first.size()) == first);
  CHECK(text.size() <= first.size() + 4096);
  CHECK(text.ends_with("xxx...\n"));
  CHECK(count(text, "\n") == 2);
}

TEST_CASE("a report on a closed stderr does not end a program that never asked for signals") {
  Pipe pipe;
  pipe.close_reader();
  const int former = ::dup(2);
  ::dup2(pipe.writer(), 2);
  report("nobody reads this");
  ::dup2(former, 2);
  ::close(former);
  sigset_t pending;
  ::sigpending(&pending);
  CHECK(::sigismember(&pending, SIGPIPE) == 0);
}

TEST_CASE("a report never goes between the halves of a line on stderr") {
  Pipe pipe(O_NONBLOCK);
  const int former = ::dup(2);
  ::dup2(pipe.writer(), 2);
  std::string received;
  {
    StreamSink sink(2, "stderr");
    for (std::uint64_t i = 0; i < 1000; ++i) put(sink, numbered_line(i, 100), i);
    sink.flush(0);
    received += pipe.read(30'000);
    report("in between");
    for (std::int64_t now_ms = 1000; !sink.idle(); now_ms += 1000) {
      sink.flush(now_ms);
      received += pipe.read(65536);
    }
    report("afterwards");
    sink.close(0);
  }
  ::dup2(former, 2);
  ::close(former);
  received += pipe.read_all();
  CHECK(count(received, "\nxylem: in between\n") == 1);
  CHECK(received.ends_with("\nxylem: afterwards\n"));
  CHECK(received.size() == 100'000 + std::string("xylem: in between\nxylem: afterwards\n").size());
}
