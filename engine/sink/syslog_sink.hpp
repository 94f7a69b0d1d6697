#pragma once

#include <memory>
#include <string>

#include "sink/sink.hpp"
#include "sink/syslog_socket.hpp"

namespace xylem::sink {

/// Sends each line as a message to a syslog daemon; a thread of its own does, so that nobody waits
/// for a daemon that is slow or gone. What it cannot send is kept and tried again; a message that
/// is too long for a datagram is given up.
class SyslogSink : public Sink {
 public:
  /// Connects. Throws std::runtime_error "[Errno 111] Connection refused" and what SyslogSocket
  /// throws; a Unix socket need not be there yet.
  explicit SyslogSink(const SyslogAddress& address, SinkOptions options = {});
  ~SyslogSink() override;

  /// "syslog localhost:514", "syslog /dev/log".
  static std::string name_of(const SyslogAddress& address);

 protected:
  int hand_over(LineBuffer& lines, std::int64_t) override;
  int descriptor() const override { return socket_->descriptor(); }
  bool may_block() const override { return true; }
  std::shared_ptr<Console> console() override { return socket_; }
  bool refuses_line(int error) override;
  int release() override;

 private:
  std::shared_ptr<SyslogSocket> socket_;
  bool has_told_ = false;  // of a message that was too long
};

}  // namespace xylem::sink
