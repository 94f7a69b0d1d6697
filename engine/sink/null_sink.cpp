#include "sink/null_sink.hpp"

#include <utility>

namespace xylem::sink {

NullSink::NullSink(std::string name) : Sink(std::move(name), {.buffer_bytes = 64 << 10}) {}

int NullSink::hand_over() {
  buffer().clear();
  return 0;
}

}  // namespace xylem::sink
