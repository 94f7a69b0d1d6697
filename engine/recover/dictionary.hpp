#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "record/site.hpp"
#include "recover/bytes.hpp"
#include "stacks/module.hpp"

namespace xylem::recover {

/// A logger or a sink, by the number of its engine.
struct NameOfEngine {
  std::uint32_t engine;  // 0: the default one
  std::string name;
};

/// What the ids in a leftover stand for.
struct Dictionary {
  std::unordered_map<std::uint64_t, record::Site> sites;
  std::unordered_map<std::uint64_t, NameOfEngine> loggers;
  std::unordered_map<std::uint64_t, NameOfEngine> sinks;
  std::unordered_map<std::uint64_t, stacks::Module> modules;
  std::unordered_map<stacks::Word, std::string> frames;
  std::map<std::uint64_t, std::string> levels;  // by the order in which they were named

  /// Adds the entries of a dictionary extent. Returns how many could not be read; where one does
  /// not even say where the next one begins, the rest counts as one.
  std::uint64_t read(Bytes extent);

 private:
  using Names = std::unordered_map<std::uint64_t, NameOfEngine>;

  static bool add_of_engine(Names& names, std::uint64_t id, std::string_view body);
  bool add(std::uint16_t kind, std::uint64_t id, std::string_view body);
};

}  // namespace xylem::recover
