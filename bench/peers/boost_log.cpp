// Boost.Log: its asynchronous sink with a bounded queue that waits when it is full, to rotating
// text files. The formatter writes JSON and leaves the end of the message to the call, which can
// then add fields.

#include <string>
#include <string_view>

#include <boost/log/attributes/clock.hpp>
#include <boost/log/attributes/current_thread_id.hpp>
#include <boost/log/core.hpp>
#include <boost/log/expressions.hpp>
#include <boost/log/sinks/async_frontend.hpp>
#include <boost/log/sinks/text_file_backend.hpp>
#include <boost/log/sinks/unbounded_fifo_queue.hpp>
#include <boost/log/sources/record_ostream.hpp>
#include <boost/log/sources/severity_logger.hpp>
#include <boost/log/support/date_time.hpp>
#include <boost/log/trivial.hpp>
#include <boost/make_shared.hpp>

#include "driver.hpp"
#include "peer.hpp"

namespace xylem::bench {
namespace {

namespace log = boost::log;

class BoostLog {
 public:
  static constexpr std::string_view name = "boost_log";
  static constexpr bool writes_json = true;

  explicit BoostLog(const Setup& setup) {
    namespace keywords = log::keywords;
    namespace expr = log::expressions;
    const std::string pattern = setup.file.string() + ".%N";
    const auto backend = boost::make_shared<log::sinks::text_file_backend>(
        keywords::file_name = pattern, keywords::rotation_size = setup.max_bytes,
        keywords::enable_final_rotation = false);
    backend->set_file_collector(
        log::sinks::file::make_collector(keywords::target = setup.file.parent_path().string(),
                                         keywords::max_files = setup.backup_count));
    sink_ = boost::make_shared<Sink>(backend);
    sink_->set_formatter(expr::stream
                         << R"({"level": ")" << log::trivial::severity << R"(", "timestamp": ")"
                         << expr::format_date_time<boost::posix_time::ptime>(
                                "TimeStamp", "%Y-%m-%dT%H:%M:%S.%f+00:00")
                         << R"(", "logger": "my_app.db", "thread_name": ")"
                         << expr::attr<log::attributes::current_thread_id::value_type>("ThreadID")
                         << R"(", "message": ")" << expr::smessage << '}');
    const auto core = log::core::get();
    core->add_global_attribute("TimeStamp", log::attributes::utc_clock{});
    core->add_global_attribute("ThreadID", log::attributes::current_thread_id{});
    core->add_sink(sink_);
    if (setup.variant == "disabled") {
      core->set_filter(log::trivial::severity >= log::trivial::info);
    }
  }

  void attach() {}

  void three_numbers(int a, long b, double c) {
    BOOST_LOG_SEV(source(), log::trivial::info) << "a " << a << " b " << b << " c " << c << '"';
  }

  void three_fields(std::int64_t a, std::int64_t b, double c) {
    BOOST_LOG_SEV(source(), log::trivial::info)
        << "a " << a << " b " << b << " c " << c << R"(", "a": )" << a << R"(, "b": )" << b
        << R"(, "c": )" << c;
  }

  void string_field(const std::string& user, int user_id) {
    BOOST_LOG_SEV(source(), log::trivial::info)
        << "user " << user << R"( logged in", "user_id": )" << user_id;
  }

  void disabled(int a, long b, double c) {
    BOOST_LOG_SEV(source(), log::trivial::debug) << "a " << a << " b " << b << " c " << c << '"';
  }

  void finish() {
    log::core::get()->remove_sink(sink_);
    sink_->stop();
    sink_->flush();
    sink_.reset();
  }

 private:
  using Sink = log::sinks::asynchronous_sink<log::sinks::text_file_backend,
                                             log::sinks::unbounded_fifo_queue>;
  using Source = log::sources::severity_logger<log::trivial::severity_level>;

  /// One a thread: the one for several threads takes a lock.
  static Source& source() {
    static thread_local Source own;
    return own;
  }

  boost::shared_ptr<Sink> sink_;
};

}  // namespace
}  // namespace xylem::bench

int main(int count, char** arguments) {
  return xylem::bench::run<xylem::bench::BoostLog>(count, arguments);
}
