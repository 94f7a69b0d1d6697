// The record path: from one thread to another through the ring, and the same through
// moodycamel::ConcurrentQueue set up at its best for one producer and one consumer. Both carry the
// usual record, a header and three numbers in 64 bytes, written anew each time; neither asks a
// clock.

#include "drain/ring.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <thread>

#include <benchmark/benchmark.h>
#include <concurrentqueue/concurrentqueue.h>
#include <sched.h>

#include <xylem/detail/submit.hpp>

#include "drain/reader.hpp"
#include "failure.hpp"
#include "record/payload.hpp"

namespace xylem::bench {
namespace {

constexpr std::uint64_t records = 1'000'000;  // of one iteration
constexpr std::uint64_t capacity = 4096;      // the default ring
constexpr std::size_t batch = 256;
constexpr std::uint64_t expected_sum = records * (records - 1) / 2;

/// There is no room. Threads may outnumber cores.
void wait() {
  sched_yield();
}

/// After a small batch: lets the next one grow, as the engine does, instead of taking each cache
/// line from the producer while it is being written. Both transports gain by it.
void lag() {
  constexpr std::uint64_t span_ns = 5'000;
  const std::uint64_t begin_ns = detail::monotonic_tick();
  while (detail::monotonic_tick() - begin_ns < span_ns) {
  }
  sched_yield();
}

void produce_into(drain::Ring& ring, std::uint64_t tick) {
  std::uint64_t limit = ring.words().tail.load_relaxed() + capacity;
  detail::Producer producer{};
  producer.head = ring.words().head.load_relaxed();
  producer.published = &ring.words().head;
  for (std::uint64_t i = 0; i < records; ++i) {
    while (producer.head == limit) {
      limit = ring.words().tail.load_acquire() + capacity;
      if (producer.head == limit) wait();
    }
    producer.next = ring.at(producer.head);
    detail::write_header(producer.next, detail::header_word(7, 1, 1), tick);
    detail::encode(producer.next + detail::header_bytes, i, i, i);
    detail::publish(producer, 1);
  }
}

std::uint64_t consume(drain::RingReader& reader) {
  std::uint64_t sum = 0;
  std::uint64_t seen = 0;
  std::uint64_t turn = 0;
  const auto release = [&] {
    reader.end_batch(turn);
    reader.release(turn++);
  };
  while (seen < records) {
    reader.poll();
    const std::uint64_t found = reader.waiting_slots();
    while (!reader.empty()) {
      const std::byte* const record = reader.front();
      const detail::HeaderView header{record::load<std::uint64_t>(record)};
      sum += record::load<std::uint64_t>(record + detail::header_bytes);
      reader.advance(header.slots());
      if (reader.batch_slots() >= capacity / 2) release();
    }
    release();
    seen += found;
    if (found < batch) lag();
  }
  return sum;
}

void through_ring(benchmark::State& state) {
  drain::Ring ring{capacity};
  const drain::TickClock clock{drain::TickSource::monotonic};
  const std::uint64_t tick = drain::read_tick(clock.source());
  drain::RingReader reader{ring, clock};
  for (auto _ : state) {
    std::thread producer{[&] { produce_into(ring, tick); }};
    const std::uint64_t sum = consume(reader);
    producer.join();
    if (sum != expected_sum) fail(state, "records were lost");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(records));
}

struct alignas(detail::slot_bytes) Message {
  std::uint64_t ids;
  std::uint64_t tick;
  std::array<std::uint64_t, 3> numbers;
  std::array<std::uint64_t, 3> unused;
};

/// Larger blocks than the default of 32 elements: fewer steps from block to block.
struct LargeBlocks : moodycamel::ConcurrentQueueDefaultTraits {
  static const std::size_t BLOCK_SIZE = 256;  // its name and form are the library's
};

template <typename Traits>
void through_queue(benchmark::State& state) {
  using Queue = moodycamel::ConcurrentQueue<Message, Traits>;
  Queue queue{capacity, 1, 0};
  const moodycamel::ProducerToken token{queue};
  std::array<Message, batch> taken;
  for (auto _ : state) {
    std::thread producer{[&] {
      for (std::uint64_t i = 0; i < records; ++i) {
        const Message message{7, 1, {i, i, i}, {}};
        while (!queue.try_enqueue(token, message)) wait();
      }
    }};
    std::uint64_t sum = 0;
    for (std::uint64_t seen = 0; seen < records;) {
      const std::size_t found = queue.try_dequeue_bulk_from_producer(token, taken.data(), batch);
      for (std::size_t i = 0; i < found; ++i) sum += taken[i].numbers[0];
      seen += found;
      if (found < batch) lag();
    }
    producer.join();
    if (sum != expected_sum) fail(state, "records were lost");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(records));
}

BENCHMARK(through_ring)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(through_queue, moodycamel::ConcurrentQueueDefaultTraits)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(through_queue, LargeBlocks)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace xylem::bench
