#include "fatal/record.hpp"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <new>
#include <span>
#include <system_error>

#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <xylem/detail/logger_state.hpp>
#include <xylem/detail/members.hpp>
#include <xylem/detail/submit.hpp>

#include "drain/producer.hpp"
#include "fatal/cause.hpp"
#include "fatal/guard.hpp"
#include "fatal/stack.hpp"
#include "fatal/symbols.hpp"
#include "fatal/text.hpp"
#include "record/foreign.hpp"
#include "record/site.hpp"
#include "sink/signals.hpp"

namespace xylem::fatal {
namespace {

constexpr std::uint64_t ring_slots = 64;  // a page, the least a ring can have
constexpr std::size_t block_bytes = std::size_t{64} << 10;
constexpr std::int64_t patience_ns = 2'000'000'000;
constexpr long poll_ns = 500'000;
constexpr int critical = static_cast<int>(Level::critical);

/// What the handler works in: static, because a signal stack is small, and for one thread at a
/// time.
struct Workspace {
  Stack stack;
  std::array<char, std::size_t{4} << 10> message;
  std::array<char, std::size_t{48} << 10> trace;
  std::array<char, std::size_t{32} << 10> names;
  std::array<char, 4096> program;
  std::array<char, 16> thread_name;
};
Workspace work;

std::int64_t steady_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// As the thread's other records have it, else as the kernel does.
std::string_view name_of_this_thread() {
  if (const record::Thread* const thread = drain::describe_attached_thread()) return thread->name;
  if (gettid() == getpid()) return "MainThread";
  work.thread_name = {};
  prctl(PR_GET_NAME, work.thread_name.data());
  return {work.thread_name.data(), strnlen(work.thread_name.data(), work.thread_name.size())};
}

void describe_frame(Text& out, const Frame& frame) {
  if (!frame.function.empty()) {
    out.add(frame.function).add("+").add_hex(frame.into_function).add(" ");
  }
  if (frame.path == nullptr) {
    out.add("(").add_hex(frame.address).add(")");
    return;
  }
  const char* path = frame.path;
  if (*path == '\0') path = work.program.data();
  out.add("(").add(path).add("+").add_hex(frame.address - frame.base).add(")");
}

/// The names are still the linker's: to make them readable takes memory.
std::string_view describe_stack() {
  const std::span frames{work.stack.frames.data(), work.stack.size};
  guarded([&] { find_functions(frames, work.names); });
  work.program = {};
  if (readlink("/proc/self/exe", work.program.data(), work.program.size() - 1) < 0) {
    Text{work.program}.add("program");
  }
  Text trace{work.trace};
  trace.add("Stack (most recent call first):");
  for (std::size_t i = 0; i < frames.size(); ++i) {
    trace.add("\n#").add_decimal(static_cast<std::int64_t>(i)).add(" ");
    describe_frame(trace, frames[i]);
  }
  if (work.stack.is_cut) trace.add("\n...");
  return frames.empty() ? std::string_view{} : trace.view();
}

}  // namespace

void Reserve::take() {
  drain::Engine& engine = drain::Engine::instance();
  drain::Exchange& exchange = engine.exchange();
  prepare_walks();
  header_ = detail::header_word(record::foreign_site, 0, 1, detail::flag_spilled) |
            detail::logger_state("xylem").header;
  const drain::SpillPool::Block block = exchange.spills().allocate(block_bytes);
  if (block.bytes == nullptr) throw std::system_error{ENOMEM, std::generic_category()};
  auto thread = std::make_shared<record::Thread>();
  thread->name = thread->ascii = thread->utf8 = "xylem";
  try {
    ring_ = &exchange.take_ring(std::move(thread), nullptr, ring_slots);
  } catch (...) {
    exchange.spills().release(block.id);
    throw;
  }
  block_ = block;
  engine_ = &engine;
  end_ = ring_->words().head.load_relaxed();
}

void Reserve::give_back() {
  // The consumer gives back a block that a record names.
  const bool is_used = ring_->words().head.load_relaxed() != end_;
  if (!is_used) engine_->exchange().spills().release(block_.id);
  engine_->exchange().retire(*ring_);
  *this = {};
}

void Reserve::record_signal(const siginfo_t& info, ucontext_t& context) {
  Text message{work.message};
  message.add("Fatal signal ");
  describe_cause(message, info, stack_pointer(context));
  work.stack.size = 0;
  work.stack.is_cut = false;
  // The walk may step out of a call into nowhere.
  const mcontext_t registers = context.uc_mcontext;
  guarded([&] { walk_interrupted(work.stack, context); });
  context.uc_mcontext = registers;
  publish(message, &info);
}

void Reserve::record_termination(std::string_view message, const void* return_address) {
  work.stack.size = 0;
  work.stack.is_cut = false;
  guarded([&] { walk_from(work.stack, return_address); });
  Text text{work.message};
  publish(text.add(message), nullptr);
}

/// Fills the block; how many bytes that takes.
std::size_t Reserve::pack(Text& message, const siginfo_t* info) {
  const std::string_view thread_name = name_of_this_thread();
  message.add(", thread ").add(thread_name);
  std::uint32_t size = 0;  // of the one argument, a text
  record::Packer packer{{block_.bytes + sizeof size, block_bytes - sizeof size}};
  packer.levelno(critical);
  packer.message(message.view());
  packer.thread(static_cast<std::uint64_t>(pthread_self()));
  packer.thread_name(thread_name);
  if (info != nullptr) {
    std::array<char, 32> memory;
    Text json{memory};
    packer.extra("signal", json.add("\"").add(signal_name(info->si_signo)).add("\"").view());
    if (has_address(*info)) {
      json.clear();
      json.add("\"").add_hex(reinterpret_cast<std::uintptr_t>(info->si_addr)).add("\"");
      packer.extra("address", json.view());
    }
  }
  const std::string_view trace = describe_stack();
  if (!trace.empty()) packer.raw_stack(trace);
  size = static_cast<std::uint32_t>(packer.bytes());
  std::memcpy(block_.bytes, &size, sizeof size);
  return sizeof size + size;
}

/// What the thread's records carry, in front of the record. Returns the slots it takes; none for
/// fields that a ring does not take.
std::uint64_t Reserve::put_context(std::uint64_t tick) const {
  const detail::MembersBlock* const members = detail::t_context.members;
  if (members == nullptr) return 0;
  const detail::Text<detail::Kind::members> text{{members->text(), members->bytes}};
  const std::uint64_t slots = detail::slots_for(detail::encoded_size(text));
  if (slots > detail::max_record_slots) return 0;
  std::byte* const at = ring_->at(ring_->words().head.load_relaxed());
  detail::write_header(at, detail::header_word(record::context_site, 0, slots), tick);
  detail::encode(at + detail::header_bytes, text);
  return slots;
}

void Reserve::publish(Text& message, const siginfo_t* info) {
  const std::uint64_t payload[] = {block_.id, pack(message, info)};
  drain::RingWords& words = ring_->words();
  const bool is_tsc = ring_->source == drain::TickSource::tsc;
  const std::uint64_t tick =
      drain::read_tick(is_tsc ? drain::TickSource::tsc : drain::TickSource::monotonic);
  const std::uint64_t head = words.head.load_relaxed() + put_context(tick);
  std::byte* const at = ring_->at(head);
  std::memcpy(at, &header_, sizeof header_);
  std::memcpy(at + sizeof header_, &tick, sizeof tick);
  std::memcpy(at + detail::header_bytes, payload, sizeof payload);
  // Pairs with the acquire in RingReader::poll(), as in publish() of a call.
  words.head.store_release(head + 1);
}

void Reserve::wait_until_written() const {
  if (sink::is_engine_thread()) return;
  const std::uint64_t end = ring_->words().head.load_relaxed();
  const std::int64_t deadline_ns = steady_ns() + patience_ns;
  // The consumer frees the slot when the batch of the record, and so all before it, is written.
  while (engine_->is_running() && ring_->words().tail.load_acquire() < end &&
         steady_ns() < deadline_ns) {
    engine_->exchange().wake();
    const timespec pause{0, poll_ns};
    nanosleep(&pause, nullptr);
  }
}

}  // namespace xylem::fatal
