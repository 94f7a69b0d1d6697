#include "drain/exchange.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

namespace xylem::drain {

Ring& Exchange::take_ring(std::shared_ptr<const record::Thread> thread, detail::Producer* producer,
                          std::uint64_t slots) {
  const std::lock_guard lock{rings_mutex_};
  if (slots == 0) slots = ring_slots_.load(std::memory_order_relaxed);
  Ring* ring = reuse_ring(slots);
  if (ring == nullptr) ring = rings_.emplace_back(make_ring(slots)).get();
  ring->thread = std::move(thread);
  ring->source = clock_.load(std::memory_order_relaxed);
  ring->producer = may_reach_threads_ ? producer : nullptr;
  describe(*ring);
  ring->words().closed.store_relaxed(0);
  // The consumer may have slept, or may not have begun.
  keep_tick(read_tick(TickSource::monotonic));
  announce(*ring);
  return *ring;
}

bool Exchange::is_current(const Ring& ring) const {
  return ring.file_number() == (file_ != nullptr ? file_->number() : 0);
}

Ring* Exchange::reuse_ring(std::uint64_t slots) {
  // One round at most: rings of another size, left from a former configuration, go back.
  Ring* ring = nullptr;
  for (std::size_t left = free_rings_.size_approx(); left > 0; --left) {
    if (!free_rings_.try_dequeue(ring)) return nullptr;
    if (ring->capacity() == slots && is_current(*ring)) return ring;
    free_rings_.enqueue(ring);
  }
  return nullptr;
}

std::unique_ptr<Ring> Exchange::make_ring(std::uint64_t slots) {
  if (file_ != nullptr) {
    try {
      return std::make_unique<Ring>(slots, file_.get());
    } catch (const std::system_error&) {
      // The consumer tells of it. From here on a crash takes this thread's records along.
    }
  }
  return std::make_unique<Ring>(slots);
}

/// For a reader of the crash file: who logs in the ring, and by which clock.
void Exchange::describe(Ring& ring) {
  static_assert(crash::thread_name_bytes == record::max_thread_name_bytes);
  crash::ThreadText& thread = ring.words().thread;
  thread.id = ring.thread->id;
  const std::size_t bytes = ring.thread->name.copy(thread.name.data(), thread.name.size());
  thread.bytes = static_cast<std::uint32_t>(bytes);
  ring.words().source.store_relaxed(ring.source == TickSource::tsc ? 0 : 1);
}

void Exchange::use(std::shared_ptr<crash::File> file) {
  const std::lock_guard lock{rings_mutex_};
  if (file == file_) return;
  file_ = std::move(file);
  spills_.use(file_);
  Ring* ring = nullptr;
  while (free_rings_.try_dequeue(ring)) destroy(*ring);
  generation_.store_seq_cst(generation_.load_relaxed() + 1);
  send_calls_the_slow_way();
}

/// The next one of each thread.
void Exchange::send_calls_the_slow_way() {
  for (const auto& taken : rings_) {
    if (taken->producer != nullptr) taken->producer->end.store_seq_cst(0);
  }
}

void Exchange::recall_threads() {
  const std::lock_guard lock{rings_mutex_};
  send_calls_the_slow_way();
}

void Exchange::let_go_of_threads() {
  const std::lock_guard lock{rings_mutex_};
  may_reach_threads_ = false;
  for (const auto& taken : rings_) taken->producer = nullptr;
}

Ring* Exchange::copy_into_file(const Ring& from, std::uint64_t position, std::uint64_t slots,
                               std::shared_ptr<const RingContext> context) {
  Ring* copy = nullptr;
  {
    const std::lock_guard lock{rings_mutex_};
    if (file_ == nullptr || is_current(from) || from.words().dropped.load_relaxed() != 0) {
      return nullptr;
    }
    std::unique_ptr<Ring> made = make_ring(from.capacity());
    if (!is_current(*made)) return nullptr;
    copy = rings_.emplace_back(std::move(made)).get();
    copy->thread = from.thread;
    copy->source = from.source;
    describe(*copy);
    copy->keep_context(std::move(context), 0);
  }
  // Neither side wraps: the slots are mapped twice.
  std::memcpy(copy->at(0), from.at(position), slots * detail::slot_bytes);
  copy_spills(*copy, slots);
  copy->words().head.store_release(slots);
  retire(*copy);
  return copy;
}

void Exchange::copy_spills(const Ring& copy, std::uint64_t slots) {
  std::uint64_t word = 0;
  for (std::uint64_t at = 0; at < slots; at += detail::HeaderView{word}.slots()) {
    std::memcpy(&word, copy.at(at), sizeof word);
    if (!detail::HeaderView{word}.spilled()) continue;
    std::byte* const reference = copy.at(at) + detail::header_bytes;
    std::uint64_t id = 0;
    std::uint64_t bytes = 0;
    std::memcpy(&id, reference, sizeof id);
    std::memcpy(&bytes, reference + sizeof id, sizeof bytes);
    const SpillPool::Block block = spills_.allocate(bytes);
    if (block.bytes == nullptr) continue;  // it stays where a crash takes it along
    std::memcpy(block.bytes, spills_.at(id), bytes);
    std::memcpy(reference, &block.id, sizeof block.id);
    spills_.release(id);
  }
}

/// Its thread has ended, and the consumer is done with it.
void Exchange::recycle(Ring& ring) {
  const std::lock_guard lock{rings_mutex_};
  ended_rings_.fetch_sub(1, std::memory_order_relaxed);
  if (is_current(ring)) {
    free_rings_.enqueue(&ring);
  } else {
    destroy(ring);
  }
}

void Exchange::destroy(const Ring& ring) {
  const auto is_it = [&](const std::unique_ptr<Ring>& other) { return other.get() == &ring; };
  const auto found = std::find_if(rings_.begin(), rings_.end(), is_it);
  dropped_before_ += (*found)->words().dropped.load_relaxed();
  rings_.erase(found);
}

/// Several threads may do so: the clock never goes back.
void Exchange::keep_tick(std::uint64_t monotonic_tick) {
  std::uint64_t kept = kept_tick_.load_relaxed();
  while (kept < monotonic_tick && !kept_tick_.replace_relaxed(kept, monotonic_tick)) {
  }
}

void Exchange::retire(Ring& ring) {
  {
    const std::lock_guard lock{rings_mutex_};
    ring.producer = nullptr;
  }
  ended_rings_.fetch_add(1, std::memory_order_relaxed);
  // Pairs with the acquire in RingReader::is_finished(): who sees the flag sees the last head.
  ring.words().closed.store_release(1);
}

void Exchange::wake() {
  wakes_.fetch_add_seq_cst(1);
  futex_wake(wakes_);
}

void Exchange::sleep(std::int64_t timeout_us) {
  const std::uint32_t seen = wakes_.load_seq_cst();
  asleep_.store(true, std::memory_order_relaxed);
  // A command's sender raises `wakes_` after it has queued it: either that came before the reading
  // above, and the command is seen here, or it comes after, and the wait ends at once.
  if (!has_commands()) futex_wait(wakes_, seen, timeout_us);
  asleep_.store(false, std::memory_order_relaxed);
}

void Exchange::send(Command& command) {
  commands_.enqueue(&command);
  wake();
}

Ring* Exchange::next_new_ring() {
  Ring* ring = nullptr;
  return new_rings_.try_dequeue(ring) ? ring : nullptr;
}

Command* Exchange::next_command() {
  Command* command = nullptr;
  return commands_.try_dequeue(command) ? command : nullptr;
}

void Exchange::set(const Settings& settings) {
  const std::lock_guard lock{rings_mutex_};
  const bool wants_other_rings =
      settings.ring_slots != ring_slots_.exchange(settings.ring_slots, std::memory_order_relaxed) ||
      settings.clock != clock_.load(std::memory_order_relaxed);
  when_full_.store(settings.when_full, std::memory_order_relaxed);
  clock_.store(settings.clock, std::memory_order_relaxed);
  synchronous_.store_seq_cst(settings.synchronous);
  if (wants_other_rings) generation_.store_seq_cst(generation_.load_relaxed() + 1);
  // Each thread finds out by itself that calls are synchronous no more.
  if (wants_other_rings || settings.synchronous) send_calls_the_slow_way();
}

Settings Exchange::settings() const {
  return {ring_slots_.load(std::memory_order_relaxed), when_full_.load(std::memory_order_relaxed),
          clock_.load(std::memory_order_relaxed), synchronous_.load_seq_cst()};
}

std::uint64_t Exchange::dropped() const {
  const std::lock_guard lock{rings_mutex_};
  std::uint64_t sum = lost_calls_.load(std::memory_order_relaxed) + dropped_before_;
  for (const auto& ring : rings_) sum += ring->words().dropped.load_relaxed();
  return sum;
}

std::uint64_t Exchange::queued_slots() const {
  const std::lock_guard lock{rings_mutex_};
  std::uint64_t sum = 0;
  for (const auto& ring : rings_) {
    const std::uint64_t tail = ring->words().tail.load_relaxed();
    sum += ring->words().head.load_relaxed() - tail;
  }
  return sum;
}

}  // namespace xylem::drain
