#pragma once

#include <string>

#include "sink/sink.hpp"

namespace xylem::sink {

/// Takes lines and forgets them: they count as written. A handler that is known to be null need not
/// be formatted for at all.
class NullSink : public Sink {
 public:
  explicit NullSink(std::string name = "null");

 protected:
  int hand_over(LineBuffer& lines, std::int64_t) override;
};

}  // namespace xylem::sink
