#include "sink/syslog_sink.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "sink/report.hpp"

namespace xylem::sink {

std::string SyslogSink::name_of(const SyslogAddress& address) {
  return "syslog " + address.path.value_or(address.host + ':' + address.port) +
         (address.type == SyslogAddress::Type::stream ? " (stream)" : "");
}

SyslogSink::SyslogSink(const SyslogAddress& address, SinkOptions options)
    : Sink(name_of(address), options), socket_(std::make_shared<SyslogSocket>(address)) {
  const int error = socket_->connect();
  if (error != 0 && !address.path) {
    throw std::runtime_error("[Errno " + std::to_string(error) + "] " + std::strerror(error));
  }
}

SyslogSink::~SyslogSink() {
  leave_thread();
}

int SyslogSink::hand_over(LineBuffer& lines, std::int64_t) {
  return socket_->write(lines, Console::Wait::no);
}

bool SyslogSink::refuses_line(int error) {
  if (error != EMSGSIZE) return false;
  if (!has_told_) report(error_text(error, name()) + " (such messages are lost)");
  has_told_ = true;
  return true;
}

int SyslogSink::release() {
  socket_->close();
  return 0;
}

}  // namespace xylem::sink
