// The consumer's side without a kernel: records of 64 call sites to lines in memory, under the
// guideline's JSON formatter. `program` renders payloads that stand in an array, `consumer` is the
// engine's own loop from a full ring to a sink that takes every batch and forgets it, `copy` is a
// memcpy of the lines that `program` renders.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <xylem/detail/logger_state.hpp>
#include <xylem/detail/submit.hpp>

#include "drain/consumer.hpp"
#include "drain/exchange.hpp"
#include "failure.hpp"
#include "format/json_formatter.hpp"
#include "lines.hpp"
#include "record/payload.hpp"
#include "record/site.hpp"
#include "record/view.hpp"
#include "route/tree.hpp"
#include "sink/sink.hpp"
#include "workload.hpp"

namespace xylem::bench {
namespace {

constexpr std::size_t records = 4096;
/// Between two records; some twenty lines of a busy thread share a microsecond.
constexpr std::uint64_t step_ns = 50;

std::shared_ptr<format::JsonFormatter> make_formatter() {
  format::JsonFormatter::Options options;
  options.fmt_keys = {{"level", "levelname"},     {"message", "message"},
                      {"timestamp", "timestamp"}, {"logger", "name"},
                      {"module", "module"},       {"function", "funcName"},
                      {"line", "lineno"},         {"thread_name", "threadName"}};
  return std::make_shared<format::JsonFormatter>(std::move(options));
}

std::shared_ptr<const record::Thread> make_thread() {
  return std::make_shared<record::Thread>(
      record::Thread{1, "MainThread", "MainThread", "MainThread"});
}

void count(benchmark::State& state, const Lines& lines) {
  const auto batches = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(batches * static_cast<std::int64_t>(lines.count));
  state.SetBytesProcessed(batches * static_cast<std::int64_t>(lines.bytes));
  state.counters["bytes/line"] =
      static_cast<double>(lines.bytes) / static_cast<double>(lines.count);
}

/// The records of one batch, taken in and ready to be rendered again and again.
class Batch {
 public:
  Batch() {
    constexpr std::string_view logger = "my_app.db";
    const std::int64_t begin_ns =
        std::chrono::nanoseconds{std::chrono::system_clock::now().time_since_epoch()}.count();
    for (std::size_t i = 0; i < Workload::site_count; ++i) {
      programs_.push_back(formatter_->compile(record::site(workload_.site(i)), logger, "\n"));
    }
    payloads_.resize(records * Workload::max_payload_bytes);
    std::byte* payload = payloads_.data();
    std::size_t bound = slack_bytes;
    for (std::size_t i = 0; i < records; ++i) {
      views_.push_back({&record::site(workload_.site(i)), logger, thread_.get(),
                        begin_ns + static_cast<std::int64_t>(i * step_ns), payload, nullptr});
      payload += workload_.encode(i, payload);
      bound += programs_[i % Workload::site_count].prepare(views_.back(), work_);
    }
    lines_.resize(bound);
  }

  /// Renders all records, each behind the last; the lines stand until the next call.
  std::string_view render() {
    char* out = lines_.data();
    for (std::size_t i = 0; i < records; ++i) {
      format::Program& program = programs_[i % Workload::site_count];
      benchmark::DoNotOptimize(program.prepare(views_[i], work_));
      out = program.render(work_, out);
    }
    return {lines_.data(), static_cast<std::size_t>(out - lines_.data())};
  }

 private:
  static constexpr std::size_t slack_bytes = 64;  // that render() may overwrite

