#include "record/process.hpp"

#include <ctime>

#include <unistd.h>

namespace xylem::record {
namespace {

std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

const std::int64_t start_ns = now_ns();

struct Other {
  bool is_set;
  std::int64_t id;
  std::int64_t start_ns;
};
constinit thread_local Other t_other{};

}  // namespace

std::int64_t process_id() {
  return t_other.is_set ? t_other.id : getpid();
}

std::int64_t process_start_ns() {
  return t_other.is_set ? t_other.start_ns : start_ns;
}

AsProcess::AsProcess(std::int64_t id, std::int64_t other_start_ns) {
  t_other = {true, id, other_start_ns};
}
AsProcess::~AsProcess() {
  t_other = {};
}

}  // namespace xylem::record
