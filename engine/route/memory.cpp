#include "route/memory.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace xylem::route {
namespace {

std::size_t bytes_of(const std::vector<Parcel>& parcels) {
  std::size_t bytes = 0;
  for (const Parcel& parcel : parcels) {
    bytes += sizeof parcel + parcel.line.capacity() + bytes_of(parcel.parcels);
  }
  return bytes;
}

}  // namespace

void hand_on(Parcel& parcel, std::uint64_t number, int levelno, Present present) {
  if (parcel.memory != nullptr) {
    parcel.memory->take(number, levelno, std::move(parcel.parcels), present);
    return;
  }
  sink::Sink& sink = *parcel.handler->sink;
  if (parcel.is_unformattable) {
    sink.give_up(number);
    return;
  }
  try {
    sink.note_time(present.time_ns);
    char* const at = sink.reserve(parcel.line.size());
    sink.commit_late(std::copy(parcel.line.begin(), parcel.line.end(), at), number, present.number);
  } catch (const std::bad_alloc&) {
    sink.give_up(number);
  }
}

void Memory::take(std::uint64_t number, int levelno, std::vector<Parcel> parcels, Present present) {
  held_bytes_ += sizeof(Held) + bytes_of(parcels);
  held_.push_back({number, levelno, std::move(parcels)});
  records_.insert(number);
  const bool is_full =
      static_cast<std::int64_t>(held_.size()) >= rule_->capacity || held_bytes_ > rule_->max_bytes;
  if (is_full || levelno >= rule_->flush_level) pass_on(present);
}

void Memory::close(Present present) {
  if (rule_->flush_on_close) pass_on(present);
  held_.clear();
  records_.clear();
}

std::optional<sink::RecordRange> Memory::range() const {
  if (records_.empty()) return std::nullopt;
  return sink::RecordRange{records_.ranges().front().first, records_.ranges().back().last};
}

void Memory::pass_on(Present present) {
  std::vector<Held> held = std::exchange(held_, {});
  held_bytes_ = 0;
  records_.clear();
  if (std::exchange(copied_, 0) > 0) has_passed_on_ = true;
  for (Held& one : held) {
    for (Parcel& parcel : one.parcels) hand_on(parcel, one.number, one.levelno, present);
  }
}

void Memory::keep_in(crash::File* file, std::uint64_t number) {
  copies_.reset();
  copied_ = copied_lines_ = 0;
  has_passed_on_ = false;
  passed_.clear();
  if (file == nullptr) return;
  copies_ = std::make_unique<crash::KeptLines>(*file, crash::ExtentKind::held, number);
}

/// Where there is no room in the file, lines are in memory alone.
void Memory::end_batch(std::uint64_t batch) {
  if (copies_ == nullptr) return;
  if (has_passed_on_ && copies_->pass_on(batch)) {
    passed_.push_back({batch, std::exchange(copied_lines_, 0)});
    has_passed_on_ = false;
  }
  // Else what comes next would seem to be passed on with it.
  if (has_passed_on_) return;
  bool has_room = true;
  for (; copied_ < held_.size(); ++copied_) {
    const Held& next = held_[copied_];
    has_room = has_room && copy(next, next.parcels, !rule_->flush_on_close, batch);
  }
}

/// What stands behind another memory comes back to it at the end, which may discard it.
bool Memory::copy(const Held& held, const std::vector<Parcel>& parcels, bool is_discarded,
                  std::uint64_t batch) {
  for (const Parcel& parcel : parcels) {
    if (parcel.memory != nullptr) {
      const bool is_lost = is_discarded || !parcel.memory->rule_->flush_on_close;
      if (!copy(held, parcel.parcels, is_lost, batch)) return false;
      continue;
    }
    const std::optional<std::uint64_t> sink = parcel.handler->sink->journal_place();
    if (parcel.is_unformattable || !sink) continue;
    const std::uint32_t flags = is_discarded ? crash::KeptLine::discarded_at_close : 0;
    const auto place = static_cast<std::uint32_t>(*sink);
    if (!copies_->add(parcel.line, {batch, held.number, place, flags})) return false;
    ++copied_lines_;
  }
  return true;
}

void Memory::release(std::uint64_t first_batch) {
  for (; !passed_.empty() && passed_.front().batch < first_batch; passed_.pop_front()) {
    copies_->take(passed_.front().lines);
  }
}

void Memory::forget_copies() {
  if (copies_ != nullptr) copies_->clear();
  keep_in(nullptr, 0);
}

}  // namespace xylem::route
