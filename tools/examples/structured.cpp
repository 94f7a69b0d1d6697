// Fields instead of a text that somebody has to take apart again. Each keeps its type, and stands
// in the JSON line under its own name.

#include <string_view>

#include <xylem/xylem.hpp>

namespace {

void log_in(const xylem::Logger log, int user_id, std::string_view ip_address) {
  XYLEM_INFO(log, "User logged in", xylem::field("user_id", user_id),
             xylem::field("ip_address", ip_address), xylem::field("session_id", "abc-123"));
  // A field may also be named in the message.
  XYLEM_WARNING(log, "{attempts} attempts from {}", ip_address, xylem::field("attempts", 3));
}

}  // namespace

int main() {
  xylem::configure_file("configs/2-stderr-json-file.json");
  log_in(xylem::get_logger("my_app.auth"), 12345, "192.168.1.1");
}

// $ structured
//   WARNING: 3 attempts from 192.168.1.1
// $ cat logs/my_app.log.jsonl
//   {"level": "INFO", "message": "User logged in", "timestamp": "...+00:00", "logger": "my_app.auth", "module": "structured", "function": "log_in", "line": ..., "thread_name": "MainThread", "user_id": 12345, "ip_address": "192.168.1.1", "session_id": "abc-123"}
//   {"level": "WARNING", "message": "3 attempts from 192.168.1.1", ..., "attempts": 3}
