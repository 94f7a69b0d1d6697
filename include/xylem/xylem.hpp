#pragma once

/// Everything: logging (log.hpp), configuration (config.hpp), and the life of the engine.

#include <string_view>

#include <xylem/config.hpp>
#include <xylem/configure_env.hpp>
#include <xylem/context.hpp>
#include <xylem/engine.hpp>
#include <xylem/env_levels.hpp>
#include <xylem/hex.hpp>
#include <xylem/levels.hpp>
#include <xylem/log.hpp>
#include <xylem/record.hpp>
#include <xylem/registry.hpp>
#include <xylem/stats.hpp>

namespace xylem {

/// Returns once every record that this thread logged before, and every record that another thread
/// logged before something this thread saw of it, is in the kernel's hands; while a handler is in
/// trouble (a full disk), once that handler has tried. Thread-safe.
void flush();

/// Drains everything, closes the handlers of every Engine and stops the consumer, although others
/// log on. Runs by itself at exit. Records logged afterwards wait for the next configuration, or
/// for the end of the process, where they go to stderr as those of an engine that was never
/// configured; nobody waits for room meanwhile: what a full ring refuses is dropped and told.
/// Thread-safe; a second call does nothing.
///
/// The engine's threads do not end by themselves: a main thread that ends by pthread_exit() leaves
/// it to another to call exit().
void shutdown();

/// Names the calling thread in its records (`threadName`). Without it, the first thread is
/// "MainThread" and others are "Thread-1", "Thread-2" in the order of their first record.
void set_thread_name(std::string_view name);

}  // namespace xylem
