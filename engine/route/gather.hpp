#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "record/site.hpp"
#include "route/raw_record.hpp"

namespace xylem::route {

/// Fields of one shape: which keys and kinds, in which order.
struct Shape {
  std::uint32_t number;  // never 0
  record::Site fields;   // nothing but arguments
};

/// Encoded fields: a view.
struct Fields {
  const Shape* shape = nullptr;  // null: none
  const std::byte* payload = nullptr;
  std::size_t payload_bytes = 0;

  bool empty() const { return shape == nullptr; }
};

/// Makes one record of a record, the fields bound to its logger and those of its thread's context:
/// as if the call had been given them all. So nothing behind it knows of the three.
///
/// The call site of such a record is one that has the fields of all as its own, in that order; of
/// equal keys the first. What has to be copied from where is worked out once for each site and
/// shapes. Belongs to one thread.
class Gatherer {
 public:
  /// What make_members() wrote: a view into `members`. None when it is empty or cannot be read.
  Fields read(std::string_view members);

  /// Whether a record has to be gathered even without a context.
  bool has_bound_fields(std::uint32_t site) { return plans_of(site).has_bound; }

  /// The whole record; valid until the next call. A record made elsewhere gets the context as
  /// extras.
  RawRecord gather(const RawRecord& raw, const Fields& context);

 private:
  /// What of one of the three parts goes into the record.
  struct Part {
    bool is_whole = false;
    std::vector<std::uint32_t> taken;  // otherwise: these of its arguments
  };
  struct Plan {
    std::uint32_t site;
    Part bound;
    Part context;
  };
  /// All plans of a site, by the shapes' numbers.
  struct Plans {
    bool is_known = false;
    bool has_bound = false;
    std::uint64_t last_shapes = ~std::uint64_t{0};
    const Plan* last = nullptr;
    std::unordered_map<std::uint64_t, std::unique_ptr<const Plan>> by_shapes;
  };

  Plans& plans_of(std::uint32_t site);
  const Plan& plan_of(std::uint32_t site, const Fields& bound, const Fields& context);
  RawRecord gather_foreign(const RawRecord& raw, const Fields& context);
  std::byte* work(std::size_t bytes);

  std::unordered_map<std::string, Shape> shapes_;
  std::vector<Plans> plans_;  // by site
  std::vector<std::byte> work_;
};

}  // namespace xylem::route
