#pragma once
/// @file
/// What the file system says of a handler's file, to the calling user in the current directory.
/// Nothing is opened, made or changed.

#include <filesystem>
#include <string>

#include "config/plan.hpp"

namespace xylem::config {

/// Two names of one file have one identity, also through links; where a directory is not there, as
/// far as the names alone tell.
std::filesystem::path identity_of(const FilePlan& file);

/// Why the file cannot be opened, and what to do; empty when it can.
std::string obstacle_to_open(const FilePlan& file);

/// The same for renaming it, which a rollover takes.
std::string obstacle_to_rename(const FilePlan& file);

}  // namespace xylem::config
