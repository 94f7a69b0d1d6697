#include "drain/producer.hpp"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <exception>

#include <pthread.h>
#include <sched.h>

#include <xylem/detail/members.hpp>
#include <xylem/detail/sampled.hpp>
#include <xylem/detail/submit.hpp>

#include "drain/engine.hpp"
#include "drain/hooks.hpp"
#include "drain/thread_name.hpp"
#include "record/engine_thread.hpp"
#include "record/site.hpp"
#include "route/call_sampler.hpp"
#include "route/loggers.hpp"
#include "sink/report.hpp"
#include "sink/signals.hpp"

namespace xylem::detail {

constinit thread_local Producer t_producer{};

}  // namespace xylem::detail

/// The slow path of a call: everything but "there is room".
namespace xylem::drain {
namespace {

using detail::Producer;

/// How often a producer looks for room before it sleeps: a microsecond or two. What is freed takes
/// the consumer longer, and it, the sinks' threads and other producers want the processor.
constexpr int spins = 32;
constexpr std::int64_t wait_us = 10'000;

/// Rings of ended threads that may wait for the consumer. Threads can come and go, a record each,
/// faster than it; each ring is memory, and must be looked at.
constexpr std::uint32_t most_ended_rings = 256;
constexpr std::int64_t ended_rings_nap_us = 500;

/// How long a synchronous call waits for the consumer, which may itself wait for what the calling
/// thread has, in a handler of the program's own; and how often it looks.
constexpr std::int64_t patience_us = 2'000'000;
constexpr std::int64_t written_look_us = 1000;

std::int64_t monotonic_us() {
  return static_cast<std::int64_t>(detail::monotonic_tick() / 1000);
}

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/// What else a thread that logs has; apart from Producer, so that a call reaches less memory.
struct Attachment {
  Ring* ring = nullptr;
  std::uint64_t limit = 0;       // position up to which it may write
  std::uint64_t generation = 0;  // of the exchange, when the ring was taken
  std::uint64_t context = 0;     // number of the fields that the ring was told of last; 0: none
  bool has_untold_drops = false;
  bool was_synchronous = false;  // its last call was
};
constinit thread_local Attachment t_attachment{};

/// Lets the fast path write up to a position. It calls nobody for the time: where that must be,
/// every call comes here.
void set_limit(Producer& producer, std::uint64_t limit) {
  t_attachment.limit = limit;
  producer.next = t_attachment.ring->at(producer.head);
  const bool is_fast = producer.tick_is_tsc || producer.kept_tick != nullptr;
  const std::uint64_t room_bytes = (limit - producer.head) * detail::slot_bytes;
  producer.end.store_seq_cst(is_fast ? reinterpret_cast<std::uintptr_t>(producer.next) + room_bytes
                                     : 0);
  // Whoever wants this thread to take a new ring, or its calls to wait, has set the limit to 0,
  // perhaps just before it was set here; so has who ended a context of this thread. Both sides are
  // sequentially consistent: one of them sees the other.
  const Exchange& exchange = Engine::instance().exchange();
  if (t_attachment.generation != exchange.generation() || exchange.is_synchronous() ||
      detail::has_ended_contexts()) {
    producer.end.store_relaxed(0);
  }
}

/// Ends the thread's use of its ring.
void detach() {
  if (t_attachment.ring == nullptr) return;
  Engine::instance().exchange().retire(*t_attachment.ring);
  abandon_ring();
  if (const Hooks* const others = hooks.load(std::memory_order_acquire)) others->thread_detached();
}

/// As a pthread key's destructor it runs after those of thread_local objects, which may log; should
/// yet another key's destructor log after it, the thread attaches anew and this runs once more.
void end_thread(void*) {
  detail::leave_contexts();
  detach();
}

/// The key whose destructor end_thread() is; -1 when there is none.
constinit std::atomic<std::int64_t> thread_end_key{-1};

void make_thread_end_key() {
  pthread_key_t made{};
  if (pthread_key_create(&made, end_thread) == 0) {
    thread_end_key.store(std::int64_t{made}, std::memory_order_relaxed);
  }
}

void detach_at_thread_end() {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_thread_end_key);
  const std::int64_t key = thread_end_key.load(std::memory_order_relaxed);
  if (key >= 0) pthread_setspecific(static_cast<pthread_key_t>(key), &t_attachment);
}

/// Not when it is the consumer itself that logs, in a program's own handler.
bool may_wait(Engine& engine) {
  return engine.exchange().settings().when_full == WhenFull::block && engine.is_running() &&
         !record::is_engine_thread();
}

/// As for room in a ring: waits for the consumer if the configuration says so and there is one.
bool may_take_ring() {
  Engine& engine = Engine::instance();
  while (engine.exchange().ended_rings() >= most_ended_rings) {
    engine.exchange().press();
    if (!may_wait(engine)) return false;
    Atomic<std::uint32_t> nobody_wakes;
    futex_wait(nobody_wakes, 0, ended_rings_nap_us);
  }
  return true;
}

void take_ring(Producer& producer) {
  Engine& engine = Engine::instance();
  engine.prepare_for_thread();
  t_attachment.generation = engine.exchange().generation();
  Ring& ring = engine.exchange().take_ring(describe_this_thread(), &producer);
  t_attachment.ring = &ring;
  producer.head = ring.words().head.load_relaxed();
  producer.published = &ring.words().head;
  producer.tick_is_tsc = ring.source == TickSource::tsc;
  producer.kept_tick = ring.source == TickSource::coarse ? &engine.exchange().kept_tick() : nullptr;
  set_limit(producer, producer.head);
  detach_at_thread_end();
}

/// False when the thread can have no ring. Without a consumer, records wait in it.
bool attach(Producer& producer) noexcept {
  // Told once, not by each of the calls that may follow.
  static constinit std::atomic<bool> has_told{false};
  try {
    if (may_take_ring()) {
      take_ring(producer);
      Engine::instance().start_for_thread();
      if (const Hooks* const others = hooks.load(std::memory_order_acquire)) {
        others->thread_attached();
      }
    }
  } catch (const std::exception& error) {
    if (!has_told.exchange(true, std::memory_order_relaxed)) sink::report(error.what());
  }
  return t_attachment.ring != nullptr;
}

/// Makes `limit` as recent as it can be. The acquire pairs with the release of the tail in
/// RingReader::release(): the consumer has read the slots below it.
bool has_room(Producer& producer, std::uint64_t slots) {
  Ring& ring = *t_attachment.ring;
  set_limit(producer, ring.words().tail.load_acquire() + ring.capacity());
  return producer.head + slots <= t_attachment.limit;
}

/// The release pairs with the acquire in Consumer::tell_silent_drops(): who sees the sum sees the
/// records before the drop.
void count_drop(Producer& producer) {
  RingWords& words = t_attachment.ring->words();
  words.dropped.store_release(words.dropped.load_relaxed() + 1);
  t_attachment.has_untold_drops = true;
  // The next call must come here too: the note about the drop goes first.
  set_limit(producer, producer.head);
}

void write_drop_note(Producer& producer) {
  const std::uint64_t sum = t_attachment.ring->words().dropped.load_relaxed();
  detail::write_header(producer.next, detail::header_word(record::dropped_site, 0, 1),
                       detail::tick(producer));
  std::memcpy(producer.next + detail::header_bytes, &sum, sizeof sum);
  detail::publish(producer, 1);
  t_attachment.has_untold_drops = false;
}

/// Waits until the consumer has freed the slots. False when there is no consumer.
bool wait_for_room(Producer& producer, std::uint64_t slots) {
  Engine& engine = Engine::instance();
  RingWords& words = t_attachment.ring->words();
  for (int i = 0; !has_room(producer, slots); ++i) {
    if (!engine.is_running()) return false;
    engine.exchange().press();
    if (i < spins) {
      pause();
      continue;
    }
    words.waiting.store_seq_cst(1);
    const std::uint64_t tail = words.tail.load_seq_cst();
    if (producer.head + slots <= tail + t_attachment.ring->capacity()) continue;
    futex_wait(words.waiting, 1, wait_us);
  }
  return true;
}

/// Room in the ring, by the configured policy.
bool find_slots(Producer& producer, std::uint64_t slots) {
  if (producer.head + slots <= t_attachment.limit) return true;
  const std::uint64_t needed = slots + (t_attachment.has_untold_drops ? 1 : 0);
  if (!has_room(producer, needed)) {
    if (!may_wait(Engine::instance()) || !wait_for_room(producer, needed)) {
      Engine::instance().exchange().press();
      return false;
    }
  }
  if (t_attachment.has_untold_drops) write_drop_note(producer);
  // Come back at half a ring, to wake a consumer that sleeps before it is too late.
  const std::uint64_t half = producer.head + slots + t_attachment.ring->capacity() / 2;
  if (t_attachment.limit < half) {
    Engine::instance().exchange().press();
  } else {
    set_limit(producer, half);
  }
  return true;
}

/// Until the record published last is in the kernel's hands, or kept because that cannot be: then
/// its slots are free. Nobody waits for the consumer on a thread that it may be waiting for.
void wait_until_written(const Producer& producer) {
  if (sink::is_engine_thread()) return;
  Engine& engine = Engine::instance();
  RingWords& words = t_attachment.ring->words();
  const std::int64_t deadline_us = monotonic_us() + patience_us;
  while (engine.is_running() && monotonic_us() < deadline_us) {
    words.waiting.store_seq_cst(1);
    if (words.tail.load_seq_cst() >= producer.head) break;
    engine.exchange().wake();
    // Short, because a wake that comes while the consumer falls asleep is lost on it.
    futex_wait(words.waiting, 1, written_look_us);
  }
  words.waiting.store_relaxed(0);
}

SpillPool::Block find_spill(std::size_t bytes) {
  Engine& engine = Engine::instance();
  while (true) {
    const SpillPool::Block block = engine.exchange().spills().allocate(bytes);
    if (block.bytes != nullptr || !may_wait(engine)) return block;
    engine.exchange().wake();
    sched_yield();
  }
}

/// Room for a record in the ring that the thread has; none when it is to be dropped.
detail::Room take_room(Producer& producer, std::size_t payload_bytes) {
  constexpr std::size_t reference_bytes = 2 * sizeof(std::uint64_t);
  const bool spills = detail::slots_for(payload_bytes) > detail::max_record_slots;
  const std::uint64_t slots = detail::slots_for(spills ? reference_bytes : payload_bytes);
  SpillPool::Block block{0, nullptr};
  if (spills) block = find_spill(payload_bytes);
  if ((spills && block.bytes == nullptr) || !find_slots(producer, slots)) {
    if (block.bytes != nullptr) Engine::instance().exchange().spills().release(block.id);
    return {};
  }
  std::byte* const header = producer.next;
  detail::Room room{header, header + detail::header_bytes, detail::header_word(0, 0, slots), slots};
  if (spills) {
    const std::uint64_t bytes = payload_bytes;
    std::memcpy(room.payload, &block.id, sizeof block.id);
    std::memcpy(room.payload + sizeof block.id, &bytes, sizeof bytes);
    room.payload = block.bytes;
    room.word |= detail::flag_spilled;
  }
  return room;
}

/// Tells the ring what the next records carry. False when there is no room: then the next call has
/// to try again, or its record would show what an earlier one carried.
bool send_context(Producer& producer) {
  detail::drop_ended_contexts();
  const detail::MembersBlock* const members = detail::t_context.members;
  const std::uint64_t number = members != nullptr ? members->number : 0;
  if (number != t_attachment.context) {
    const detail::Text<detail::Kind::members> text{
        members != nullptr ? std::string_view{members->text(), members->bytes}
                           : std::string_view{}};
    const detail::Room room = take_room(producer, detail::encoded_size(text));
    if (room.header == nullptr) return false;
    detail::write_header(room.header, record::context_site | room.word, detail::tick(producer));
    detail::encode(room.payload, text);
    detail::publish(producer, room.slots);
    t_attachment.context = number;
  }
  detail::t_context.has_changed = false;
  // It was taken away to bring the call here.
  set_limit(producer, t_attachment.limit);
  return true;
}

/// Whether the ring may not know what the thread's records carry.
bool has_new_context() {
  return detail::t_context.has_changed ||
         (t_attachment.context == 0 && detail::t_context.members != nullptr) ||
         detail::has_ended_contexts();
}

}  // namespace

