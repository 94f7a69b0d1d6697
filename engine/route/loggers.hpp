#pragma once

#include <memory>
#include <string>
#include <vector>

#include <xylem/detail/logger_state.hpp>

#include "crash/dictionary.hpp"
#include "route/forest.hpp"

/// The loggers of the process: names, ids, and the thresholds that calls read.
namespace xylem::route {

/// The logger of an id that a record carries; valid for ever. Takes no lock: who has the id has
/// synchronised with its registration.
const detail::LoggerState& logger(std::uint32_t id);

/// Whose it is; likewise.
EngineNumber engine_of(std::uint32_t id);

/// The names of all loggers of that engine that were ever asked for. Thread-safe.
std::vector<std::string> logger_names(EngineNumber engine);

/// Puts the levels of all trees in force, for loggers to come as well. Thread-safe.
void set_levels(Forest forest);

/// Names all loggers, known and to come, in a dictionary, in which a logger stands before any
/// record of it does. Null: in none.
void describe_loggers_in(crash::Dictionary* dictionary);

/// Around fork(2): nobody else holds the lock of the registry while its memory is copied.
void lock_loggers();
void unlock_loggers();

}  // namespace xylem::route
