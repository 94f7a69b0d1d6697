#include "drain/consumer.hpp"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <utility>

#include <xylem/detail/logger_state.hpp>

#include "drain/fake_time.hpp"
#include "record/engine_thread.hpp"
#include "record/payload.hpp"
#include "sink/posix_file.hpp"
#include "sink/report.hpp"

namespace xylem::drain {
namespace {

/// A record that claims to be from further ahead than this was not overtaken but written before the
/// system clock was set back: waiting for its time to come would stop the log.
constexpr std::int64_t far_ahead_ns = 1'000'000'000;

/// How long the last write of a sink may take when the engine stops.
constexpr std::int64_t close_patience_ms = 2000;

/// A pass that found fewer slots than this is followed by a nap.
constexpr std::uint64_t busy_slots = 256;

/// Naps while there is nothing to do: doubling between these. Waking up costs some 35 us of
/// processor time, so the longest ones are what an idle process costs.
constexpr std::int64_t shortest_nap_us = 50;
constexpr std::int64_t longest_nap_us = 16'000;
constexpr int most_doublings = 9;

std::int64_t steady_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

std::uint64_t size_of_union(const sink::RecordSet& a, const sink::RecordSet& b) {
  sink::RecordSet both = b;
  both.merge(a);
  return both.size();
}

TickSource best_source() {
  return has_invariant_tsc() ? TickSource::tsc : TickSource::monotonic;
}

}  // namespace

Consumer::Consumer(Exchange& exchange, Counters& counters, route::Forest forest, crash::File* file)
    : exchange_{exchange},
      counters_{counters},
      file_{file},
      router_{std::make_unique<route::Router>(std::move(forest))},
      tsc_clock_{best_source()},
      monotonic_clock_{TickSource::monotonic} {
  const Counts former = counters.get();
  consumed_ = former.consumed;
  failed_before_ = former.failed;
  for (sink::Sink* const sink : router_->sinks()) sink->take_over();
  keep_journal();
  router_->keep_memories_in(file_);
}

/// Between two batches: all that was rendered so far is in the kernel's hands, or given up; but
/// what the known sinks have is noted already.
void Consumer::keep_journal(std::span<sink::Sink* const> known) {
  tsc_clock_.mirror_in(file_ != nullptr ? &file_->fixed().clocks[0] : nullptr);
  monotonic_clock_.mirror_in(file_ != nullptr ? &file_->fixed().clocks[1] : nullptr);
  if (file_ != nullptr) file_->fixed().header.first_batch.store_release(first_batch_);
  for (const auto& [sink, engine, nth] : router_->forest().labels()) {
    if (std::find(known.begin(), known.end(), sink) != known.end()) continue;
    sink->keep_journal(file_, next_batch_ - 1, nth, engine);
  }
}

void Consumer::run(std::int64_t grace_ms) {
  const record::OnEngineThread scope;
  const std::int64_t hold_until_ms = steady_ms() + grace_ms;
  holding_ = grace_ms > 0;
  while (true) {
    run_commands();
    if (stopping_) break;
    if (holding_) {
      holding_ = steady_ms() < hold_until_ms && !exchange_.is_pressed();
      exchange_.sleep(longest_nap_us);
      continue;
    }
    const std::uint64_t slots = pass();
    idle_passes_ = slots > 0 ? 0 : std::min(idle_passes_ + 1, most_doublings);
    // After a small batch a nap lets the next one grow, instead of chasing the producers' lines.
    if (slots < busy_slots) exchange_.sleep(nap_us());
  }
  // Their threads may log on: the next consumer goes on where this one stops.
  for (const auto& reader : readers_) exchange_.announce(reader->ring());
}

std::int64_t Consumer::nap_us() {
  std::int64_t nap_us = shortest_nap_us << idle_passes_;
  nap_us = std::min(nap_us, longest_nap_us);
  for (const sink::Sink* sink : router_->sinks()) {
    if (!sink->idle())
      nap_us =
          std::min(nap_us, std::max<std::int64_t>(1, sink->retry_at_ms() - steady_ms()) * 1000);
  }
  return nap_us;
}

void Consumer::run_commands() {
  while (Command* const command = exchange_.next_command()) {
    if (!holding_ || !command->leaves_held) {
      holding_ = false;
      drain_all();
    }
    if (command->action) command->action();
    command->done.store_release(1);
    futex_wake(command->done);
  }
}

void Consumer::take_new_rings() {
  while (Ring* const ring = exchange_.next_new_ring()) read_from(*ring);
}

void Consumer::read_from(Ring& ring) {
  const bool is_tsc = ring.source == TickSource::tsc;
  RingReader& reader = *readers_.emplace_back(
      std::make_unique<RingReader>(ring, is_tsc ? tsc_clock_ : monotonic_clock_));
  if (const auto context = reader.context()) {
    reader.enter(context, gatherer_.read(context->text()));
  }
}

/// Passes until all is written that is in the rings now.
void Consumer::drain_all() {
  take_new_rings();
  for (const auto& reader : readers_) reader->mark();
  const auto is_done = [](const auto& reader) { return reader->has_passed_mark(); };
  // One pass does it, unless the clock was set back: then the last ones wait for their time.
  for (pass(); !std::all_of(readers_.begin(), readers_.end(), is_done); pass()) {
    exchange_.sleep(shortest_nap_us);
  }
  tell_held_back(now_ns(), true);
  commit();
  count();
}

/// Renders and writes what was logged before it began, oldest first. Returns the number of slots.
///
/// What a thread logs because it saw another thread's record has a later time than that record. A
/// record with a time before `now_ns` was followed by the look for rings and into them, so by then
/// the other record could be seen too. Later ones wait for the next pass, where the same holds.
std::uint64_t Consumer::pass() {
  tsc_clock_.update(read_tick(tsc_clock_.source()));
  const std::uint64_t monotonic_tick = read_tick(TickSource::monotonic);
  monotonic_clock_.update(monotonic_tick);
  exchange_.keep_tick(monotonic_tick);
  const std::int64_t now_ns = this->now_ns();
  take_new_rings();
  for (const auto& reader : readers_) reader->poll();
  std::uint64_t slots = 0;
  while (true) {
    const auto [first, second_ns] = find_oldest();
    if (first == nullptr) break;
    const std::int64_t front_ns = first->front_ns();
    if (front_ns > now_ns && front_ns < now_ns + far_ahead_ns) break;
    const std::uint64_t before = first->waiting_slots();
    drain_run(*first, std::max(front_ns, std::min(second_ns, now_ns)));
    slots += before - first->waiting_slots();
  }
  tell_silent_drops();
  tell_lack_of_room();
  tell_held_back(now_ns, false);
  // With much to do there will be more to write in a moment.
  if (slots < busy_slots) commit();
  count();
  retire_finished();
  return slots;
}

/// The ring with the oldest record, if there is one, and the time of the oldest in the others.
Consumer::Oldest Consumer::find_oldest() const {
  Oldest oldest{nullptr, RingReader::never};
  for (const auto& reader : readers_) {
    if (reader->empty()) continue;
    if (oldest.reader == nullptr) {
      oldest.reader = reader.get();
    } else if (reader->front_ns() < oldest.reader->front_ns()) {
      oldest.next_ns = oldest.reader->front_ns();
      oldest.reader = reader.get();
    } else {
      oldest.next_ns = std::min(oldest.next_ns, reader->front_ns());
    }
  }
  return oldest;
}

/// Renders the ring's records up to a time. An eighth of the ring is a batch: some are on their way
/// to the kernel, one is made, and the producer has the rest.
void Consumer::drain_run(RingReader& reader, std::int64_t until_ns) {
  const std::uint64_t batch_slots = reader.ring().capacity() / 8;
  // An empty ring's front is `never`.
  while (reader.front_ns() <= until_ns) {
    if (reader.fields().empty() && !fake_time().is_set()) {
      drain_plain(reader, until_ns);
    } else {
      deliver(reader);
      if (reader.batch_slots() >= batch_slots) hand_over();
    }
  }
}

/// The same as long as the records are in no context.
void Consumer::drain_plain(RingReader& reader, std::int64_t until_ns) {
  const std::uint64_t batch_slots = reader.ring().capacity() / 8;
  const record::Thread* const thread = reader.ring().thread.get();
  while (reader.front_ns() <= until_ns) {
    const std::byte* const record = reader.front();
    const detail::HeaderView header{record::load<std::uint64_t>(record)};
    bool is_plain = true;
    if (router_->deliver_quickly({header, record + detail::header_bytes, thread, reader.front_ns()},
                                 consumed_)) [[likely]] {
      ++consumed_;
      dirty_ = true;
      reader.advance(header.slots());
    } else {
      deliver(reader);
      is_plain = reader.fields().empty();
    }
    if (reader.batch_slots() >= batch_slots) hand_over();
    if (!is_plain) return;
  }
}

void Consumer::deliver(RingReader& reader) {
  const std::byte* const record = reader.front();
  const detail::HeaderView header{record::load<std::uint64_t>(record)};
  const std::byte* payload = record + detail::header_bytes;
  if (header.site() == record::context_site) {
    enter_context(reader, header, payload);
    dirty_ = true;
    reader.advance(header.slots());
    return;
  }
  const std::int64_t time_ns = fake_time().or_else(reader.front_ns());
  if (header.spilled()) [[unlikely]] {
    const auto block = record::load<std::uint64_t>(payload);
    batch(next_batch_).spills.push_back(block);
    payload = exchange_.spills().at(block);
  }
  if (header.site() == record::dropped_site) [[unlikely]] {
    tell_drops(reader, record::load<std::uint64_t>(payload), time_ns);
  } else {
    const route::RawRecord raw{header, payload, reader.ring().thread.get(), time_ns};
    if (reader.fields().empty() && !gatherer_.has_bound_fields(header.site())) {
      router_->deliver(raw, consumed_);
    } else {
      const route::RawRecord whole = gatherer_.gather(raw, reader.fields());
      if (!router_->deliver_quickly(whole, consumed_)) router_->deliver(whole, consumed_);
    }
    ++consumed_;
  }
  dirty_ = true;
  reader.advance(header.slots());
}

/// A note of what the thread's records carry from here on: no record of its own.
void Consumer::enter_context(RingReader& reader, detail::HeaderView header,
                             const std::byte* payload) {
  const std::string_view text = context_text(header, payload);
  SpillPool* const pool = header.spilled() ? &exchange_.spills() : nullptr;
  const std::size_t in_ring =
      pool != nullptr ? 2 * sizeof(std::uint64_t) : sizeof(std::uint32_t) + text.size();
  enter(reader, text, {payload, in_ring}, pool);
}

std::string_view Consumer::context_text(detail::HeaderView header, const std::byte* payload) {
  const std::byte* const text =
      header.spilled() ? exchange_.spills().at(record::load<std::uint64_t>(payload)) : payload;
  const auto bytes = record::load<std::uint32_t>(text);
  return {reinterpret_cast<const char*>(text + sizeof bytes), bytes};
}

void Consumer::enter(RingReader& reader, std::string_view text, std::span<const std::byte> payload,
                     SpillPool* pool) {
  auto context = std::make_shared<const RingContext>(text, payload, pool);
  if (pool != nullptr) batch(next_batch_).contexts.push_back(context);
  const route::Fields fields = gatherer_.read(context->text());
  reader.enter(fields.empty() ? nullptr : std::move(context), fields);
}

/// Writes "N records dropped" in its place. The line is the engine's own and no record of its own
/// in the counts: should it be lost, the one before it counts as failed.
void Consumer::tell_drops(RingReader& reader, std::uint64_t sum, std::int64_t time_ns) {
  const std::uint64_t untold = reader.take_untold_drops(sum);
  if (untold == 0) return;
  const std::uint32_t logger = detail::logger_state("xylem").id();
  std::byte payload[sizeof untold];
  std::memcpy(payload, &untold, sizeof untold);
  const detail::HeaderView header{detail::header_word(record::dropped_site, logger, 1)};
  router_->deliver({header, payload, reader.ring().thread.get(), time_ns},
                   consumed_ == 0 ? 0 : consumed_ - 1);
  dirty_ = true;
}

/// Drops after which the thread has logged nothing: the sum is read before the ring is seen empty,
/// so they came after the last record. The acquire pairs with the release in count_drop(): the
/// records before the drop are seen as well.
void Consumer::tell_silent_drops() {
  for (const auto& reader : readers_) {
    if (!reader->has_untold_drops()) continue;
    // The time comes first: what the thread logs after the drop must not be older than its line.
    const std::int64_t time_ns = now_ns();
    const std::uint64_t sum = reader->ring().words().dropped.load_acquire();
    reader->poll();
    if (reader->empty()) tell_drops(*reader, sum, time_ns);
  }
}

/// Of the crash file, once, whichever thread met it: no call has to wait until that is written.
void Consumer::tell_lack_of_room() const {
  const int error = file_ != nullptr ? file_->take_news_of_lack() : 0;
  if (error == 0) return;
  sink::report("a crash may lose what is not written yet, for there is no room for it: " +
               sink::error_text(error, file_->path()));
}

/// What filters have to tell of records that they have held back: lines of the engine's own, as
/// those of drops.
void Consumer::tell_held_back(std::int64_t now_ns, bool is_end) {
  if (!router_->has_tellers()) return;
  const std::uint64_t number = consumed_ == 0 ? 0 : consumed_ - 1;
  if (router_->tell_due(fake_time().or_else(now_ns), is_end, number)) dirty_ = true;
}

/// Has everything rendered written while the next batch is rendered.
void Consumer::hand_over() {
  if (next_batch_ - first_batch_ == batches_.size() - 1) {
    commit();
    return;
  }
  end_batch();
  const std::int64_t now_ms = steady_ms();
  for (sink::Sink* const sink : router_->sinks()) {
    if (!sink->idle()) sink->flush_behind(now_ms, next_batch_ - 1);
  }
  exchange_.keep_tick(read_tick(TickSource::monotonic));
  release_written();
}

/// Hands everything rendered to the kernel, then gives the slots back.
void Consumer::commit() {
  if (dirty_) {
    make_room_for_batch();
    end_batch();
  }
  const std::int64_t now_ms = steady_ms();
  for (sink::Sink* const sink : router_->sinks()) {
    if (!sink->idle()) sink->flush(now_ms, next_batch_ - 1);
  }
  dirty_ = false;
  if (first_batch_ != next_batch_) release_written();
}

/// Waits for sinks that are slow, but not for any that has stopped taking lines.
void Consumer::make_room_for_batch() {
  while (next_batch_ - first_batch_ >= batches_.size() - 1) {
    const std::uint64_t end_record = batch(first_batch_).end_record;
    for (sink::Sink* const sink : router_->sinks()) sink->wait_until_past(end_record);
    release_written();
  }
}

void Consumer::settle_sinks() {
  for (sink::Sink* const sink : router_->sinks()) sink->settle();
  commit();
  count();
}

/// Comes before the first of its lines is written: should the process die in between, the rings
/// tell which records may be in the files.
void Consumer::end_batch() {
  for (const auto& reader : readers_) reader->end_batch(next_batch_);
  router_->end_batch(next_batch_);
  batch(next_batch_).end_record = consumed_;
  ++next_batch_;
}

/// Gives back what the batches that have been written since were made of.
void Consumer::release_written() {
  std::uint64_t oldest_behind = consumed_;
  for (const sink::Sink* const sink : router_->sinks()) {
    oldest_behind = std::min(oldest_behind, sink->oldest_behind().value_or(consumed_));
  }
  const std::uint64_t first_before = first_batch_;
  while (first_batch_ != next_batch_ && batch(first_batch_).end_record <= oldest_behind) {
    ++first_batch_;
  }
  if (first_batch_ == first_before) return;
  // In this order: whatever a reader after the process' death still takes for unwritten is there.
  if (file_ != nullptr) file_->fixed().header.first_batch.store_release(first_batch_);
  router_->release_memories(first_batch_);
  for (const auto& reader : readers_) reader->release(first_batch_ - 1);
  for (std::uint64_t number = first_before; number != first_batch_; ++number) {
    for (const std::uint64_t block : batch(number).spills) exchange_.spills().release(block);
    batch(number).spills.clear();
    batch(number).contexts.clear();
  }
}

/// Brings the counters up to date. A record that several sinks lost or keep counts once.
void Consumer::count() {
  sink::RecordSet pending;
  std::vector<sink::RecordRange> undecided;
  for (sink::Sink* const sink : router_->sinks()) {
    sink->collect_failed(failed_);
    if (sink->idle()) continue;
    sink->collect_pending(pending);
    if (const auto range = sink->pending()) undecided.push_back(*range);
  }
  router_->collect_held(pending, undecided);
  // A record may be lost to one sink and kept by another: it has failed already.
  const std::uint64_t kept = pending.empty() ? 0 : size_of_union(pending, failed_) - failed_.size();
  failed_.settle(undecided, consumed_);
  counters_.set({consumed_, failed_before_ + failed_.size(), kept + router_->recorded()});
}

void Consumer::retire_finished() {
  std::erase_if(readers_, [this](const std::unique_ptr<RingReader>& reader) {
    if (!reader->is_finished()) return false;
    reader->leave_context();
    exchange_.recycle(reader->ring());
    return true;
  });
}

std::int64_t Consumer::now_ns() const {
  return tsc_clock_.to_utc_ns(read_tick(tsc_clock_.source()));
}

void Consumer::install(route::EngineNumber engine, route::Forest forest, crash::File* file) {
  holding_ = false;
  router_->close_memories(engine, consumed_);
  close_sinks_beside(forest);
  router_->forget_copies(engine);
  if (first_batch_ != next_batch_) release_written();
  count();
  const std::vector<sink::Sink*> before = router_->sinks();
  router_->replant(engine, std::move(forest));
  for (sink::Sink* const sink : router_->sinks()) {
    if (std::find(before.begin(), before.end(), sink) == before.end()) sink->take_over();
  }
  const bool is_same_file = file == std::exchange(file_, file);
  keep_journal(is_same_file ? before : std::vector<sink::Sink*>{});
  if (is_same_file) {
    router_->keep_memories_in(file_, engine);
  } else {
    router_->keep_memories_in(file_);
  }
}

void Consumer::close_sinks_beside(const route::Forest& next) {
  const std::vector<sink::Sink*> staying = next.sinks();
  for (sink::Sink* const sink : router_->sinks()) {
    const bool stays = std::find(staying.begin(), staying.end(), sink) != staying.end();
    if (!stays) sink->close(close_patience_ms);
  }
  // What a memory has passed on to one of those that stay is written, too.
  commit();
  for (sink::Sink* const sink : staying) sink->settle();
}

void Consumer::share_sinks() {
  for (sink::Sink* const sink : router_->sinks()) sink->share();
}

void Consumer::close_sinks() {
  router_->close_memories(consumed_);
  for (sink::Sink* const sink : router_->sinks()) sink->close(close_patience_ms);
  router_->forget_copies();
  // What was on its way has arrived or failed: who drains the rings next must not find it there.
  if (first_batch_ != next_batch_) release_written();
  count();
}

}  // namespace xylem::drain
