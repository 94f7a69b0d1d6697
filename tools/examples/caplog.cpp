// A test without a framework: what a function logs is looked at as records.

#include <chrono>
#include <iostream>
#include <string_view>

#include <xylem/testing.hpp>
#include <xylem/xylem.hpp>

namespace {

bool log_in(std::string_view user, std::string_view password) {
  const bool is_right = password == "secret";
  const xylem::Logger log = xylem::get_logger("my_app.auth");
  if (!is_right) XYLEM_WARNING(log, "login of {user} failed", xylem::field("user", user));
  return is_right;
}

bool check(bool holds, std::string_view what) {
  if (!holds) std::cerr << "not so: " << what << '\n';
  return holds;
}

}  // namespace

int main() {
  const xylem::testing::Capture cap{"my_app", xylem::Level::info};
  const std::chrono::sys_days leap_day = std::chrono::year{2024} / 2 / 29;
  const xylem::testing::FakeClock clock{leap_day};
  bool is_good = check(!log_in("alice", "wrong"), "a wrong password is refused");
  const auto records = cap.records();
  is_good &= check(records.size() == 1, "that is logged once");
  if (!is_good) return 1;
  is_good &= check(records[0].message() == "login of alice failed", "with a message");
  is_good &= check(records[0].field("user") == "alice", "and a field");
  is_good &= check(records[0].level() == xylem::Level::warning, "as a warning");
  is_good &= check(records[0].created() == leap_day, "at the time of the clock");
  std::cout << cap.text();
  return is_good ? 0 : 1;
}

// $ caplog
//   WARNING  my_app.auth:caplog.cpp:... login of alice failed
