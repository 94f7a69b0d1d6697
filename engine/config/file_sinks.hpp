#pragma once

#include <memory>

#include "config/plan.hpp"
#include "sink/file_sink.hpp"

namespace xylem::config {

sink::FileOptions file_options(const FilePlan& plan);

/// Open the files; throw as sink::FileSink does.
std::shared_ptr<sink::Sink> make_sink(const TimedFilePlan& plan, const sink::SinkOptions& options);
std::shared_ptr<sink::Sink> make_sink(const ArchiveFilePlan& plan,
                                      const sink::SinkOptions& options);

}  // namespace xylem::config
