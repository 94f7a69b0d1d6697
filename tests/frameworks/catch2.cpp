// The test kit in Catch2: records compare, and show themselves where a test fails.

#define CATCH_CONFIG_MAIN
#define CATCH_CONFIG_FAST_COMPILE
#define CATCH_CONFIG_NO_POSIX_SIGNALS
#include <chrono>
#include <string>

#include <catch2/catch.hpp>

#include <xylem/testing.hpp>
#include <xylem/xylem.hpp>

TEST_CASE("a login that fails is logged with its user") {
  xylem::testing::Capture cap{"my_app", xylem::Level::info};
  const xylem::testing::FakeClock clock{std::chrono::sys_days{std::chrono::year{2024} / 2 / 29}};
  XYLEM_DEBUG(xylem::get_logger("my_app.auth"), "too low");
  XYLEM_WARNING(xylem::get_logger("my_app.auth"), "login of {user} failed",
                xylem::field("user", "alice"), xylem::field("attempt", 3));
  const auto records = cap.records();
  REQUIRE(records.size() == 1);
  CHECK(records[0].message() == "login of alice failed");
  CHECK(records[0].level() == xylem::Level::warning);
  CHECK(records[0].field("user") == "alice");
  CHECK(records[0].field("attempt") == 3);
  CHECK(records[0].created() == clock.now());
  CHECK(Catch::Detail::stringify(records[0].level()) == "WARNING");
  CHECK(Catch::Detail::stringify(records[0].field("user")) == "alice");
  CHECK(Catch::Detail::stringify(records[0]).find(" login of alice failed user=alice attempt=3") !=
        std::string::npos);

  SECTION("each section begins anew") {
    CHECK(cap.records().size() == 1);
  }
  SECTION("and forgets what was logged on the way") {
    cap.clear();
    CHECK(cap.text().empty());
  }
}
