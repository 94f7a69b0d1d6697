// spdlog: its asynchronous logger, which waits when the queue is full, with a pattern in the shape
// of JSON. The pattern leaves the end of the message to the call, which can then add fields.

#define SPDLOG_ACTIVE_LEVEL SPDLOG_LEVEL_DEBUG

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include "driver.hpp"
#include "peer.hpp"

namespace xylem::bench {
namespace {

constexpr const char* pattern =
    R"({"level": "%l", "timestamp": "%Y-%m-%dT%H:%M:%S.%f+00:00", "logger": "%n", "module": "%s", )"
    R"("function": "%!", "line": %#, "thread_name": "%t", "message": "%v})";

class Spdlog {
 public:
  static constexpr std::string_view name = "spdlog";
  static constexpr bool writes_json = true;
  static constexpr std::array<std::string_view, 1> variants = {"rotate10"};

  explicit Spdlog(const Setup& setup)
      : pool_{std::make_shared<spdlog::details::thread_pool>(queue_records, 1)} {
    // Only the pool's one thread writes: no lock is needed.
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_st>(
        setup.file.string(), static_cast<std::size_t>(setup.max_bytes),
        static_cast<std::size_t>(setup.backup_count));
    log_ = std::make_shared<spdlog::async_logger>("my_app.db", std::move(sink), pool_,
                                                  spdlog::async_overflow_policy::block);
    log_->set_formatter(
        std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
    log_->set_level(setup.variant == "disabled" ? spdlog::level::info : spdlog::level::debug);
  }

  void attach() {}

  void three_numbers(int a, long b, double c) {
    SPDLOG_LOGGER_INFO(log_, "a {} b {} c {}\"", a, b, c);
  }

  void three_fields(std::int64_t a, std::int64_t b, double c) {
    SPDLOG_LOGGER_INFO(log_, R"(a {0} b {1} c {2}", "a": {0}, "b": {1}, "c": {2})", a, b, c);
  }

  void string_field(const std::string& user, int user_id) {
    SPDLOG_LOGGER_INFO(log_, R"(user {} logged in", "user_id": {})", user, user_id);
  }

  void disabled(int a, long b, double c) { SPDLOG_LOGGER_DEBUG(log_, "a {} b {} c {}\"", a, b, c); }

  /// The pool's end waits for what is queued; the last owner of the sink closes the file.
  void finish() {
    const std::size_t overrun = pool_->overrun_counter();
    log_.reset();
    pool_.reset();
    if (overrun != 0) throw std::runtime_error{"records were lost"};
  }

 private:
  static constexpr std::size_t queue_records = 8192;

  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::async_logger> log_;
};

}  // namespace
}  // namespace xylem::bench

int main(int count, char** arguments) {
  return xylem::bench::run<xylem::bench::Spdlog>(count, arguments);
}
