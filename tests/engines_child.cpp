// A program with two engines and a third that is gone; run by engines_recovered.cpp, which looks at
// what it leaves.
// usage: engines_child DIRECTORY RECORDS PAUSE_US

#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>

#include <unistd.h>

#include <xylem/xylem.hpp>

int main(int, char** argv) {
  const std::string directory = argv[1];
  const int records = std::atoi(argv[2]);
  xylem::configure_file(directory + "/default.json");
  const xylem::Engine api{directory + "/api.json"};
  std::optional<xylem::Engine> gone{std::in_place, directory + "/gone.json"};
  const xylem::Logger loggers[] = {xylem::get_logger("app"), api.get_logger("app"),
                                   gone->get_logger("app")};
  gone.reset();
  const xylem::Context context{xylem::field("run", records)};
  for (int n = 0; n < records; ++n) {
    for (const xylem::Logger& log : loggers) XYLEM_WARNING(log, "{}", n);
    if (n == records / 2) usleep(static_cast<useconds_t>(std::atoi(argv[3])));
  }
  raise(SIGKILL);
}
