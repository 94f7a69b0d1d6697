#include "memory.hpp"

#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

namespace xylem::bench {
namespace {

std::int64_t status_kib(std::string_view key) {
  std::ifstream status{"/proc/self/status"};
  std::string word;
  while (status >> word) {
    std::int64_t kib = 0;
    if (word == key && status >> kib) return kib;
    status.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  throw std::runtime_error{"/proc/self/status does not say " + std::string{key}};
}

}  // namespace

std::int64_t resident_kib() {
  return status_kib("VmRSS:");
}

std::int64_t peak_resident_kib() {
  return status_kib("VmHWM:");
}

}  // namespace xylem::bench
