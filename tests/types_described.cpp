// Types of a program's own that one line describes: XYLEM_DESCRIBE and its like.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <xylem/xylem.hpp>

#include "engine_support.hpp"

namespace shop {

struct Point {
  double x;
  double y;
};
XYLEM_DESCRIBE(Point, x, y)

enum class Color : std::uint8_t { red, green, crimson = red };
XYLEM_DESCRIBE_ENUM(Color, red, green, crimson)

struct Order {
  std::string id;
  std::vector<Point> path;
  std::map<std::string, Color> colors;
  std::optional<Point> end;
};
XYLEM_DESCRIBE(Order, id, path, colors, end)

struct Empty {};
XYLEM_DESCRIBE(Empty)

struct Special : Point {
  int extra = 0;
};

class Account {
 public:
  explicit Account(int id) : id_{id} {}

 private:
  int id_;
  std::string owner_ = "me";
  XYLEM_DESCRIBE_MEMBERS(Account, id_, owner_)
};

template <typename T>
struct Box {
  T value;
  XYLEM_DESCRIBE_MEMBERS(Box, value)
};

struct Outer {
  enum class State { on, off };
  struct Inner {
    int a = 1;
  };
};
XYLEM_DESCRIBE_ENUM(Outer::State, on, off)
XYLEM_DESCRIBE(Outer::Inner, a)

/// Refers to more of its kind.
struct Node {
  int depth;
  std::vector<Node> below;
};
XYLEM_DESCRIBE(Node, depth, below)

/// Has a formatter, and counts as described.
struct Both {
  int a = 1;
};
XYLEM_DESCRIBE(Both, a)

/// Has a formatter alone, though it looks like a range.
struct Own {
  const int* begin() const { return nullptr; }
  const int* end() const { return nullptr; }
};

enum class Named { one };

struct Wide {
  int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9;
};
XYLEM_DESCRIBE(Wide, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9)

}  // namespace shop

template <>
struct fmt::formatter<shop::Both> : fmt::formatter<std::string> {};
template <>
struct fmt::formatter<shop::Own> : fmt::formatter<std::string> {
  template <typename Context>
  auto format(const shop::Own&, Context& context) const {
    return fmt::formatter<std::string>::format("own", context);
  }
};
template <>
struct fmt::formatter<shop::Named> : fmt::formatter<std::string> {
  template <typename Context>
  auto format(shop::Named, Context& context) const {
    return fmt::formatter<std::string>::format("named", context);
  }
};

struct Global {
  int a = 1;
};
XYLEM_DESCRIBE(Global, a)

using namespace engine_test;
using xylem::field;

namespace {

struct Local {
  int a = 2;
};
XYLEM_DESCRIBE(Local, a)

template <typename T>
std::string shown(const T& value) {
  const Line line =
      logged_line([&value](xylem::Logger log) { XYLEM_INFO(log, "{}", value, field("v", value)); });
  return line.message() + " | " + line.raw("v");
}

}  // namespace

TEST_CASE("a described type is its members") {
  CHECK(shown(shop::Point{1, 2.5}) == R"(Point{x: 1, y: 2.5} | {"x":1.0,"y":2.5})");
  CHECK(shown(shop::Empty{}) == "Empty{} | {}");
  CHECK(shown(shop::Account{7}) == R"(Account{id_: 7, owner_: "me"} | {"id_":7,"owner_":"me"})");
  CHECK(shown(shop::Box<int>{3}) == R"(Box{value: 3} | {"value":3})");
  CHECK(shown(shop::Outer::Inner{}) == R"(Outer::Inner{a: 1} | {"a":1})");
  CHECK(shown(Global{}) == R"(Global{a: 1} | {"a":1})");
  CHECK(shown(Local{}) == R"(Local{a: 2} | {"a":2})");
  CHECK(shown(shop::Wide{}).ends_with(R"("b8":0,"b9":0})"));
}

TEST_CASE("a described enumerator is its name, and any other value its number") {
  CHECK(shown(shop::Color::green) == R"(green | "green")");
  CHECK(shown(shop::Color::crimson) == R"(red | "red")");
  CHECK(shown(static_cast<shop::Color>(9)) == "9 | 9");
  CHECK(shown(shop::Outer::State::off) == R"(off | "off")");
  const Line line = logged_line([](xylem::Logger log) {
    log.info("{:>6}|{:<4}|", shop::Color::green, static_cast<shop::Color>(9));
  });
  CHECK(line.message() == " green|9   |");
}

TEST_CASE("described types nest at will") {
  const shop::Order order{"A1", {{0, 1}}, {{"lid", shop::Color::red}}, shop::Point{2, 3}};
  CHECK(shown(order) ==
        R"(Order{id: "A1", path: [Point{x: 0, y: 1}], colors: {"lid": "red"}, )"
        R"(end: optional(Point{x: 2, y: 3})} | )"
        R"({"id":"A1","path":[{"x":0.0,"y":1.0}],"colors":{"lid":"red"},"end":{"x":2.0,"y":3.0}})");
  CHECK(shown(std::vector{shop::Box<shop::Box<bool>>{{true}}}) ==
        R"([Box{value: Box{value: true}}] | [{"value":{"value":true}}])");
}

TEST_CASE("what is nested too deep is left out, and the line stays whole") {
  shop::Node node{0, {}};
  for (int depth = 1; depth < 1000; ++depth) {
    shop::Node above{depth, {}};
    above.below.push_back(std::move(node));
    node = std::move(above);
  }
  const Line line =
      logged_line([&](xylem::Logger log) { XYLEM_INFO(log, "{}", node, field("v", node)); });
  CHECK(count(line.message(), "Node{") == 16);
  CHECK(count(line.message(), "...") == 1);
  CHECK(count(line.raw("v"), "\"...\"") == 1);
}

TEST_CASE(
    "a description counts before a formatter, and a formatter before what a type looks like") {
  CHECK(shown(shop::Both{}) == R"(Both{a: 1} | {"a":1})");
  CHECK(shown(shop::Own{}) == R"(own | "own")");
  CHECK(shown(std::vector<shop::Own>(2)) == R"([own, own] | ["own","own"])");
  CHECK(shown(shop::Named::one) == R"(named | "named")");
}

TEST_CASE("members that are anybody's text cannot break a line") {
  const shop::Box<std::string> box{std::string("\"}\n\0\xff", 5)};
  const Line line =
      logged_line([&](xylem::Logger log) { XYLEM_INFO(log, "{}", box, field("v", box)); });
  CHECK(line.raw("v") == "{\"value\":\"\\\"}\\n\\u0000\uFFFD\"}");
}

TEST_CASE("a context and a bound logger carry structured fields") {
  const Line line = logged_line([](xylem::Logger log) {
    const xylem::Context context{field("at", shop::Point{1, 2})};
    log.with(field("box", shop::Box<std::vector<int>>{{1, 2}})).info("here");
  });
  CHECK(line.raw("at") == R"({"x":1.0,"y":2.0})");
  CHECK(line.raw("box") == R"({"value":[1,2]})");
}
