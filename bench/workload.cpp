#include "workload.hpp"

#include <cassert>
#include <string_view>
#include <vector>

#include <xylem/detail/encode.hpp>
#include <xylem/detail/site.hpp>

namespace xylem::bench {
namespace {

using detail::Kind;
using detail::String;

struct Signature {
  std::string_view format;
  std::vector<Kind> kinds;
  std::vector<std::string_view> keys;  // empty for a positional argument
};

const std::vector<Signature>& signatures() {
  static const std::vector<Signature> all = {
      {"a {a} b {b} c {c}", {Kind::int64, Kind::uint64, Kind::float64}, {"a", "b", "c"}},
      {"user {} logged in from {}",
       {Kind::string, Kind::string, Kind::uint64, Kind::boolean},
       {"", "", "user_id", "admin"}},
      {"{method} {path} -> {status}",
       {Kind::string, Kind::string, Kind::int64, Kind::float64},
       {"method", "path", "status", "ms"}},
      {"sensor {} reads {}", {Kind::uint64, Kind::float64}, {"", ""}},
  };
  return all;
}

std::uint32_t register_one(std::size_t i) {
  const Signature& signature = signatures()[i % signatures().size()];
  const std::string format = "task " + std::to_string(i) + ": " + std::string{signature.format};
  std::vector<detail::KeyText> keys;
  for (const std::string_view key : signature.keys) {
    keys.push_back({key.empty() ? nullptr : key.data(), key.size()});
  }
  return detail::register_site(
      {{format, "src/worker.cpp", "serve", static_cast<std::uint32_t>(100 + i), Level::info},
       signature.kinds.data(),
       keys.data(),
       keys.size()});
}

template <typename... S>
std::size_t put(std::byte* payload, const S&... values) {
  const std::size_t bytes = detail::encoded_size(values...);
  assert(bytes <= Workload::max_payload_bytes);
  detail::encode(payload, values...);
  return bytes;
}

}  // namespace

Workload::Workload() {
  for (std::size_t i = 0; i < site_count; ++i) sites_[i] = register_one(i);
}

/// One to ten digits, each length about as often as any other.
std::uint64_t Workload::number() {
  return (random_() >> 31) >> (random_() % 32);
}

std::string Workload::text(std::size_t shortest, std::size_t longest) {
  std::string out(shortest + random_() % (longest - shortest + 1), ' ');
  for (char& c : out) c = static_cast<char>('a' + random_() % 26);
  return out;
}

std::size_t Workload::encode(std::size_t i, std::byte* payload) {
  const auto decimal = [this](double divisor) { return static_cast<double>(number()) / divisor; };
  switch (i % site_count % signatures().size()) {
    case 0: {
      const auto magnitude = static_cast<std::int64_t>(number());
      return put(payload, random_() % 4 == 0 ? -magnitude : magnitude, number(), decimal(100));
    }
    case 1: {
      const std::string user = text(3, 16);
      const std::string address = text(7, 15);
      return put(payload, String{user}, String{address}, number(), random_() % 2 == 0);
    }
    case 2: {
      const std::string path = '/' + text(8, 40);
      const auto status = static_cast<std::int64_t>(200 + random_() % 304);
      return put(payload, String{random_() % 3 == 0 ? "POST" : "GET"}, String{path}, status,
                 decimal(1000));
    }
    default:
      return put(payload, number(), std::uniform_real_distribution{-40.0, 120.0}(random_));
  }
}

}  // namespace xylem::bench
