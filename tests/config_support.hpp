#pragma once

// What the tests of refused configurations share.

#include <string_view>

#include <doctest/doctest.h>

#include <xylem/config.hpp>

#include "config/dict_config.hpp"

namespace config_test {

struct Refusal {
  std::string_view config;
  std::string_view message;
  std::string_view path;
};

inline void check_refused(const Refusal& refusal) {
  CAPTURE(refusal.config);
  try {
    xylem::config::parse(refusal.config, "production.json");
    FAIL_CHECK("accepted");
  } catch (const xylem::ConfigError& error) {
    CHECK(error.message() == refusal.message);
    CHECK(error.path() == refusal.path);
    CHECK(error.file() == "production.json");
  }
}

}  // namespace config_test
