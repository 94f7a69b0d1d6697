// xylem itself: the queued configuration of configs/, with files as large as the driver says.

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

#include <xylem/xylem.hpp>

#include "driver.hpp"
#include "peer.hpp"
#include "queued_config.hpp"

namespace xylem::bench {
namespace {

class Engine {
 public:
  static constexpr std::string_view name = "xylem";
  static constexpr bool writes_json = true;
  static constexpr std::array<std::string_view, 4> variants = {"coarse", "system", "anonymous",
                                                               "rotate10"};

  explicit Engine(const Setup& setup) {
    const bool other_clock = setup.variant == "coarse" || setup.variant == "system";
    configure(to_json({.file = setup.file,
                       .max_bytes = setup.max_bytes,
                       .backup_count = setup.backup_count,
                       .root_level = setup.variant == "disabled" ? "INFO" : "DEBUG",
                       .clock = other_clock ? setup.variant : "tsc",
                       .survives_crash = setup.variant != "anonymous"}));
  }

  /// The thread's ring is made now.
  void attach() { set_thread_name("bench"); }

  void three_numbers(int a, long b, double c) { XYLEM_INFO(log_, "a {} b {} c {}", a, b, c); }

  void three_fields(std::int64_t a, std::int64_t b, double c) {
    XYLEM_INFO(log_, "a {a} b {b} c {c}", field("a", a), field("b", b), field("c", c));
  }

  void string_field(const std::string& user, int user_id) {
    XYLEM_INFO(log_, "user {} logged in", user, field("user_id", user_id));
  }

  void disabled(int a, long b, double c) { XYLEM_DEBUG(log_, "a {} b {} c {}", a, b, c); }

  void macro_free(int a, long b, double c) { log_.info("a {} b {} c {}", a, b, c); }

  void finish() {
    shutdown();
    const Stats after = stats();
    if (after.dropped + after.failed + after.pending != 0) {
      throw std::runtime_error{"records were lost"};
    }
  }

 private:
  Logger log_ = get_logger("my_app.db");
};

}  // namespace
}  // namespace xylem::bench

int main(int count, char** arguments) {
  return xylem::bench::run<xylem::bench::Engine>(count, arguments);
}
