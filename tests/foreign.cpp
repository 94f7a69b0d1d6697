#include "record/foreign.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <xylem/record.hpp>

namespace {

using xylem::Record;
using xylem::record::Foreign;
using xylem::record::pack;
using xylem::record::unpack;

Record full_record() {
  Record record;
  record.name = "not packed";
  record.levelno = -35;
  record.message = std::string("with\0NUL and \xff", 15);
  record.levelname = "NOTICE";
  record.created = 1700000000.123456;
  record.msecs = 123.0;
  record.relative_created = -0.0;
  record.module = "mod";
  record.filename = "mod.py";
  record.pathname = "/srv/mod.py";
  record.func_name = "";
  record.lineno = std::numeric_limits<long long>::min();
  record.thread = std::numeric_limits<unsigned long long>::max();
  record.thread_name = "Worker-1";
  record.process = 99;
  record.process_name = "Pool-2";
  record.task_name = "Task-3";
  record.exc_text = std::string(100'000, 'e');
  record.stack_info = "Stack:";
  record.extras = {{"x", "1"}, {"", "[]"}, {"x", "\"again\""}, {"caf\xc3\xa9", "{\"a\": null}"}};
  return record;
}

template <typename A, typename B>
void check_same(const A& given, const B& read) {
  CHECK(given == read);
}
template <typename A, typename B>
void check_same(const std::optional<A>& given, const std::optional<B>& read) {
  REQUIRE(given.has_value() == read.has_value());
  if (given) check_same(*given, *read);
}

void check_same(const Record& given, const Foreign& read) {
  CHECK(given.levelno == read.levelno);
  CHECK(given.message == read.message);
  check_same(given.levelname, read.levelname);
  check_same(given.created, read.created);
  check_same(given.msecs, read.msecs);
  check_same(given.relative_created, read.relative_created);
  check_same(given.module, read.module);
  check_same(given.filename, read.filename);
  check_same(given.pathname, read.pathname);
  check_same(given.func_name, read.func_name);
  check_same(given.lineno, read.lineno);
  check_same(given.thread, read.thread);
  check_same(given.thread_name, read.thread_name);
  check_same(given.process, read.process);
  check_same(given.process_name, read.process_name);
  check_same(given.task_name, read.task_name);
  check_same(given.exc_text, read.exc_text);
  check_same(given.stack_info, read.stack_info);
  REQUIRE(given.extras.size() == read.extras.size());
  for (std::size_t i = 0; i < given.extras.size(); ++i) {
    CHECK(given.extras[i].key == read.extras[i].key);
    CHECK(given.extras[i].json == read.extras[i].json);
  }
}

bool is_within(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

/// Reads bytes that are whatever they are: what is made of them stays inside of them.
void check_harmless(std::string_view bytes) {
  // A copy of exactly that size, for a sanitizer to guard.
  const std::unique_ptr<char[]> copy{new char[bytes.size()]};
  bytes.copy(copy.get(), bytes.size());
  const std::string_view packed{copy.get(), bytes.size()};
  Foreign read;
  if (!unpack(packed, read)) return;
  if (!read.message.empty()) CHECK(is_within(read.message, packed));
  for (const auto& text : {read.func_name, read.task_name, read.exc_text, read.stack_info}) {
    if (text) CHECK(is_within(*text, packed));
  }
  for (const auto& text : {read.levelname, read.module, read.filename, read.pathname,
                           read.thread_name, read.process_name}) {
    if (text && *text) CHECK(is_within(**text, packed));
  }
  for (const Foreign::Extra& extra : read.extras) {
    CHECK(is_within(extra.key, packed));
    CHECK((extra.json == "null" || is_within(extra.json, packed)));
  }
}

}  // namespace

TEST_CASE("a record from elsewhere arrives with all that it was given") {
  const Record given = full_record();
  const std::string packed = pack(given);
  Foreign read;
  REQUIRE(unpack(packed, read));
  check_same(given, read);
  CHECK(std::signbit(*read.relative_created));
  REQUIRE(read.find("x") != nullptr);
  CHECK(read.find("x")->json == "\"again\"");
  CHECK(read.find("y") == nullptr);
}

TEST_CASE("what a record from elsewhere was not given stays unset") {
  const Record given;
  const std::string packed = pack(given);
  Foreign read;
  REQUIRE(unpack(packed, read));
  check_same(given, read);
  CHECK(read.levelno == 20);
}

TEST_CASE("each attribute travels by itself") {
  const Record full = full_record();
  const auto check_one = [&full](auto Record::*member) {
    Record given;
    given.*member = full.*member;
    const std::string packed = pack(given);
    Foreign read;
    REQUIRE(unpack(packed, read));
    check_same(given, read);
  };
  check_one(&Record::message);
  check_one(&Record::levelname);
  check_one(&Record::created);
  check_one(&Record::msecs);
  check_one(&Record::relative_created);
  check_one(&Record::module);
  check_one(&Record::filename);
  check_one(&Record::pathname);
  check_one(&Record::func_name);
  check_one(&Record::lineno);
  check_one(&Record::thread);
  check_one(&Record::thread_name);
  check_one(&Record::process);
  check_one(&Record::process_name);
  check_one(&Record::task_name);
  check_one(&Record::exc_text);
  check_one(&Record::stack_info);
  check_one(&Record::extras);
}

TEST_CASE("None is not the same as not given") {
  const auto check_one = [](auto Record::*member) {
    Record given;
    (given.*member).emplace(std::nullopt);
    const std::string packed = pack(given);
    Foreign read;
    REQUIRE(unpack(packed, read));
    check_same(given, read);
  };
  check_one(&Record::levelname);
  check_one(&Record::module);
  check_one(&Record::filename);
  check_one(&Record::pathname);
  check_one(&Record::lineno);
  check_one(&Record::thread);
  check_one(&Record::thread_name);
  check_one(&Record::process);
  check_one(&Record::process_name);
  Foreign read;
  // None with bytes; None for what cannot be None.
  CHECK_FALSE(unpack(std::string_view{"\x82\1\0\0\0x", 6}, read));
  CHECK_FALSE(unpack(std::string_view{"\x83\0\0\0\0", 5}, read));
}

TEST_CASE("a record cut short at any byte is refused, or is the record up to there") {
  Record given = full_record();
  given.exc_text = "E";
  const std::string packed = pack(given);
  std::size_t whole = 0;
  for (std::size_t size = 0; size < packed.size(); ++size) {
    check_harmless(std::string_view{packed}.substr(0, size));
    Foreign read;
    whole += unpack(std::string_view{packed}.substr(0, size), read) ? 1 : 0;
  }
  // Nothing at all, or up to the border of two of its 26 parts: an extra is two.
  CHECK(whole == 2 + 16 + 8);
}

TEST_CASE("a damaged record is refused or read, never a fault") {
  Record given = full_record();
  given.exc_text = "E";
  const std::string packed = pack(given);
  std::mt19937_64 random{7};
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = packed;
    for (std::uint64_t n = random() % 4 + 1; n > 0; --n) {
      damaged[random() % damaged.size()] = static_cast<char>(random() % 3 == 0 ? 0xff : random());
    }
    if (random() % 4 == 0) damaged.resize(random() % damaged.size());
    check_harmless(damaged);
  }
  for (int round = 0; round < 20'000; ++round) {
    std::string noise(random() % 64, '\0');
    for (char& c : noise) c = static_cast<char>(random() % 2 == 0 ? random() % 24 : random());
    check_harmless(noise);
  }
}

TEST_CASE("lengths that no attribute has are refused") {
  Record given;
  given.created = 1.0;
  std::string packed = pack(given);
  Foreign read;
  REQUIRE(unpack(packed, read));
  packed.pop_back();
  packed[packed.size() - 7 - sizeof(std::uint32_t)] = 7;  // the length of `created`
  CHECK_FALSE(unpack(packed, read));
  CHECK_FALSE(unpack(std::string_view{"\xff\0\0\0\0", 5}, read));  // no such attribute
  Foreign fresh;
  // A value without its key.
  const std::string value = pack([] {
    Record record;
    record.extras = {{"", "1"}};
    return record;
  }());
  const std::size_t part = 1 + sizeof(std::uint32_t);
  CHECK_FALSE(unpack(std::string_view{value}.substr(value.size() - part - 1), fresh));
}
