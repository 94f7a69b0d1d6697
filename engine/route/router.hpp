#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <xylem/detail/slot.hpp>

#include "record/view.hpp"
#include "route/tree.hpp"

namespace xylem::route {

/// A record as it comes off a ring.
struct RawRecord {
  detail::HeaderView header;
  const std::byte* payload;
  const record::Thread* thread;
  std::int64_t time_ns;  // since the epoch, UTC
};

/// Takes each record to the handlers that the tree gives it. Belongs to the consumer thread.
///
/// Where a record goes and the constant parts of its lines depend on its call site and its logger
/// alone: both are worked out at the first record of the pair and kept.
class Router {
 public:
  explicit Router(std::shared_ptr<const Tree> tree);

  /// Renders the record into the buffers of its sinks. `number` increases from record to record. A
  /// formatter's failure is reported on stderr and costs that handler's line: the sink counts it.
  void deliver(const RawRecord& raw, std::uint64_t number);

  const std::vector<sink::Sink*>& sinks() const { return sinks_; }

 private:
  /// One handler of a route, with the lines' template.
  struct Delivery {
    const Handler* handler;
    std::unique_ptr<format::Program> program;  // null: no record of the site can be formatted
  };

  /// What all records of one call site under one logger have in common.
  struct Route {
    const record::Site* site;
    std::uint32_t logger;
    std::string_view logger_name;
    std::vector<Delivery> deliveries;
    std::unique_ptr<Route> next;  // the same site under another logger
  };

  Route& find(detail::HeaderView header);
  Route& find_slowly(detail::HeaderView header);
  std::unique_ptr<Route> make_route(detail::HeaderView header);
  void add_deliveries(Route& route);
  void deliver_foreign(const Route& route, record::View view, std::uint64_t number);
  void fail(const Handler& handler, std::uint64_t number, const char* why);
  void report_once(const Handler& handler, const std::string& why);

  std::shared_ptr<const Tree> tree_;
  std::vector<sink::Sink*> sinks_;
  std::vector<std::unique_ptr<Route>> by_site_;                  // the logger seen last comes first
  std::unordered_map<std::uint32_t, std::vector<Leaf>> leaves_;  // by logger, for foreign records
  format::Workspace work_;
  std::unordered_set<std::string> reported_;
};

}  // namespace xylem::route
