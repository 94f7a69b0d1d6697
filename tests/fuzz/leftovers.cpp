// A crash file that is whole gives back every record; one with anything in it gives records whose
// payloads are what their call sites say, so that they can be rendered.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "../leftover_support.hpp"
#include "../record_support.hpp"
#include "call.hpp"
#include "crash/layout.hpp"
#include "format/json_formatter.hpp"
#include "format/message.hpp"
#include "format/percent.hpp"
#include "format/text_formatter.hpp"
#include "format/utf8.hpp"
#include "input.hpp"
#include "record/payload.hpp"
#include "recover/leftover.hpp"

namespace {

using fuzz::Input;
using leftover_test::CrashImage;
using leftover_test::RingImage;
using record_test::Site;
using record_test::View;
using xylem::recover::Leftover;
using xylem::recover::Ring;

constexpr std::uint64_t capacity = 64;

struct CallSite {
  std::uint64_t id;
  Site site;
  std::string payload;
};

struct Written {
  const CallSite* site;
  std::uint64_t position;
  std::int64_t time_ns;
};

/// A crash file as a process leaves it, and what is in it.
struct Image {
  explicit Image(Input& in) {
    logger_name = in.text();
    thread_name = in.text();
    const std::uint64_t logger = image.logger(logger_name);
    for (std::size_t n = in.below(3) + 1; n > 0; --n) add_site(in);
    for (std::size_t n = in.below(3); n > 0; --n) add_ring(in, logger);
    kept.resize(in.below(3));
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const std::string name = in.text();
      const std::uint64_t batch = in.below(12);
      const std::uint64_t inode = in.byte();
      const std::uint64_t born_ns = in.byte();
      image.sink(name, batch, {1, inode, born_ns, in.number<std::uint64_t>()});
      add_kept_lines(in, i, batch);
    }
  }

  CrashImage image;
  std::string logger_name;
  std::string thread_name;
  std::vector<CallSite> sites;
  std::vector<std::vector<Written>> rings;
  std::vector<std::vector<std::string>> kept;  // by sink: what only its chunks have

 private:
  void add_site(Input& in) {
    const fuzz::Call call{in};
    Site site = record_test::make_site(call.format, call.args);
    const std::vector<std::byte> payload = record_test::encode(call.args);
    sites.push_back({image.site(site), std::move(site),
                     std::string{reinterpret_cast<const char*>(payload.data()),
                                 payload.size() - 1}});  // without the byte for no bytes
  }

  /// Chunks whose batches begin before what the sink has written and end behind what is whole.
  void add_kept_lines(Input& in, std::uint64_t sink, std::uint64_t written) {
    const std::uint64_t published = written + in.below(3);
    std::uint64_t batch = written;
    for (std::uint64_t chunk = in.below(3); chunk > 0; --chunk) {
      std::vector<CrashImage::Kept> lines;
      for (std::size_t n = in.below(4); n > 0; --n) {
        batch += in.below(2);
        lines.push_back({batch, n, in.text()});
        if (batch > written && batch <= published) kept[sink].push_back(lines.back().text);
      }
      image.keep(sink, 9 - chunk, published, lines);
    }
  }

  void add_ring(Input& in, std::uint64_t logger) {
    using namespace xylem::detail;
    RingImage& ring = image.ring(thread_name, capacity, in.number<std::uint64_t>() >> 8);
    std::vector<Written>& records = rings.emplace_back();
    std::uint64_t free_slots = capacity;
    for (std::size_t n = in.below(20); n > 0; --n) {
      const CallSite& site = sites[in.below(sites.size())];
      const std::uint64_t slots = slots_for(site.payload.size());
      const bool spills = slots > max_record_slots || (in.below(8) == 0 && !site.payload.empty());
      if ((spills ? 1 : slots) > free_slots) break;
      free_slots -= spills ? 1 : slots;
      const auto tick = in.number<std::uint32_t>();
      const std::uint64_t position =
          spills ? ring.add(site.id, logger, tick, image.spill(site.payload), flag_spilled)
                 : ring.add(site.id, logger, tick, site.payload);
      records.push_back({&site, position, leftover_test::epoch_ns + tick});
    }
  }
};

/// A place in the file, most of them where a number leads somewhere.
std::size_t pick_place(Input& in, Image& image) {
  using xylem::crash::Extent;
  using xylem::crash::Fixed;
  static constexpr std::size_t tables[] = {offsetof(Fixed, header), offsetof(Fixed, clocks),
                                           offsetof(Fixed, extents), offsetof(Fixed, sinks)};
  const Fixed& fixed = image.image.fixed();
  switch (in.below(3)) {
    case 0:
      return in.pick(tables) + in.byte();
    case 1: {
      const Extent& extent = fixed.extents[in.below(fixed.header.extents.load_relaxed())];
      return extent.offset + in.number<std::uint16_t>() % extent.bytes;
    }
    default: {
      if (image.rings.empty()) return in.number<std::uint32_t>();
      const std::size_t ring = in.below(image.rings.size());
      const std::vector<Written>& records = image.rings[ring];
      if (records.empty()) return in.number<std::uint32_t>();
      const std::uint64_t position = records[in.below(records.size())].position;
      // The dictionary is the first extent, then come the rings.
      return fixed.extents[1 + ring].offset + xylem::crash::ring_head_bytes +
             position % capacity * xylem::detail::slot_bytes + in.below(80);
    }
  }
}

/// Overwrites a few numbers.
void spoil(Input& in, Image& image, std::string& bytes) {
  while (!in.empty()) {
    const std::size_t at = pick_place(in, image);
    const std::size_t width = in.below(8) + 1;
    const std::uint64_t number = in.flag() ? in.byte() : in.number<std::uint64_t>();
    if (at >= bytes.size()) continue;
    std::memcpy(bytes.data() + at, &number, std::min(width, bytes.size() - at));
  }
}

