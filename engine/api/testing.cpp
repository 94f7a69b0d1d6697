#include <algorithm>
#include <mutex>
#include <utility>

#include <xylem/extend.hpp>
#include <xylem/testing.hpp>
#include <xylem/xylem.hpp>

#include "drain/engine.hpp"
#include "drain/fake_time.hpp"
#include "extend/handler_sink.hpp"
#include "extend/own_parts.hpp"
#include "extend/parts.hpp"
#include "format/text_formatter.hpp"
#include "route/loggers.hpp"

namespace xylem::testing {
namespace {

/// pytest's.
constexpr const char* text_format = "%(levelname)-8s %(name)s:%(filename)s:%(lineno)d %(message)s";

/// A packed record together with the bytes that it is read from.
struct OwnedParts {
  explicit OwnedParts(const xylem::detail::RecordParts& source) {
    extend::pack(bytes, source);
    parts.read(bytes);
  }

  std::string bytes;
  extend::PackedParts parts;
};

/// What shows the parts of a view, which only views may see.
class PartsOf : public RecordView {
 public:
  explicit PartsOf(const RecordView& view) : RecordView{view} {}
  using RecordView::parts;
};

}  // namespace

/// Filled by the consumer, read by tests.
class detail::CaptureLog {
 public:
  void add(const RecordView& view, std::string_view line) {
    auto owned = std::make_shared<const OwnedParts>(PartsOf{view}.parts());
    const std::lock_guard lock{mutex_};
    records_.emplace_back(std::shared_ptr<const xylem::detail::RecordParts>{owned, &owned->parts});
    text_.append(line).push_back('\n');
  }

  std::vector<Record> records() const {
    const std::lock_guard lock{mutex_};
    return records_;
  }

  std::string text() const {
    const std::lock_guard lock{mutex_};
    return text_;
  }

  void clear() {
    const std::lock_guard lock{mutex_};
    records_.clear();
    text_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Record> records_;
  std::string text_;
};

namespace {

class CaptureHandler final : public Handler {
 public:
  explicit CaptureHandler(std::shared_ptr<detail::CaptureLog> log) : log_{std::move(log)} {}
  void handle(const RecordView& record, std::string_view line) override { log_->add(record, line); }

 private:
  std::shared_ptr<detail::CaptureLog> log_;
};

std::shared_ptr<const route::Handler> make_handler(std::shared_ptr<detail::CaptureLog> log) {
  auto handler = std::make_shared<route::Handler>();
  handler->name = "capture";
  handler->formatter = std::make_shared<extend::PackingFormatter>(
      std::make_shared<format::TextFormatter>(format::TextFormatter::Options{text_format}));
  handler->terminator.clear();
  handler->sink = std::make_shared<extend::HandlerSink>(
      handler->name, std::make_unique<CaptureHandler>(std::move(log)),
      sink::SinkOptions{.buffer_bytes = std::size_t{64} << 10});
  return handler;
}

}  // namespace

Capture::Capture(std::string_view logger, Level level, Others others)
    : Capture{get_logger(logger), level, others} {}

Capture::Capture(Logger logger, Level level, Others others)
    : log_{std::make_shared<detail::CaptureLog>()}, engine_{route::engine_of(logger.state().id())} {
  route::Capture capture{std::string{logger.name()}, static_cast<int>(level), others == only,
                         make_handler(log_)};
  handler_ = capture.handler.get();
  drain::Engine::instance().recapture(
      engine_, [&capture](route::Tree& tree) { tree.captures.push_back(std::move(capture)); });
}

Capture::~Capture() {
  drain::Engine::instance().recapture(engine_, [this](route::Tree& tree) {
    std::erase_if(tree.captures,
                  [this](const route::Capture& other) { return other.handler.get() == handler_; });
  });
}

std::vector<Record> Capture::records() const {
  flush();
  return log_->records();
}

std::string Capture::text() const {
  flush();
  return log_->text();
}

void Capture::clear() {
  flush();
  log_->clear();
}

FakeClock::FakeClock(TimePoint now) {
  set(now);
}

FakeClock::~FakeClock() {
  flush();
  drain::fake_time().reset();
}

void FakeClock::set(TimePoint now) {
  flush();
  now_ = now;
  drain::fake_time().set(now.time_since_epoch().count());
}

}  // namespace xylem::testing
