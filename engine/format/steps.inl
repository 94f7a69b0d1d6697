// The steps of a line, included once by each kernel's source file behind escape_loop.inl, inside
// the region that is compiled for its instruction set and inside an unnamed namespace; it must
// therefore include nothing itself.
//
// The kernel gives `copy_64(out, from)`, `copy_short(out, from)` of short_text_bytes, and `Quick`:
// what fills the common holes in the common case without a call, or says by a null pointer that
// this is none. A step that calls nothing needs no stack frame; the rest is left to its slow twin.
// With `Quick::keeps_numbers` it also puts them where they are kept.

/// Copies in blocks of 64 bytes by way of registers: both ends are padded, the source may reach
/// into the target (though not with bytes that count), and a length that varies from text to text
/// costs less in stores than in branches.
inline char* copy_padded(char* out, const char* from, std::size_t bytes) {
  copy_64(out, from);
  for (std::size_t at = 64; at < bytes; at += 64) copy_64(out + at, from + at);
  return out + bytes;
}

template <TextStyle style>
inline char* write_text(char* out, std::string_view text) {
  if constexpr (style == TextStyle::raw) {
    return step_detail::copy(out, text);
  } else {
    return escape<Vector, style == TextStyle::ascii>(out, text);
  }
}

template <TextStyle style>
inline const std::string& thread_name(const record::Thread& thread) {
  if constexpr (style == TextStyle::raw) return thread.name;
  if constexpr (style == TextStyle::ascii) return thread.ascii;
  return thread.utf8;
}

inline std::string_view string_argument(const Op& op, const std::byte* at, const Workspace& work) {
  return {work.starts[op.argument], record::load<std::uint32_t>(at)};
}

inline std::string_view next_string(const std::byte* at, const Workspace& work) {
  return {work.tail, record::load<std::uint32_t>(at)};
}

/// Fills any hole and returns the end.
template <Hole hole, TextStyle style>
inline char* fill(char* out, const Op& op, const std::byte* at, Workspace& work) {
  using record::load;
  switch (hole) {
    case Hole::int64:
      return write_i64(out, load<std::int64_t>(at));
    case Hole::uint64:
      return write_u64(out, load<std::uint64_t>(at));
    case Hole::int32:
      return write_i64(out, load<std::int32_t>(at));
    case Hole::uint32:
      return write_u64(out, load<std::uint32_t>(at));
    case Hole::float64:
      return write_plain(out, load<double>(at));
    case Hole::float32:
      return write_plain(out, load<float>(at));
    case Hole::float64_json:
      return write_json_number(out, load<double>(at));
    case Hole::float32_json:
      return write_json_number(out, load<float>(at));
    case Hole::pointer:
      return step_detail::write_pointer(out, load<std::uint64_t>(at));
    case Hole::boolean:
      return step_detail::write_bool(out, load<bool>(at));
    case Hole::character:
      return write_text<style>(out, {reinterpret_cast<const char*>(at), 1});
    case Hole::string:
      return write_text<style>(out, string_argument(op, at, work));
    case Hole::next_string:
      return write_text<style>(out, next_string(at, work));
    case Hole::json:
      return work.program->write_json(out, string_argument(op, at, work));
    case Hole::again:
      copy_32(out, work.written[op.argument].at);
      return out + work.written[op.argument].bytes;
    case Hole::again_as_float:
      copy_32(out, work.written[op.argument].at);
      return step_detail::finish_float(out, out + work.written[op.argument].bytes,
                                       load<double>(at));
    case Hole::again_as_text:
      return copy_padded(out, work.written[op.argument].at, work.written[op.argument].bytes);
    case Hole::timestamp:
      return work.clock->write(out, work.time_ns);
    case Hole::local_time:
      // Only a builder that was given one makes this hole.
      return write_text<style>(out,
                               static_cast<LineClock*>(work.clock)->local.render(work.time_ns));
    case Hole::thread_name:
      return step_detail::copy(out, thread_name<style>(*work.thread));
    case Hole::thread_id:
      return write_u64(out, work.thread->id);
    case Hole::line_break:
      if (out == work.line || out[-1] != '\n') *out++ = '\n';
      return out;
    case Hole::scratch: {
      const std::size_t from = work.scratch_ends[op.argument];
      const std::size_t to = work.scratch_ends[op.argument + std::size_t{1}];
      return write_text<style>(out, {work.scratch.data() + from, to - from});
    }
    case Hole::final_scratch: {
      const std::size_t from = work.scratch_ends[op.argument];
      const std::size_t to = work.scratch_ends[op.argument + std::size_t{1}];
      return step_detail::copy(out, {work.scratch.data() + from, to - from});
    }
    default:
      return out;
  }
}

