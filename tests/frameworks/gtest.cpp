// The test kit in GoogleTest: records compare, and show themselves where a test fails.

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include <xylem/testing.hpp>
#include <xylem/xylem.hpp>

namespace {

class LogIn : public testing::Test {
 protected:
  xylem::testing::Capture cap_{"my_app", xylem::Level::info};
  xylem::testing::FakeClock clock_{std::chrono::sys_days{std::chrono::year{2024} / 2 / 29}};
};

}  // namespace

TEST_F(LogIn, IsLoggedWithItsUser) {
  XYLEM_DEBUG(xylem::get_logger("my_app.auth"), "too low");
  XYLEM_WARNING(xylem::get_logger("my_app.auth"), "login of {user} failed",
                xylem::field("user", "alice"), xylem::field("attempt", 3));
  const auto records = cap_.records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].message(), "login of alice failed");
  EXPECT_EQ(records[0].level(), xylem::Level::warning);
  EXPECT_EQ(records[0].field("user"), "alice");
  EXPECT_EQ(records[0].field("attempt"), 3);
  EXPECT_EQ(records[0].created(), clock_.now());
  EXPECT_EQ(testing::PrintToString(records[0].level()), "WARNING");
  EXPECT_EQ(testing::PrintToString(records[0].field("user")), "alice");
  EXPECT_NE(testing::PrintToString(records[0]).find(" login of alice failed user=alice attempt=3"),
            std::string::npos);
}

TEST_F(LogIn, BeginsWithoutWhatAnotherTestLogged) {
  EXPECT_TRUE(cap_.records().empty());
  EXPECT_EQ(cap_.text(), "");
}
