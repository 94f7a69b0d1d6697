#include "extend/handler_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>

#include "extend/own_parts.hpp"
#include "extend/parts.hpp"
#include "record/engine_thread.hpp"
#include "sink/report.hpp"

namespace xylem::extend {
namespace {

constexpr int refused = EPROTO;
constexpr int again_later = ENOTCONN;

constexpr std::int64_t first_pause_ms = 100;
constexpr std::int64_t longest_pause_ms = 1000;
constexpr std::int64_t look_ms = 20;

/// One report for each cause, but not for ever new causes.
constexpr std::size_t max_reports = 100;

}  // namespace

HandlerConsole::HandlerConsole(std::string name, std::unique_ptr<Handler> own)
    : Console{-1},
      name_{std::move(name)},
      own_{std::move(own)},
      wants_thread_{own_->wants_thread()} {}

/// In the words in which the router tells of other handlers.
void HandlerConsole::report_once(const std::string& what) {
  const std::string text = "handler '" + name_ + "'" + what;
  if (reported_.size() < max_reports && reported_.insert(text).second) sink::report(text);
}

template <typename F>
HandlerConsole::Outcome HandlerConsole::attempt(F&& call) {
  try {
    call();
    return Outcome::done;
  } catch (const TryAgain& error) {
    report_once(std::string{": "} + error.what());
    return Outcome::again;
  } catch (const std::exception& error) {
    report_once(std::string{" lost a record: "} + error.what());
  } catch (...) {
    report_once(" lost a record: an exception that is no std::exception");
  }
  return Outcome::lost;
}

HandlerConsole::Outcome HandlerConsole::handle(std::string_view bytes) {
  return attempt([&] {
    std::string_view record;
    std::string_view line;
    PackedParts parts;
    if (!split_packed(bytes, record, line) || !parts.read(record)) {
      throw std::runtime_error{"what was kept of it cannot be read"};
    }
    own_->handle(RecordView{parts}, line);
  });
}

/// On a thread of its own, the handler is tried again here: to those who look it is stuck, and at
/// the end it gets the time that others have who are slow.
int HandlerConsole::write(sink::LineBuffer& lines, Wait wait) {
  const record::OnEngineThread scope;
  std::int64_t pause_ms = first_pause_ms;
  while (true) {
    const std::size_t bytes_before = lines.bytes();
    const int error = write_once(lines, wait);
    is_retrying_ = error == again_later;
    if (!is_retrying_ || wait != Wait::until_interrupted) return error;
    if (lines.bytes() < bytes_before) pause_ms = first_pause_ms;
    if (!pause(pause_ms)) return EAGAIN;
    pause_ms = std::min(2 * pause_ms, longest_pause_ms);
  }
}

/// False when it is interrupted.
bool HandlerConsole::pause(std::int64_t ms) const {
  for (; ms > 0 && !is_interrupted(); ms -= look_ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds{look_ms});
  }
  return !is_interrupted();
}

/// Lines are taken only after flush(): a handler that collects has not delivered before.
int HandlerConsole::write_once(sink::LineBuffer& lines, Wait wait) {
  if (doomed_ > 0) {
    --doomed_;
    return refused;
  }
  std::size_t count = 0;
  std::size_t bytes = 0;
  Outcome outcome = Outcome::done;
  bool is_cut_short = false;
  while (count < lines.lines() && outcome == Outcome::done && !is_cut_short) {
    const std::size_t next = lines.mark(count).bytes;
    outcome = handle({lines.data() + bytes, next});
    if (outcome != Outcome::done) break;
    ++count;
    bytes += next;
    if (!is_retrying_) moved(next, 0);
    is_cut_short = wait == Wait::until_interrupted && is_interrupted() && count < lines.lines();
  }
  if (count > 0) {
    const Outcome flushed = attempt([this] { own_->flush(); });
    if (flushed == Outcome::again) return again_later;
    if (flushed == Outcome::lost) {
      doomed_ = count - 1;
      return refused;
    }
    lines.take(bytes);
    moved(bytes, count);
  }
  if (is_cut_short) return EAGAIN;
  if (outcome == Outcome::done) return 0;
  return outcome == Outcome::lost ? refused : again_later;
}

HandlerSink::HandlerSink(const std::string& name, std::unique_ptr<Handler> own,
                         sink::SinkOptions options)
    : Sink{name_of(name), options},
      console_{std::make_shared<HandlerConsole>(name, std::move(own))} {}

int HandlerSink::hand_over(sink::LineBuffer& lines, std::int64_t) {
  return console_->write(lines, sink::Console::Wait::no);
}

bool HandlerSink::refuses_line(int error) {
  return error == refused;
}

}  // namespace xylem::extend
