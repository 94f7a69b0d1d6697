#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <xylem/xylem.hpp>

#include "tool_support.hpp"

namespace {

using namespace tool_test;

/// APP_ENV has the given value, or none, while it lives.
class Environment {
 public:
  explicit Environment(const std::optional<std::string>& value) {
    value ? ::setenv("APP_ENV", value->c_str(), 1) : ::unsetenv("APP_ENV");
  }
  ~Environment() { ::unsetenv("APP_ENV"); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
};

std::string minimal(const std::string& file) {
  return R"({"version": 1, "handlers": {"h": {"class": "logging.FileHandler", "filename": ")" +
         file + R"("}}, "root": {"level": "INFO", "handlers": ["h"]}})";
}

/// The file that configure_env takes, or why it takes none, without the directory.
std::string configured(const std::optional<std::string>& value, const std::string& directory) {
  const Environment environment(value);
  try {
    return std::filesystem::path(xylem::configure_env(directory)).filename();
  } catch (const xylem::ConfigError& error) {
    CHECK(error.file() == directory);
    return error.message();
  }
}

}  // namespace

TEST_CASE("pipe and recover take a YAML config as they take JSON") {
  const WorkDir work;
  const std::string yaml = config("5-queued-stderr-json-file.yaml");
  const Outcome pipe = run_xylem(work, {"pipe", "--config", yaml}, "hello\n");
  CHECK(pipe.status == 0);
  const std::vector<std::string> lines = lines_of(read_file(work / "logs/my_app.log.jsonl"));
  REQUIRE(lines.size() == 1);
  CHECK(text_member(lines[0], "message") == "hello");
  const Outcome recover = run_xylem(work, {"recover", "--config", yaml});
  CHECK(recover.status == 0);
  CHECK(recover.out.starts_with("0 crash files: "));
}

TEST_CASE("check tells the line of what is wrong in a YAML config") {
  const WorkDir work;
  write_file(work / "c.yaml", "version: 1\nformatters:\n  f:\n    format: %(message)s\n");
  const Outcome outcome = run_xylem(work, {"check", "c.yaml"});
  CHECK(outcome.status == 1);
  CHECK(outcome.out.empty());
  CHECK(outcome.err ==
        "xylem: found character '%' that cannot start any token: line 4 column 13 (char 40) (in "
        "c.yaml)\n");
}

TEST_CASE("check warns on stderr with the key path, and fails only when it is to be strict") {
  const WorkDir work;
  write_file(work / "c.yml",
             "version: 1\nhandlers:\n  h: {class: logging.StreamHandler}\n"
             "root: {handlers: [h]}\nloggers: {a: {propagate: 'no'}}\n");
  const std::string warning =
      "xylem: warning: 'no' is a string, and counts as true whatever it says: write true or false "
      "without quotes (at loggers.a.propagate in c.yml)\n";
  const Outcome outcome = run_xylem(work, {"check", "c.yml"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err == warning);
  CHECK(outcome.out.starts_with("c.yml\n\nLoggers\n"));
  const Outcome strict = run_xylem(work, {"check", "--strict", "c.yml"});
  CHECK(strict.status == 1);
  CHECK(strict.err == warning);
  CHECK(run_xylem(work, {"check", "--strict", config("production.json")}).status == 0);
}

TEST_CASE("check says where the records of one logger go") {
  const WorkDir work;
  const std::string queued = config("5-queued-stderr-json-file.json");
  const Outcome answer =
      run_xylem(work, {"check", queued, "--logger", "my_app.db", "--level", "INFO"});
  CHECK(answer.status == 0);
  CHECK(answer.err.empty());
  CHECK(answer.out.starts_with("my_app.db at INFO in " + queued + "\n"));
  CHECK(answer.out.find("-> queue_handler -> stderr     no: the level of stderr is WARNING\n") !=
        std::string::npos);
  CHECK(answer.out.find("-> queue_handler -> file_json  yes: logs/my_app.log.jsonl\n") !=
        std::string::npos);
  CHECK(work.logs().empty());
  CHECK(run_xylem(work, {"check", queued, "--logger", "a", "--level", "info"}).status != 0);
  CHECK(run_xylem(work, {"check", queued, "--level", "INFO"}).status != 0);
}

TEST_CASE("APP_ENV chooses the config, JSON before YAML, development by default") {
  const TempDir directory;
  const std::string path = directory.path();
  write_file(directory / "development.json", minimal(directory / "d.log"));
  write_file(directory / "production.json", minimal(directory / "p.log"));
  write_file(directory / "production.yaml", "not: used");
  write_file(directory / "staging.yml", minimal(directory / "s.log"));
  write_file(directory / "notes.txt", "");
  CHECK(configured(std::nullopt, path) == "development.json");
  CHECK(configured("", path) == "development.json");
  CHECK(configured("production", path) == "production.json");
  CHECK(configured("staging", path) == "staging.yml");
  xylem::get_logger("a").info("to staging");
  xylem::flush();
  CHECK(read_file(directory / "s.log") == "to staging\n");
  CHECK(configured("prodution", path) ==
        "APP_ENV is 'prodution', and there is no such configuration. Did you mean 'production'? "
        "There are: development, production, staging");
  CHECK(
      configured("../staging", path).starts_with("APP_ENV is '../staging', and there is no such"));
  const TempDir empty;
  CHECK(configured(std::nullopt, empty.path()) ==
        "APP_ENV is not set, which stands for 'development', and there is no such configuration. "
        "There is none at all");
  CHECK(configured("x", path + "/none") ==
        "[Errno 2] No such file or directory: '" + path + "/none'");
}
