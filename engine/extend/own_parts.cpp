#include "extend/own_parts.hpp"

#include <cstring>
#include <exception>
#include <stdexcept>

#include "extend/parts.hpp"
#include "format/percent.hpp"

namespace xylem::extend {
namespace {

constexpr const char* unknown_exception = "an exception that is no std::exception";

}  // namespace

format::Program WholeLineFormatter::compile(const record::Site& site, std::string_view,
                                            std::string_view terminator) {
  format::ProgramBuilder builder{site, format::TextStyle::raw, clock_};
  builder.scratch([this](fmt::memory_buffer& out, const record::View& view) {
    std::string line;
    format(line, view);
    out.append(line.data(), line.data() + line.size());
  });
  builder.text(terminator);
  return builder.finish();
}

void OwnFormatter::format(std::string& out, const record::View& view) {
  const std::size_t before = out.size();
  const ViewParts parts{view};
  try {
    own_->format(RecordView{parts}, out);
    return;
  } catch (const std::exception& error) {
    out.resize(before);
    throw format::FormatError{error.what()};
  } catch (...) {
    out.resize(before);
    throw format::FormatError{unknown_exception};
  }
}

void PackingFormatter::format(std::string& out, const record::View& view) {
  const std::size_t begin = out.size();
  out.append(sizeof(std::uint32_t), '\0');
  pack(out, ViewParts{view});
  const auto bytes = static_cast<std::uint32_t>(out.size() - begin - sizeof(std::uint32_t));
  std::memcpy(out.data() + begin, &bytes, sizeof bytes);
  line_->format(out, view);
}

bool split_packed(std::string_view bytes, std::string_view& record, std::string_view& line) {
  std::uint32_t record_bytes = 0;
  if (bytes.size() < sizeof record_bytes) return false;
  std::memcpy(&record_bytes, bytes.data(), sizeof record_bytes);
  bytes.remove_prefix(sizeof record_bytes);
  if (bytes.size() < record_bytes) return false;
  record = bytes.substr(0, record_bytes);
  line = bytes.substr(record_bytes);
  return true;
}

bool OwnFilter::passes(const record::View& view) const {
  const ViewParts parts{view};
  try {
    return own_->passes(RecordView{parts});
  } catch (const std::exception&) {
    throw;
  } catch (...) {
    throw std::runtime_error{unknown_exception};
  }
}

}  // namespace xylem::extend
