// Whatever a program has in its hands can be logged, and becomes JSON: what has no place there is
// text. Types of one's own are described in one line.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <xylem/xylem.hpp>

namespace shop {

struct Item {
  std::string name;
  int count;
};
XYLEM_DESCRIBE(Item, name, count)

enum class State { open, paid };
XYLEM_DESCRIBE_ENUM(State, open, paid)

struct Uuid {
  unsigned low;
};

}  // namespace shop

/// What can be formatted can be logged.
template <>
struct fmt::formatter<shop::Uuid> : fmt::formatter<std::string_view> {
  auto format(shop::Uuid id, fmt::format_context& context) const {
    return fmt::format_to(context.out(), "uuid-{:08x}", id.low);
  }
};

int main() {
  using namespace std::chrono_literals;
  xylem::configure(R"j({
    "version": 1,
    "formatters": {"json": {"()": "xylem.JsonFormatter"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["out"]}
  })j");
  const xylem::Logger log = xylem::get_logger("shop");
  const std::vector<shop::Item> cart = {{"tea", 2}, {"milk", 1}};
  XYLEM_INFO(log, "order of {}", cart, xylem::field("cart", cart),
             xylem::field("id", shop::Uuid{7}), xylem::field("state", shop::State::paid),
             xylem::field("took", 1500us), xylem::field("voucher", std::optional<int>{}));
  XYLEM_INFO(log, "{:%F}", std::chrono::sys_days{std::chrono::year{2024} / 2 / 29},
             xylem::field("stock", std::map<std::string, double>{{"tea", 0.5}}));
}

// $ types
//   {"message":"order of [Item{name: \"tea\", count: 2}, Item{name: \"milk\", count: 1}]","timestamp":"...","cart":[{"name":"tea","count":2},{"name":"milk","count":1}],"id":"uuid-00000007","state":"paid","took":"1500...s","voucher":null}
//   {"message":"2024-02-29","timestamp":"...","stock":{"tea":0.5}}
