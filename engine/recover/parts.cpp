#include "recover/parts.hpp"

#include <algorithm>
#include <cstddef>

namespace xylem::recover {
namespace {

using crash::Fixed;

std::string text_of(Bytes bytes, std::size_t offset) {
  const auto size = load_at<std::uint32_t>(bytes, offset + offsetof(crash::Text, bytes));
  const std::uint64_t most = sizeof(crash::Text::text);
  return std::string{
      text_at(bytes, offset + offsetof(crash::Text, text), std::min<std::uint64_t>(size, most))};
}

constexpr std::size_t header_at = offsetof(Fixed, header);

std::vector<EnginePart> engines_of(Bytes bytes, const crash::Identity& own) {
  using crash::EngineEntry;
  std::vector<EnginePart> engines;
  for (std::size_t i = 0; i < crash::max_engines; ++i) {
    const std::size_t at = header_at + offsetof(crash::Header, engines) + i * sizeof(EngineEntry);
    const auto number = load_at<std::uint32_t>(bytes, at + offsetof(EngineEntry, number));
    if (i > 0 && number == 0) continue;
    EnginePart part{number, load_at<std::uint64_t>(bytes, at + offsetof(EngineEntry, config_hash)),
                    load_at<std::uint64_t>(bytes, at + offsetof(EngineEntry, path_hash)), i,
                    load_at<std::uint32_t>(bytes, at + offsetof(EngineEntry, recovered)) != 0};
    if (i == 0) {
      part.number = 0;
      part.config_hash = own.config_hash;
      part.path_hash = crash::path_hash_of(own);
    }
    engines.push_back(part);
  }
  return engines;
}

/// As far as all versions are alike.
bool is_crash_file(Bytes bytes) {
  using crash::Header;
  return holds(bytes, 0, offsetof(Fixed, working_directory)) &&
         load_at<std::uint64_t>(bytes, header_at + offsetof(Header, magic)) == crash::magic &&
         load_at<std::uint32_t>(bytes, header_at + offsetof(Header, page_bytes)) ==
             crash::page_bytes;
}

std::uint32_t version_of(Bytes bytes) {
  return load_at<std::uint32_t>(bytes, header_at + offsetof(crash::Header, version));
}

crash::Identity identity_of(Bytes bytes) {
  return {text_of(bytes, offsetof(Fixed, config_path)),
          load_at<std::uint64_t>(bytes, header_at + offsetof(crash::Header, config_hash))};
}

}  // namespace

const EnginePart* Origin::find_engine(std::uint32_t number) const {
  const auto found = std::find_if(engines.begin(), engines.end(), [number](const EnginePart& part) {
    return part.number == number;
  });
  return found != engines.end() ? &*found : nullptr;
}

std::optional<crash::Identity> identity_of_other_version(Bytes bytes) {
  if (!is_crash_file(bytes) || version_of(bytes) == crash::version) return std::nullopt;
  return identity_of(bytes);
}

std::optional<Origin> read_origin(Bytes bytes) {
  using crash::Header;
  const bool is_of_this_version = is_crash_file(bytes) && version_of(bytes) == crash::version;
  if (!is_of_this_version || !holds(bytes, 0, crash::fixed_bytes)) return std::nullopt;
  Origin origin;
  origin.identity = identity_of(bytes);
  origin.working_directory = text_of(bytes, offsetof(Fixed, working_directory));
  origin.process_name = text_of(bytes, offsetof(Fixed, process_name));
  origin.pid = load_at<std::int64_t>(bytes, header_at + offsetof(Header, pid));
  origin.created_ns = load_at<std::int64_t>(bytes, header_at + offsetof(Header, created_ns));
  origin.created_monotonic_ns =
      load_at<std::uint64_t>(bytes, header_at + offsetof(Header, created_monotonic_ns));
  origin.boot_id = text_at(bytes, header_at + offsetof(Header, boot_id), sizeof Header::boot_id);
  std::erase(origin.boot_id, '\0');
  origin.start_ns = load_at<std::int64_t>(bytes, header_at + offsetof(Header, start_ns));
  if (origin.start_ns == 0) origin.start_ns = origin.created_ns;
  origin.engines = engines_of(bytes, origin.identity);
  return origin;
}

std::vector<Part> list_parts(Bytes fixed, std::uint64_t file_bytes, std::uint64_t& unreadable) {
  using crash::Extent;
  using crash::ExtentKind;
  const auto count = load_at<std::uint32_t>(fixed, header_at + offsetof(crash::Header, extents));
  if (count > crash::max_extents) ++unreadable;
  std::vector<Part> parts;
  for (std::size_t i = 0; i < std::min<std::size_t>(count, crash::max_extents); ++i) {
    const std::size_t at = offsetof(Fixed, extents) + i * sizeof(Extent);
    const auto kind = load_at<std::uint32_t>(fixed, at + offsetof(Extent, kind));
    if (kind == static_cast<std::uint32_t>(ExtentKind::none)) continue;
    const Part part{static_cast<ExtentKind>(kind),
                    load_at<std::uint64_t>(fixed, at + offsetof(Extent, offset)),
                    load_at<std::uint64_t>(fixed, at + offsetof(Extent, bytes)),
                    load_at<std::uint64_t>(fixed, at + offsetof(Extent, id))};
    const bool is_within = part.offset >= crash::fixed_bytes && part.offset <= file_bytes &&
                           part.bytes <= file_bytes - part.offset;
    const bool is_paged =
        part.offset % crash::page_bytes == 0 && part.bytes % crash::page_bytes == 0;
    if (kind > static_cast<std::uint32_t>(ExtentKind::recorded) || !is_within || !is_paged) {
      ++unreadable;
    } else {
      parts.push_back(part);
    }
  }
  // Of two that overlap, one at most is what it says, and reading both might take for ever.
  std::sort(parts.begin(), parts.end(),
            [](const Part& a, const Part& b) { return a.offset < b.offset; });
  std::uint64_t end = 0;
  std::erase_if(parts, [&](const Part& part) {
    const bool overlaps = part.offset < end;
    if (overlaps) ++unreadable;
    end = std::max(end, part.offset + part.bytes);
    return overlaps;
  });
  return parts;
}

}  // namespace xylem::recover
