#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

/// Records as a service might log them, from 64 call sites in rotation: a single site would train
/// the branch predictors and flatter every renderer.
namespace xylem::bench {

/// Four signatures, each with numbers of varied length: three numbers in the message and as fields;
/// two strings in the message and two fields; four fields that the message names in part; a number
/// and a measured double with all its digits. Not thread-safe.
class Workload {
 public:
  static constexpr std::size_t site_count = 64;
  static constexpr std::size_t max_payload_bytes = 256;

  /// Registers the call sites.
  Workload();

  /// The id of the call site of record number `i`.
  std::uint32_t site(std::size_t i) const { return sites_[i % site_count]; }

  /// Encodes the payload of record number `i`; the values are new at each call. Returns its bytes.
  std::size_t encode(std::size_t i, std::byte* payload);

 private:
  std::uint64_t number();
  std::string text(std::size_t shortest, std::size_t longest);

  std::mt19937_64 random_{20240123};
  std::array<std::uint32_t, site_count> sites_{};
};

}  // namespace xylem::bench
