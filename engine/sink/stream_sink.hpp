#pragma once

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
  int release() override;

 private:
  void hold_reports_while(bool is_torn);

  int fd_;
  bool holds_reports_ = false;
};

}  // namespace xylem::sink