void check_whole(const Leftover& leftover, const Image& image) {
  CHECK(leftover.unreadable == 0);
  REQUIRE(leftover.sinks.size() == image.kept.size());
  for (std::size_t i = 0; i < image.kept.size(); ++i) {
    REQUIRE(leftover.sinks[i].lines.size() == image.kept[i].size());
    for (std::size_t n = 0; n < image.kept[i].size(); ++n) {
      CHECK(leftover.sinks[i].lines[n].text == image.kept[i][n]);
    }
  }
  REQUIRE(leftover.rings.size() == image.rings.size());
  for (std::size_t i = 0; i < image.rings.size(); ++i) {
    const Ring& ring = leftover.rings[i];
    CHECK(ring.thread.name == image.thread_name);
    REQUIRE(ring.records.size() == image.rings[i].size());
    for (std::size_t n = 0; n < ring.records.size(); ++n) {
      const xylem::recover::Record& record = ring.records[n];
      const Written& written = image.rings[i][n];
      CHECK(record.position == written.position);
      CHECK(record.time_ns == written.time_ns);
      CHECK(record.logger->name == image.logger_name);
      CHECK(record.site->format == written.site->site.format);
      const std::string& payload = written.site->payload;
      CHECK(std::memcmp(record.payload, payload.data(), payload.size()) == 0);
    }
  }
}

std::optional<std::string> general_line(xylem::format::Formatter& formatter, const View& view) {
  try {
    std::string line;
    formatter.format(line, view);
    return line;
  } catch (const xylem::format::FormatError&) {
    return std::nullopt;
  } catch (const std::invalid_argument&) {  // an argument that is no JSON
    return std::nullopt;
  }
}

std::optional<std::string> compiled_line(xylem::format::Formatter& formatter, const View& view) {
  try {
    xylem::format::Program program = formatter.compile(*view.site, view.logger, "");
    return record_test::render(program, view);
  } catch (const xylem::format::FormatError&) {
    return std::nullopt;
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

void check_line(const View& view) {
  using namespace xylem::format;
  static JsonFormatter json{{.fmt_keys = {{"level", "levelname"},
                                          {"thread", "threadName"},
                                          {"file", "pathname"},
                                          {"function", "funcName"},
                                          {"line", "lineno"}}}};
  static TextFormatter text{{.format = "%(levelname)s %(name)s %(threadName)r: %(message)s"}};
  const std::optional<std::string> line = compiled_line(json, view);
  const std::optional<std::string> general = general_line(json, view);
  CHECK(line.has_value() == general.has_value());
  if (line) {
    if (is_valid_utf8(render_message(view))) CHECK(line == general);
    CHECK(is_valid_utf8(*line));
    if (!fuzz::has_big_number(*line)) const record_test::Json parsed{*line};
  }
  compiled_line(text, view);
  general_line(text, view);
}

/// The payload ends within its record, which a sanitizer does not see: the file is one piece of
/// memory. A payload stands behind the header of its slots or at the begin of a spill block's page.
void check_payload(const xylem::recover::Record& record, const std::vector<std::byte>& file) {
  using namespace xylem::detail;
  std::vector<const char*> starts(record.site->arguments.size());
  const std::byte* const end =
      xylem::record::find_tails(*record.site, record.payload, starts.data());
  const std::less_equal<> at_most;
  const bool is_in_file =
      at_most(file.data(), record.payload) && at_most(record.payload, file.data() + file.size());
  if (is_in_file && (record.payload - file.data()) % slot_bytes == 0) {
    CHECK(end <= file.data() + file.size());
    return;
  }
  const std::byte* const begin = record.payload - header_bytes;
  const HeaderView header{xylem::record::load<std::uint64_t>(begin)};
  CHECK(static_cast<std::size_t>(end - begin) <= header.slots() * slot_bytes);
}

void check_sound(const Leftover& leftover, const std::vector<std::byte>& file) {
  for (const auto& sink : leftover.sinks) {
    // Copied, so that a sanitizer sees a text that is not within the file.
    for (const xylem::recover::KeptLine& line : sink.lines) {
      CHECK(std::string{line.text}.size() <= file.size());
    }
  }
  for (const Ring& ring : leftover.rings) {
    REQUIRE(ring.start <= ring.head);
    for (const auto& sink : leftover.sinks) {
      const std::uint64_t start = leftover.start_of(ring, &sink);
      CHECK((start == xylem::recover::all_written || (start >= ring.start && start <= ring.head)));
    }
    std::uint64_t next = ring.start;
    for (const xylem::recover::Record& record : ring.records) {
      REQUIRE(record.position >= next);
      REQUIRE(record.position < ring.head);
      next = record.position + 1;
      check_payload(record, file);
      check_line({record.site, record.logger->name, &ring.thread, record.time_ns, record.payload,
                  nullptr});
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input in{data, size};
  Image image{in};
  std::string bytes = image.image.bytes();
  const bool is_whole = in.empty();
  if (in.flag()) bytes.resize(in.number<std::uint32_t>() % bytes.size());
  spoil(in, image, bytes);
  // Memory of its own, so that a sanitizer sees a read beyond the end.
  const auto* const begin = reinterpret_cast<const std::byte*>(bytes.data());
  const std::vector<std::byte> exact(begin, begin + bytes.size());
  const std::optional<Leftover> leftover = Leftover::parse(exact);
  if (is_whole) {
    REQUIRE(leftover);
    check_whole(*leftover, image);
  }
  if (leftover) check_sound(*leftover, exact);
  return 0;
}
