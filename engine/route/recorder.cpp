#include "route/recorder.hpp"

#include <utility>

#include "route/packed_record.hpp"

namespace xylem::route {
namespace {

/// A text that had more once gives it back.
constexpr std::size_t usual_bytes = 4096;

}  // namespace

void Recorder::keep(std::uint64_t number, const RawRecord& raw, std::size_t payload_bytes) {
  if (slots_.empty()) slots_.resize(rule_.records);
  if (size_ == slots_.size()) drop_oldest();
  Recorded& kept = at(size_);
  kept.number = number;
  if (kept.packed.capacity() > usual_bytes) kept.packed = {};
  pack_record(raw, payload_bytes, kept.packed);
  ++size_;
  bytes_ += kept.packed.size();
  while (bytes_ > rule_.max_bytes && size_ > 0) drop_oldest();
}

void Recorder::drop_oldest() {
  bytes_ -= at(0).packed.size();
  first_ = (first_ + 1) % slots_.size();
  --size_;
  if (copied_ == 0) return;
  --copied_;
  ++dropped_copies_;
}

void Recorder::pass_on(std::vector<Recorded>& to) {
  for (std::size_t i = 0; i < size_; ++i) to.push_back(std::move(at(i)));
  passed_copies_ += std::exchange(copied_, 0);
  first_ = size_ = bytes_ = 0;
}

void Recorder::forget() {
  while (size_ > 0) drop_oldest();
}

std::optional<sink::RecordRange> Recorder::range() const {
  if (size_ == 0) return std::nullopt;
  return sink::RecordRange{at(0).number, at(size_ - 1).number};
}

void Recorder::keep_in(crash::File* file, std::uint64_t number) {
  copies_.reset();
  copied_ = dropped_copies_ = passed_copies_ = 0;
  spent_.clear();
  if (file == nullptr) return;
  copies_ = std::make_unique<crash::KeptLines>(*file, crash::ExtentKind::recorded, number);
}

/// Where there is no room in the file, records are in memory alone. Copies that are needless stay
/// as long as the records that made them so are in their rings: a recovery goes through these again
/// and finds the same.
void Recorder::end_batch(std::uint64_t batch) {
  if (copies_ == nullptr) return;
  const bool has_passed_on = passed_copies_ > 0;
  // Else what comes next would seem to be passed on with it.
  if (has_passed_on && !copies_->pass_on(batch)) return;
  const std::size_t spent = std::exchange(dropped_copies_, 0) + std::exchange(passed_copies_, 0);
  if (spent > 0) spent_.push_back({batch, spent});
  for (; copied_ < size_; ++copied_) {
    const Recorded& next = at(copied_);
    if (!copies_->add(next.packed, {batch, next.number, 0})) return;
  }
}

void Recorder::release(std::uint64_t first_batch) {
  for (; !spent_.empty() && spent_.front().batch < first_batch; spent_.pop_front()) {
    copies_->take(spent_.front().copies);
  }
}

void Recorder::forget_copies() {
  if (copies_ != nullptr) copies_->clear();
  keep_in(nullptr, 0);
}

}  // namespace xylem::route