inline char* copy_as_float(char* out, const Workspace::Written& kept, double value) {
  if constexpr (Quick::keeps_numbers) {
    if (kept.json_bytes == 0) [[unlikely]]
      return nullptr;
    return Quick::copy_number(out, kept, kept.json_bytes);
  }
  char* const end = Quick::copy_number(out, kept, kept.bytes);
  return step_detail::finish_float_quickly(end, value);
}

/// Fills a hole without a call, or returns null.
template <Hole hole, TextStyle style>
inline char* fill_quickly(char* out, const Op& op, const std::byte* at, Workspace& work) {
  using record::load;
  switch (hole) {
    case Hole::int64:
      return Quick::write_i64(out, load<std::int64_t>(at), work.written[op.argument]);
    case Hole::uint64:
      return Quick::write_u64(out, load<std::uint64_t>(at), work.written[op.argument]);
    case Hole::int32:
      return Quick::write_i64(out, load<std::int32_t>(at), work.written[op.argument]);
    case Hole::uint32:
      return Quick::write_u64(out, load<std::uint32_t>(at), work.written[op.argument]);
    case Hole::float64:
      return Quick::template write_double<false>(out, load<double>(at), work.written[op.argument]);
    case Hole::float64_json:
      return Quick::template write_double<true>(out, load<double>(at), work.written[op.argument]);
    case Hole::string:
      return Quick::template write_text<style>(out, string_argument(op, at, work));
    case Hole::next_string:
      return Quick::template write_text<style>(out, next_string(at, work));
    case Hole::timestamp:
      return work.clock->write_quickly(out, work.time_ns);
    case Hole::thread_name:
      return step_detail::copy_quickly(out, thread_name<style>(*work.thread));
    case Hole::again:
      return Quick::copy_number(out, work.written[op.argument], work.written[op.argument].bytes);
    case Hole::again_as_float:
      return copy_as_float(out, work.written[op.argument], load<double>(at));
    case Hole::none:
    case Hole::boolean:
    case Hole::again_as_text:
    case Hole::line_break:
      return fill<hole, style>(out, op, at, work);
    default:
      return nullptr;
  }
}

/// `is_kept`: it is known already where the argument stands.
template <Hole hole, bool is_kept>
inline char* go_on(char* begin, char* end, const char* text, const Op* op, const std::byte* payload,
                   Workspace& work) {
  if constexpr (step_detail::is_remembered(hole) && !is_kept) {
    // Lines with their strings in order are of few arguments.
    constexpr bool has_place = hole == Hole::next_string;
    Workspace::Written& written =
        work.written[has_place ? op->argument : step_detail::place_of(op->argument)];
    written.at = begin;
    written.bytes = static_cast<std::size_t>(end - begin);
    if constexpr (hole == Hole::float64) written.json_bytes = 0;
  }
  if constexpr (hole == Hole::next_string) {
    work.tail += record::load<std::uint32_t>(payload + op->offset);
  }
  return op[1].step(end, text + op->text_bytes, op + 1, payload, work);
}

/// The slow twin: behind the text.
template <Hole hole, TextStyle style>
[[gnu::noinline]] char* step_slowly(char* out, const char* text, const Op* op,
                                    const std::byte* payload, Workspace& work) {
  char* const end = fill<hole, style>(out, *op, payload + op->offset, work);
  return go_on<hole, false>(out, end, text, op, payload, work);
}

template <Hole hole, TextStyle style, bool is_long>
char* step(char* out, const char* text, const Op* op, const std::byte* payload, Workspace& work) {
  if constexpr (is_long) {
    out = copy_padded(out, text, op->text_bytes);
  } else {
    copy_short(out, text);
    out += op->text_bytes;
  }
  if constexpr (hole == Hole::end) return out;
  char* const end = fill_quickly<hole, style>(out, *op, payload + op->offset, work);
  if (end == nullptr) [[unlikely]]
    return step_slowly<hole, style>(out, text, op, payload, work);
  constexpr bool is_kept = Quick::keeps_numbers && step_detail::is_quick_number(hole);
  return go_on<hole, is_kept>(out, end, text, op, payload, work);
}

template <TextStyle style, std::size_t... holes>
constexpr Steps make_steps(std::index_sequence<holes...>) {
  return {{{step<static_cast<Hole>(holes), style, false>...},
           {step<static_cast<Hole>(holes), style, true>...}}};
}

template <TextStyle style>
constexpr Steps steps = make_steps<style>(std::make_index_sequence<hole_count>{});
