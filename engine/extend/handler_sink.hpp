#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <xylem/extend.hpp>

#include "sink/console.hpp"
#include "sink/sink.hpp"

namespace xylem::extend {

/// Hands the lines of a PackingFormatter to a handler of the program's own. Behind it stands all
/// that holds for other sinks: batches, accounting, what is kept in trouble and in the crash file,
/// flush and shutdown, and a thread where the handler wants one.
///
/// Thread-safety: as Console.
class HandlerConsole final : public sink::Console {
 public:
  /// `name` is that of the handler in the configuration.
  HandlerConsole(std::string name, std::unique_ptr<Handler> own);

  bool wants_thread() const { return wants_thread_; }

  /// EPROTO: the handler has refused the oldest line for good. EAGAIN: it was interrupted.
  /// ENOTCONN: it wants to be tried again.
  int write(sink::LineBuffer& lines, Wait wait) override;

 private:
  enum class Outcome { done, lost, again };

  int write_once(sink::LineBuffer& lines, Wait wait);
  bool pause(std::int64_t ms) const;
  template <typename F>
  Outcome attempt(F&& call);
  Outcome handle(std::string_view bytes);
  void report_once(const std::string& what);

  std::string name_;
  std::unique_ptr<Handler> own_;
  bool wants_thread_;
  bool is_retrying_ = false;  // what is handled again is no progress
  std::size_t doomed_ = 0;    // the oldest lines, of a batch that flush() lost
  std::unordered_set<std::string> reported_;
};

class HandlerSink final : public sink::Sink {
 public:
  /// `name` is that of the handler in the configuration.
  HandlerSink(const std::string& name, std::unique_ptr<Handler> own, sink::SinkOptions options);
  ~HandlerSink() override { leave_thread(); }

  /// "handler NAME": not the path of a file.
  static std::string name_of(const std::string& handler) { return "handler " + handler; }

 protected:
  int hand_over(sink::LineBuffer& lines, std::int64_t) override;
  bool may_block() const override { return console_->wants_thread(); }
  std::shared_ptr<sink::Console> console() override { return console_; }
  bool refuses_line(int error) override;

 private:
  std::shared_ptr<HandlerConsole> console_;
};

}  // namespace xylem::extend
