#include <cstddef>
#include <cstdint>

#include "drain/consumer.hpp"
#include "record/payload.hpp"
#include "record/site.hpp"

/// A configuration has put another crash file in force, while records wait in rings elsewhere.
namespace xylem::drain {

/// Else a crash while they are being written could leave half a line in a file, and nothing to
/// complete it from.
void Consumer::move_into_file() {
  take_new_rings();
  const std::size_t rings = readers_.size();
  for (std::size_t i = 0; i < rings; ++i) {
    RingReader& reader = *readers_[i];
    reader.poll();
    if (reader.empty()) continue;
    Ring* const copy = exchange_.copy_into_file(reader.ring(), reader.position(),
                                                reader.waiting_slots(), reader.context());
    if (copy == nullptr) continue;
    skip_waiting(reader, *copy);
    read_from(*copy);
  }
}

/// A call that is under way may yet write into the ring: the last context holds for its record.
void Consumer::skip_waiting(RingReader& reader, const Ring& copy) {
  const std::uint64_t begin = reader.position();
  const std::uint64_t end = begin + reader.waiting_slots();
  for (std::uint64_t at = begin; at < end;) {
    // The copy's, because blocks have gone over to it; they stay its own.
    const std::byte* const record = copy.at(at - begin);
    const detail::HeaderView header{record::load<std::uint64_t>(record)};
    if (header.site() == record::context_site) {
      const std::byte* const payload = record + detail::header_bytes;
      enter(reader, context_text(header, payload), {}, nullptr);
    }
    at += header.slots();
  }
  reader.skip_waiting();
}

}  // namespace xylem::drain
