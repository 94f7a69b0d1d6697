// A library that logs, to be loaded and unloaded by tests/dlopen.cpp. Built twice: with the engine
// of the program that loads it, and with one of its own.

#include <stdexcept>
#include <thread>

#include <xylem/xylem.hpp>

namespace {

/// Text that is nowhere but in this library.
struct Named {
  int number;
};

/// Logs when the library is unloaded.
struct Last {
  bool armed = false;
  ~Last() {
    if (armed) xylem::get_logger("plugin").info("from the plugin's destructor");
  }
};
Last last;

}  // namespace

template <>
struct fmt::formatter<Named> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <typename Context>
  auto format(const Named& named, Context& context) const {
    return fmt::format_to(context.out(), "named {}", named.number);
  }
};

#define PLUGIN_API [[gnu::visibility("default")]]

extern "C" {

/// Logs in every way there is.
PLUGIN_API void plugin_log(int number) {
  const xylem::Logger log = xylem::get_logger("plugin");
  XYLEM_INFO(log, "macro {} of {}", number, "text", xylem::field("a_key_of_the_plugin", number));
  log.warning("function {}", Named{number}, xylem::field("another_key", "and its text"));
  try {
    throw std::runtime_error{"trouble in the plugin"};
  } catch (const std::exception&) {
    XYLEM_EXCEPTION(log, "exception {}", number);
  }
}

PLUGIN_API void plugin_log_at_unloading() {
  last.armed = true;
}

PLUGIN_API void plugin_log_on_a_thread(int number) {
  std::thread{plugin_log, number}.join();
}

PLUGIN_API void plugin_configure(const char* config) {
  xylem::configure(config);
}
}
