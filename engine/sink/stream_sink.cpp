#include "sink/stream_sink.hpp"

#include <utility>

namespace xylem::sink {

StreamSink::StreamSink(int fd, std::string name, SinkOptions options)
    : Sink(std::move(name), options), fd_(fd), console_(std::make_shared<Console>(fd)) {}

StreamSink::~StreamSink() {
  if (call_back() == 0) console_->give_up_line();
}

int StreamSink::hand_over(LineBuffer& lines, std::int64_t) {
  return console_->write(lines, may_block() ? Console::Wait::no : Console::Wait::in_kernel);
}

int StreamSink::release() {
  console_->give_up_line();
  return 0;
}

}  // namespace xylem::sink
