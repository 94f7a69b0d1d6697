// Prints how many lines of a file are JSON objects; fails at the first that is not.
#include <cstdio>
#include <fstream>
#include <string>

#include <simdjson.h>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: json_lines FILE\n");
    return 2;
  }
  std::ifstream file(argv[1]);
  simdjson::dom::parser parser;
  std::string line;
  int lines = 0;
  while (std::getline(file, line)) {
    ++lines;
    simdjson::dom::object object;
    if (const auto error = parser.parse(line).get(object); error != simdjson::SUCCESS) {
      std::fprintf(stderr, "%s:%d: %s: %s\n", argv[1], lines, simdjson::error_message(error),
                   line.c_str());
      return 1;
    }
  }
  std::printf("%d\n", lines);
  return 0;
}