  format::Workspace work_;
  Workload workload_;
  std::shared_ptr<format::JsonFormatter> formatter_ = make_formatter();
  std::shared_ptr<const record::Thread> thread_ = make_thread();
  std::deque<format::Program> programs_;
  std::vector<std::byte> payloads_;
  std::vector<record::View> views_;
  std::vector<char> lines_;
};

void program(benchmark::State& state) {
  Batch batch;
  const std::optional<Lines> lines = check_lines(batch.render());
  if (!lines || lines->count != records) {
    fail(state, "a line is not JSON");
    return;
  }
  for (auto _ : state) benchmark::DoNotOptimize(batch.render());
  count(state, *lines);
}

void copy(benchmark::State& state) {
  Batch batch;
  const std::string_view text = batch.render();
  const std::optional<Lines> lines = check_lines(text);
  if (!lines) {
    fail(state, "a line is not JSON");
    return;
  }
  std::vector<char> to(text.size());
  for (auto _ : state) {
    std::memcpy(to.data(), text.data(), text.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  count(state, *lines);
}

/// Forgets the lines, and counts them.
class CountingSink final : public sink::Sink {
 public:
  CountingSink() : Sink{"memory", {}} {}

  const Lines& seen() const { return seen_; }

 protected:
  int hand_over(sink::LineBuffer& lines, std::int64_t) override {
    seen_.count += lines.lines();
    seen_.bytes += lines.bytes();
    lines.clear();
    return 0;
  }

 private:
  Lines seen_;
};

std::shared_ptr<const route::Tree> make_tree(std::shared_ptr<sink::Sink> sink) {
  auto handler = std::make_shared<route::Handler>();
  handler->name = "memory";
  handler->formatter = make_formatter();
  handler->sink = std::move(sink);
  auto tree = std::make_shared<route::Tree>();
  tree->handlers.push_back(handler);
  tree->node("root").handlers.push_back(handler);
  return tree;
}

/// An engine whose consumer runs on the benchmark's thread, one full ring an iteration.
///
/// The consumer carries out a command when everything in the rings is in its sinks: each command
/// takes the time that this took, fills the ring anew, which is not timed, and sends itself again.
class Rounds {
 public:
  explicit Rounds(benchmark::State& state) : state_{state} {
    exchange_.set({.clock = drain::TickSource::monotonic});  // its ticks are what `step_ns` counts
    ring_ = &exchange_.take_ring(make_thread(), &producer_);
    command_.action = [this] { next(); };
  }

  void run() {
    exchange_.send(command_);
    consumer_.run(0);
  }

  std::uint64_t logged() const { return logged_; }
  const Lines& seen() const { return sink_->seen(); }

 private:
  using Clock = std::chrono::steady_clock;

  void next() {
    if (logged_ > 0) {
      state_.SetIterationTime(std::chrono::duration<double>(Clock::now() - begin_).count());
    }
    if (!state_.KeepRunning()) {
      consumer_.stop();
      return;
    }
    fill();
    exchange_.send(command_);
    begin_ = Clock::now();
  }

  void fill() {
    const std::uint64_t capacity = ring_->capacity();
    detail::Producer& producer = producer_;
    producer.head = ring_->words().head.load_relaxed();
    producer.published = &ring_->words().head;
    const std::uint64_t limit = producer.head + capacity;
    // Well in the past: a consumer lets records wait whose time has not come.
    std::uint64_t tick = drain::read_tick(ring_->source) - 2 * capacity * step_ns;
    std::byte payload[Workload::max_payload_bytes];
    while (true) {
      const std::size_t bytes = workload_.encode(logged_, payload);
      const std::uint64_t slots = detail::slots_for(bytes);
      if (producer.head + slots > limit) return;
      producer.next = ring_->at(producer.head);
      detail::write_header(producer.next,
                           detail::header_word(workload_.site(logged_), logger_, slots), tick);
      std::memcpy(producer.next + detail::header_bytes, payload, bytes);
      detail::publish(producer, slots);
      tick += step_ns;
      ++logged_;
    }
  }

  benchmark::State& state_;
  Workload workload_;
  std::uint32_t logger_ = detail::logger_state("my_app.db").id();
  std::shared_ptr<CountingSink> sink_ = std::make_shared<CountingSink>();
  drain::Exchange exchange_;
  drain::Counters counters_;
  detail::Producer producer_{};
  drain::Consumer consumer_{exchange_, counters_, route::Forest{make_tree(sink_)}, nullptr};
  drain::Ring* ring_;
  drain::Command command_;
  Clock::time_point begin_;
  std::uint64_t logged_ = 0;
};

void consumer(benchmark::State& state) {
  // On the heap: an engine's exchange is too large for a stack.
  const auto rounds = std::make_unique<Rounds>(state);
  rounds->run();
  const Lines& lines = rounds->seen();
  if (lines.count != rounds->logged()) fail(state, "records were lost");
  state.SetItemsProcessed(static_cast<std::int64_t>(lines.count));
  state.SetBytesProcessed(static_cast<std::int64_t>(lines.bytes));
  state.counters["bytes/line"] =
      static_cast<double>(lines.bytes) / static_cast<double>(lines.count);
}

BENCHMARK(program);
BENCHMARK(consumer)->UseManualTime();
BENCHMARK(copy);

}  // namespace
}  // namespace xylem::bench
