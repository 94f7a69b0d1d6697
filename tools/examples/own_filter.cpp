// A filter and a formatter of one's own, in ten lines each: health checks stay out of the log, and
// lines are what the operators are used to.

#include <memory>
#include <string>
#include <utility>

#include <xylem/extend.hpp>
#include <xylem/xylem.hpp>

namespace {

class Terse final : public xylem::Formatter {
 public:
  explicit Terse(std::string separator) : separator_{std::move(separator)} {}

  void format(const xylem::RecordView& record, std::string& out) override {
    out += record.level_name().substr(0, 1);
    out += separator_;
    out += record.message();
    for (const xylem::FieldView& field : record.fields()) {
      out.append(separator_).append(field.key).append("=").append(field.value.to_string());
    }
  }

 private:
  std::string separator_;
};

}  // namespace

int main() {
  xylem::register_filter("myapp.NoHealthChecks", [](const xylem::RecordView& record) {
    return record.field("path") != "/health";
  });
  xylem::register_formatter("myapp.Terse", [](const xylem::Arguments& arguments) {
    return std::make_unique<Terse>(arguments.text("separator", " "));
  });
  xylem::configure(R"j({
    "version": 1,
    "filters": {"quiet": {"()": "myapp.NoHealthChecks"}},
    "formatters": {"terse": {"()": "myapp.Terse", "separator": " | "}},
    "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout",
                         "filters": ["quiet"], "formatter": "terse"}},
    "root": {"level": "INFO", "handlers": ["out"]}
  })j");
  const xylem::Logger log = xylem::get_logger("my_app.web");
  for (const char* path : {"/", "/health", "/users/5"}) {
    XYLEM_INFO(log, "GET", xylem::field("path", path), xylem::field("status", 200));
  }
}

// $ own_filter
//   I | GET | path=/ | status=200
//   I | GET | path=/users/5 | status=200
