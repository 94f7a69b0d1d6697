#include "sink/null_sink.hpp"

#include <utility>

namespace xylem::sink {

NullSink::NullSink(std::string name) : Sink(std::move(name), {.buffer_bytes = 64 << 10}) {}

int NullSink::hand_over(LineBuffer& lines, std::int64_t) {
  lines.clear();
  return 0;
}

}  // namespace xylem::sink
