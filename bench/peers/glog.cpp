// glog: its text file, written by the calling thread through a buffer, without rotation: two files
// of one second would have the same name.

#include <string>
#include <string_view>

#include <glog/logging.h>

#include "driver.hpp"
#include "peer.hpp"

namespace xylem::bench {
namespace {

class Glog {
 public:
  static constexpr std::string_view name = "glog";
  static constexpr bool writes_json = false;

  explicit Glog(const Setup& setup) {
    constexpr unsigned no_rotation_mb = 4000;
    FLAGS_stderrthreshold = google::GLOG_FATAL;
    FLAGS_max_log_size = no_rotation_mb;
    FLAGS_timestamp_in_logfile_name = false;
    google::SetLogDestination(google::GLOG_INFO, setup.file.c_str());
    google::SetLogSymlink(google::GLOG_INFO, "");
    google::InitGoogleLogging("glog");
  }

  void attach() {}

  void three_numbers(int a, long b, double c) {
    LOG(INFO) << "a " << a << " b " << b << " c " << c;
  }

  void three_fields(std::int64_t a, std::int64_t b, double c) {
    LOG(INFO) << "a " << a << " b " << b << " c " << c;
  }

  void string_field(const std::string& user, int user_id) {
    LOG(INFO) << "user " << user << " logged in user_id=" << user_id;
  }

  void disabled(int a, long b, double c) { VLOG(1) << "a " << a << " b " << b << " c " << c; }

  void finish() {
    google::FlushLogFiles(google::GLOG_INFO);
    google::ShutdownGoogleLogging();
  }
};

}  // namespace
}  // namespace xylem::bench

int main(int count, char** arguments) {
  return xylem::bench::run<xylem::bench::Glog>(count, arguments);
}