void forget_thread_ends() {
  const std::int64_t key = thread_end_key.exchange(-1, std::memory_order_relaxed);
  if (key >= 0) pthread_key_delete(static_cast<pthread_key_t>(key));
}

const record::Thread* describe_attached_thread() noexcept {
  const Ring* const ring = t_attachment.ring;
  return ring != nullptr ? ring->thread.get() : nullptr;
}

void abandon_ring() {
  t_attachment = {};
  Producer& producer = detail::t_producer;
  producer.next = nullptr;
  producer.end.store_relaxed(0);
  producer.head = 0;
  producer.published = nullptr;
  producer.kept_tick = nullptr;
  producer.tick_is_tsc = false;
}

void rename_this_thread(std::string_view name) {
  name_this_thread(name);
  // Records in the ring keep the old name; the next one finds a new ring.
  detach();
}

}  // namespace xylem::drain

namespace xylem {

detail::Room detail::make_room(Producer& producer, std::size_t payload_bytes) noexcept {
  using namespace drain;  // NOLINT(google-build-using-namespace): this is its entry point
  // Again, because to take a ring is long enough for a configuration to come into force.
  while (t_attachment.ring == nullptr ||
         t_attachment.generation != Engine::instance().exchange().generation()) {
    detach();
    if (attach(producer)) continue;
    Engine::instance().exchange().count_lost_call();
    return {};
  }
  if (has_new_context() && !send_context(producer)) {
    count_drop(producer);
    return {};
  }
  const Room room = take_room(producer, payload_bytes);
  if (room.header == nullptr) count_drop(producer);
  return room;
}

bool detail::is_let(const LoggerState& logger, int level, std::uint64_t site) noexcept {
  using namespace drain;  // NOLINT(google-build-using-namespace): as above
  if (logger.threshold.load_relaxed() != sampled_threshold) return true;
  // But a limit that is to bring the next record here stays away: that may not be this one.
  if (t_attachment.ring != nullptr && !has_new_context()) {
    set_limit(t_producer, t_attachment.limit);
  }
  route::CallSampler* const sampler = logger.sampler.load_acquire();
  return sampler == nullptr || sampler->lets(level, site);
}

void detail::publish_slowly(Producer& producer, std::uint64_t slots) noexcept {
  using namespace drain;  // NOLINT(google-build-using-namespace): as above
  publish(producer, slots);
  const bool is_synchronous = Engine::instance().exchange().is_synchronous();
  if (is_synchronous) {
    wait_until_written(producer);
  } else if (t_attachment.was_synchronous) {
    // The fast path is open again.
    set_limit(producer, t_attachment.limit);
  }
  t_attachment.was_synchronous = is_synchronous;
}

}  // namespace xylem
