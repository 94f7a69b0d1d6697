#include "route/packed_record.hpp"

#include <cstring>

#include "format/program.hpp"
#include "record/payload.hpp"

namespace xylem::route {
namespace {

struct Head {
  std::uint32_t site;
  std::uint32_t logger;
  std::int64_t time_ns;
  std::uint64_t thread_id;
  std::uint64_t name_bytes;
};

/// Kernels read whole vectors.
constexpr std::size_t slack_bytes = 256;

}  // namespace

std::size_t payload_bytes_of(const record::Site& site, const std::byte* payload) {
  std::size_t bytes = site.fixed_bytes;
  if (!site.has_tails) return bytes;
  for (const record::Argument& argument : site.arguments) {
    if (!detail::has_tail(argument.kind)) continue;
    bytes += record::load<std::uint32_t>(payload + argument.offset);
  }
  return bytes;
}

void pack_record(const RawRecord& raw, std::size_t payload_bytes, std::string& to) {
  const std::string& name = raw.thread->name;
  const Head head{raw.header.site(), raw.header.logger(), raw.time_ns, raw.thread->id, name.size()};
  to.assign(reinterpret_cast<const char*>(&head), sizeof head);
  to += name;
  to.append(reinterpret_cast<const char*>(raw.payload), payload_bytes);
}

std::optional<PackedRecord> unpack_record(std::string_view packed) {
  Head head{};
  if (packed.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, packed.data(), sizeof head);
  packed.remove_prefix(sizeof head);
  if (head.name_bytes > packed.size() || head.name_bytes > record::max_thread_name_bytes) {
    return std::nullopt;
  }
  return PackedRecord{head.site,
                      head.logger,
                      head.time_ns,
                      head.thread_id,
                      packed.substr(0, head.name_bytes),
                      packed.substr(head.name_bytes)};
}

record::Thread thread_of(const PackedRecord& record) {
  record::Thread thread;
  thread.id = record.thread_id;
  thread.name = record.thread_name;
  thread.ascii = format::styled(thread.name, format::TextStyle::ascii);
  thread.utf8 = format::styled(thread.name, format::TextStyle::utf8);
  return thread;
}

RawRecord Unpacker::unpack(std::string_view packed) {
  const PackedRecord record = unpack_record(packed).value();
  if (thread_.id != record.thread_id || thread_.name != record.thread_name) {
    thread_ = thread_of(record);
  }
  if (payload_.size() < record.payload.size() + slack_bytes) {
    payload_.resize(2 * (record.payload.size() + slack_bytes));
  }
  std::memcpy(payload_.data(), record.payload.data(), record.payload.size());
  return {detail::HeaderView{detail::header_word(record.site, record.logger, 1)}, payload_.data(),
          &thread_, record.time_ns};
}

}  // namespace xylem::route
