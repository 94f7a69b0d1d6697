#pragma once

#include <memory>

#include "sink/console.hpp"
#include "sink/sink.hpp"

namespace xylem::sink {

/// Writes to a descriptor that belongs to the program: stdout or stderr. Never closes it and never
/// changes its flags, which it shares with other processes.
class StreamSink : public Sink {
 public:
  /// `name` is how reports call it, `fd` must outlive the sink.
  StreamSink(int fd, std::string name, SinkOptions options = {});
  ~StreamSink() override;

 protected:
  int hand_over(LineBuffer& lines, std::int64_t) override;
  int descriptor() const override { return fd_; }
  bool may_block() const override { return sink::may_block(fd_); }
  std::shared_ptr<Console> console() override { return console_; }
  int release() override;

 private:
  int fd_;
  std::shared_ptr<Console> console_;
};

}  // namespace xylem::sink
