#include "drain/thread_name.hpp"

#include <array>
#include <atomic>
#include <cerrno>

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "format/program.hpp"

namespace xylem::drain {
namespace {

/// Not a std::string: a thread's last destructors may log after those of thread_local objects.
struct GivenName {
  std::array<char, record::max_thread_name_bytes> text;
  std::size_t size;
};
constinit thread_local GivenName t_given_name{};

std::string choose_name() {
  if (t_given_name.size > 0) return {t_given_name.text.data(), t_given_name.size};
  if (syscall(SYS_gettid) == getpid()) return "MainThread";
  std::array<char, 32> system_name{};
  pthread_getname_np(pthread_self(), system_name.data(), system_name.size());
  // A thread inherits the process' name until it is given one of its own.
  constexpr std::size_t system_limit = 15;
  const std::string_view inherited =
      std::string_view{program_invocation_short_name}.substr(0, system_limit);
  if (system_name[0] != '\0' && inherited != system_name.data()) return system_name.data();
  static std::atomic<unsigned> last_number{0};
  return "Thread-" + std::to_string(last_number.fetch_add(1, std::memory_order_relaxed) + 1);
}

}  // namespace

std::shared_ptr<const record::Thread> describe_this_thread() {
  auto thread = std::make_shared<record::Thread>();
  thread->id = static_cast<std::uint64_t>(pthread_self());
  thread->name = choose_name();
  thread->ascii = format::styled(thread->name, format::TextStyle::ascii);
  thread->utf8 = format::styled(thread->name, format::TextStyle::utf8);
  return thread;
}

void name_this_thread(std::string_view name) {
  t_given_name.size = name.copy(t_given_name.text.data(), t_given_name.text.size());
}

}  // namespace xylem::drain
