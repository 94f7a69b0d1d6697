#include "crash/kept.hpp"

#include <algorithm>
#include <cstring>
#include <system_error>

#include "crash/mapping.hpp"

namespace xylem::crash {
namespace {

constexpr std::size_t usual_chunk_bytes = std::size_t{256} << 10;

constexpr std::size_t round_up(std::size_t bytes, std::size_t multiple) {
  return (bytes + multiple - 1) / multiple * multiple;
}

}  // namespace

KeptLines::~KeptLines() {
  for (const Chunk& chunk : chunks_) unmap(chunk.mapping, chunk.bytes);
  if (spare_) unmap(spare_->mapping, spare_->bytes);
}

bool KeptLines::use_spare(std::size_t least_bytes) {
  if (!spare_ || spare_->bytes < least_bytes) return false;
  head(*spare_).used.store_relaxed(0);
  head(*spare_).taken.store_relaxed(0);
  head(*spare_).batch.store_relaxed(0);
  chunks_.push_back(*spare_);
  spare_.reset();
  return true;
}

bool KeptLines::add_chunk(std::size_t least_bytes) {
  const std::size_t bytes = round_up(std::max(least_bytes, usual_chunk_bytes), page_bytes);
  if (!use_spare(bytes)) {
    try {
      const Piece piece = file_.allocate(bytes);
      try {
        chunks_.push_back({piece, map(file_.descriptor(), piece.offset, bytes), bytes, 0});
      } catch (...) {
        file_.release(piece);
        throw;
      }
    } catch (const std::exception&) {
      return false;  // the line is kept in memory all the same
    }
  }
  head(chunks_.back()).number = ++last_chunk_;
  file_.publish(chunks_.back().piece, kind_, id_);
  return true;
}

bool KeptLines::add(std::string_view line, const Label& label) {
  if (!append(line, label)) return false;
  ++chunks_.back().lines;
  ++lines_;
  return true;
}

bool KeptLines::append(std::string_view line, const Label& label) {
  const std::size_t bytes = sizeof(KeptLine) + round_up(line.size(), alignof(KeptLine));
  const auto has_room = [&](const Chunk& chunk) {
    return chunk.bytes - sizeof(KeptHead) - head(chunk).used.load_relaxed() >= bytes;
  };
  if ((chunks_.empty() || !has_room(chunks_.back())) && !add_chunk(sizeof(KeptHead) + bytes)) {
    return false;
  }
  const Chunk& chunk = chunks_.back();
  const std::uint64_t used = head(chunk).used.load_relaxed();
  std::byte* const at = chunk.mapping + sizeof(KeptHead) + used;
  const KeptLine before{label.batch, label.record, label.sink, label.flags, line.size()};
  std::memcpy(at, &before, sizeof before);
  if (!line.empty()) std::memcpy(at + sizeof before, line.data(), line.size());
  // For a reader after the process' death: the line is whole.
  head(chunk).used.store_release(used + bytes);
  return true;
}

void KeptLines::publish(std::uint64_t batch) {
  // The youngest chunk outlives the others. The release is for a reader after the process' death.
  if (!chunks_.empty()) head(chunks_.back()).batch.store_release(batch);
}

void KeptLines::take_from(Chunk& chunk, std::size_t lines) {
  chunk.lines -= lines;
  KeptHead& head = KeptLines::head(chunk);
  std::uint64_t at = head.taken.load_relaxed();
  while (lines > 0) {
    KeptLine line;
    std::memcpy(&line, chunk.mapping + sizeof head + at, sizeof line);
    at += sizeof line + round_up(line.bytes, alignof(KeptLine));
    if (line.sink != KeptLine::passed_on) --lines;
  }
  // Nothing behind the last line is of any use.
  head.taken.store_release(chunk.lines == 0 ? head.used.load_relaxed() : at);
}

void KeptLines::take(std::size_t lines) {
  std::size_t left = std::min(lines, lines_);
  lines_ -= left;
  while (left > 0) {
    Chunk& oldest = chunks_.front();
    const std::size_t here = std::min(left, oldest.lines);
    take_from(oldest, here);
    left -= here;
    // The last one stays: it says which batches need not be looked for in the rings.
    if (oldest.lines == 0 && chunks_.size() > 1) remove_oldest();
  }
}

void KeptLines::clear() {
  while (!chunks_.empty()) remove_oldest();
  if (spare_) give_back(*spare_);
  spare_.reset();
  lines_ = 0;
}

void KeptLines::remove_oldest() {
  const Chunk oldest = chunks_.front();
  chunks_.pop_front();
  if (spare_ || oldest.bytes > usual_chunk_bytes) {
    give_back(oldest);
    return;
  }
  file_.publish(oldest.piece, ExtentKind::none, 0);
  spare_ = oldest;
  spare_->lines = 0;
}

void KeptLines::give_back(const Chunk& chunk) {
  unmap(chunk.mapping, chunk.bytes);
  file_.release(chunk.piece);
}

}  // namespace xylem::crash
