#include "route/gather.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

#include "format/fields.hpp"
#include "record/foreign.hpp"
#include "record/members.hpp"
#include "record/payload.hpp"

namespace xylem::route {
namespace {

using record::Argument;
using record::Site;

/// Kernels read whole vectors.
constexpr std::size_t slack_bytes = 256;

/// A payload whose arguments are taken one by one or all at once.
struct Source {
  const std::vector<Argument>* arguments;
  const std::byte* payload;
  std::uint32_t fixed_bytes;
  std::size_t tail_bytes;

  const std::byte* tails() const { return payload + fixed_bytes; }
};

Source source_of(const Fields& fields) {
  static const std::vector<Argument> none;
  if (fields.empty()) return {&none, nullptr, 0, 0};
  const Site& site = fields.shape->fields;
  return {&site.arguments, fields.payload, site.fixed_bytes,
          fields.payload_bytes - site.fixed_bytes};
}

std::byte* append(std::byte* to, const std::byte* from, std::size_t bytes) {
  if (bytes != 0) std::memcpy(to, from, bytes);
  return to + bytes;
}

std::byte* append_fixed(std::byte* to, const Source& source,
                        const std::vector<std::uint32_t>& taken) {
  for (const std::uint32_t i : taken) {
    const Argument& argument = (*source.arguments)[i];
    to = append(to, source.payload + argument.offset, detail::fixed_bytes(argument.kind));
  }
  return to;
}

/// `taken` is in order.
std::byte* append_tails(std::byte* to, const Source& source,
                        const std::vector<std::uint32_t>& taken) {
  const std::byte* tail = source.tails();
  auto next = taken.begin();
  for (std::uint32_t i = 0; next != taken.end(); ++i) {
    const Argument& argument = (*source.arguments)[i];
    std::uint32_t bytes = 0;
    if (detail::has_tail(argument.kind)) {
      bytes = record::load<std::uint32_t>(source.payload + argument.offset);
    }
    if (i == *next) {
      to = append(to, tail, bytes);
      ++next;
    }
    tail += bytes;
  }
  return to;
}

std::string_view text_at(const std::byte* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

bool has_key(const std::vector<detail::KeyText>& keys, std::string_view key) {
  return std::any_of(keys.begin(), keys.end(), [key](const detail::KeyText& other) {
    return other.data != nullptr && other.view() == key;
  });
}

}  // namespace

Fields Gatherer::read(std::string_view members) {
  const auto view = record::split_members(members);
  if (!view || view->shape.empty()) return {};
  const auto [shape, is_new] = shapes_.try_emplace(std::string{view->shape});
  if (is_new) {
    const auto parsed = record::parse_shape(view->shape);
    shape->second.number = static_cast<std::uint32_t>(shapes_.size());
    if (parsed) shape->second.fields = *parsed;
  }
  return {&shape->second, view->payload, view->payload_bytes};
}

Gatherer::Plans& Gatherer::plans_of(std::uint32_t site) {
  if (site >= plans_.size()) plans_.resize(std::max<std::size_t>(64, std::size_t{site} * 2));
  Plans& plans = plans_[site];
  if (!plans.is_known) {
    plans.is_known = true;
    plans.has_bound = record::has_members(record::site(site));
  }
  return plans;
}

const Gatherer::Plan& Gatherer::plan_of(std::uint32_t id, const Fields& bound,
                                        const Fields& context) {
  Plans& plans = plans_of(id);
  const std::uint64_t shapes = std::uint64_t{bound.empty() ? 0 : bound.shape->number} << 32 |
                               (context.empty() ? 0 : context.shape->number);
  if (plans.last_shapes == shapes) return *plans.last;
  auto& entry = plans.by_shapes[shapes];
  if (entry == nullptr) {
    const Site& site = record::site(id);
    std::vector<record::Kind> kinds;
    std::vector<detail::KeyText> keys;
    const auto add = [&](const Argument& argument) {
      kinds.push_back(argument.kind);
      keys.push_back(argument.is_field ? detail::KeyText{argument.key.data(), argument.key.size()}
                                       : detail::KeyText{nullptr, 0});
    };
    const std::size_t own = site.arguments.size() - (plans.has_bound ? 1 : 0);
    std::for_each_n(site.arguments.begin(), own, add);
    const auto take = [&](const Fields& fields) {
      Part part;
      const auto& arguments = *source_of(fields).arguments;
      for (std::uint32_t i = 0; i < arguments.size(); ++i) {
        if (has_key(keys, arguments[i].key)) continue;
        part.taken.push_back(i);
        add(arguments[i]);
      }
      part.is_whole = part.taken.size() == arguments.size();
      return part;
    };
    Plan plan{0, take(bound), take(context)};
    plan.site =
        detail::register_site({{site.format, site.pathname, site.function, site.line, site.level},
                               kinds.data(),
                               keys.data(),
                               kinds.size()});
    entry = std::make_unique<const Plan>(std::move(plan));
  }
  plans.last_shapes = shapes;
  plans.last = entry.get();
  return *entry;
}

std::byte* Gatherer::work(std::size_t bytes) {
  if (work_.size() < bytes + slack_bytes) work_.resize(2 * (bytes + slack_bytes));
  return work_.data();
}

RawRecord Gatherer::gather(const RawRecord& raw, const Fields& context) {
  const std::uint32_t id = raw.header.site();
  if (id == record::foreign_site) return gather_foreign(raw, context);
  const Site& site = record::site(id);
  const bool has_bound = plans_of(id).has_bound;
  Source own{&site.arguments, raw.payload, site.fixed_bytes, 0};
  std::size_t bound_bytes = 0;
  for (const Argument& argument : site.arguments) {
    if (!detail::has_tail(argument.kind)) continue;
    bound_bytes = record::load<std::uint32_t>(raw.payload + argument.offset);
    own.tail_bytes += bound_bytes;
  }
  Fields bound;
  std::uint32_t own_fixed_bytes = own.fixed_bytes;
  if (has_bound) {
    own.tail_bytes -= bound_bytes;
    own_fixed_bytes -= detail::fixed_bytes(record::Kind::members);
    bound = read(text_at(own.tails() + own.tail_bytes, bound_bytes));
  }
  const Plan& plan = plan_of(id, bound, context);
  const std::pair<Source, const Part*> added[] = {{source_of(bound), &plan.bound},
                                                  {source_of(context), &plan.context}};
  std::byte* const payload =
      work(own.fixed_bytes + own.tail_bytes + bound.payload_bytes + context.payload_bytes);
  std::byte* end = append(payload, own.payload, own_fixed_bytes);
  for (const auto& [source, part] : added) {
    end = part->is_whole ? append(end, source.payload, source.fixed_bytes)
                         : append_fixed(end, source, part->taken);
  }
  end = append(end, own.tails(), own.tail_bytes);
  for (const auto& [source, part] : added) {
    end = part->is_whole ? append(end, source.tails(), source.tail_bytes)
                         : append_tails(end, source, part->taken);
  }
  const std::uint64_t slots = detail::slots_for(static_cast<std::size_t>(end - payload));
  const bool is_long = slots > detail::max_record_slots;
  const detail::HeaderView header{detail::header_word(
      plan.site, raw.header.logger(), is_long ? 1 : slots, is_long ? detail::flag_spilled : 0)};
  return {header, payload, raw.thread, raw.time_ns};
}

RawRecord Gatherer::gather_foreign(const RawRecord& raw, const Fields& context) {
  const auto bytes = record::load<std::uint32_t>(raw.payload);
  const std::byte* const packed = raw.payload + sizeof bytes;
  record::Foreign foreign;
  if (!record::unpack(text_at(packed, bytes), foreign)) return raw;
  const Site& fields = context.shape->fields;
  std::vector<const char*> starts(fields.arguments.size());
  record::find_tails(fields, context.payload, starts.data());
  std::vector<std::string> values;
  std::size_t added = 0;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const record::Value value =
        record::read_argument(fields.arguments[i], context.payload, starts[i]);
    values.push_back(format::json_of(value, format::normal_json));
    constexpr std::size_t framing = 16;  // tags and lengths
    added += fields.arguments[i].key.size() + values.back().size() + framing;
  }
  std::byte* const payload = work(sizeof bytes + bytes + added);
  std::byte* const extras = append(payload + sizeof bytes, packed, bytes);
  record::Packer packer{std::span{extras, added}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (foreign.find(fields.arguments[i].key) != nullptr) continue;
    packer.extra(fields.arguments[i].key, values[i]);
  }
  const auto size = static_cast<std::uint32_t>(bytes + packer.bytes());
  std::memcpy(payload, &size, sizeof size);
  const detail::HeaderView header{
      detail::header_word(record::foreign_site, raw.header.logger(), 1, detail::flag_spilled)};
  return {header, payload, raw.thread, raw.time_ns};
}

}  // namespace xylem::route
