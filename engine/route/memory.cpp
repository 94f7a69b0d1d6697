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

void deliver(Parcel& parcel, std::uint64_t number, int levelno, Present present) {
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
    // By the number of the record that is present: times come in the order of numbers.
    if (present.time_ns != 0) sink.note_time(present.number, present.time_ns);
    char* const at = sink.reserve(parcel.line.size());
    sink.commit_late(std::copy(parcel.line.begin(), parcel.line.end(), at), number, present.number);
  } catch (const std::bad_alloc&) {
    sink.give_up(number);
  }
}

}  // namespace

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
  for (Held& one : held) {
    for (Parcel& parcel : one.parcels) deliver(parcel, one.number, one.levelno, present);
  }
}

}  // namespace xylem::route
