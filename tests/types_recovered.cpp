// Structured values of a process that died: recovery shows them as the process would have.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/detail/structure.hpp>

#include "engine_support.hpp"
#include "leftover_support.hpp"
#include "recover/leftover.hpp"

using namespace leftover_test;
using engine_test::Line;
using sink_test::read_file;
using sink_test::StderrCapture;
using sink_test::TempDir;

namespace {

/// The message of a record that a dead process left with these bytes as its one argument.
std::string recovered(std::string_view tree) {
  const TempDir dir;
  CrashImage image;
  const std::uint64_t site = image.site(make_site("{}", {Kind::structured}));
  std::string payload;
  append(payload, static_cast<std::uint32_t>(tree.size()));
  payload += tree;
  image.ring("t").add(site, image.logger("app"), 1000, payload);
  leave(dir / "crash", image.bytes());
  xylem::recover::Request request;
  request.directory = dir / "crash";
  request.identity.config_path = "/etc/app.json";
  const StderrCapture quiet;
  const auto summary = xylem::recover::recover(request, *make_tree(one_file(dir / "a.log")));
  CHECK(summary.recovered == 1);
  CHECK(summary.unreadable == 0);
  return Line{read_file(dir / "a.log")}.message();
}

std::string bytes_of(const auto& value) {
  const auto owned = xylem::detail::own(value);
  return std::string{owned.bytes.view()};
}

}  // namespace

TEST_CASE("a structured value is recovered as it was logged") {
  const std::map<std::string, std::vector<int>> value = {{"a", {1, 2}}, {"b", {}}};
  CHECK(recovered(bytes_of(value)) == R"({"a": [1, 2], "b": []})");
}

TEST_CASE("a structured value that was spoilt is shown as far as it goes") {
  const std::string whole = bytes_of(std::vector<std::string>{"first", "second"});
  CHECK(recovered({}) == "...");
  CHECK(recovered(whole.substr(0, 12)) == R"(["first", ...])");
  CHECK(recovered(std::string(1000, static_cast<char>(xylem::detail::TreeTag::list)))
            .starts_with("[[[["));
  CHECK(recovered(std::string(100, '\xff')) == "...");
}
