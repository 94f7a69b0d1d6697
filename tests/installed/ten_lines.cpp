#include <xylem/xylem.hpp>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  xylem::configure_file(argv[1]);
  xylem::Logger log = xylem::get_logger("ten_lines");
  XYLEM_INFO(log, "{} lines are {}", 10, "enough", xylem::field("ratio", 0.5));
  log.warning("the disk is {:.1f} % full", 93.25);
  return 0;  // What was logged is written at exit.
}
