#pragma once
/// @file
/// Handlers, formatters and filters of a program's own, registered by name and used from the
/// configuration as the engine's are:
///
///     class Webhook : public xylem::Handler {
///      public:
///       Webhook(std::string url, std::int64_t timeout_ms);
///       void handle(const xylem::RecordView&, std::string_view line) override { post(line); }
///       bool wants_thread() const override { return true; }
///     };
///
///     xylem::register_handler("myapp.Webhook", [](const xylem::Arguments& a) {
///       return std::make_unique<Webhook>(a.text("url"), a.integer("timeout_ms", 1000));
///     });
///     xylem::configure_file("logging.json");
///
/// with `{"class": "myapp.Webhook", "url": "http://...", "level": "ERROR", "formatter": "json",
/// "filters": ["f"]}` in logging.json.
///
/// What is written here runs on the engine's thread and never on one that logs. It may log itself;
/// what it logs comes later, and is dropped and counted, not waited for, when its ring is full.
/// flush() and shutdown() return at once there, and configuring throws ConfigError.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <xylem/record_view.hpp>
#include <xylem/registry.hpp>

namespace xylem {

/// Takes the lines of a handler of the configuration. Level and filters have been asked, and the
/// line has been formatted, without a line end.
///
/// An exception costs the line that was being handled: it counts as failed and each cause is
/// reported once on stderr. TryAgain costs nothing.
///
/// A record is handled at least once: a line that was being handled when the process was killed is
/// handled again by the next process with the same configuration, if that registers the handler
/// before it configures. `xylem recover`, which cannot know it, refuses.
///
/// Thread-safety: handle() and flush() are called by one thread at a time. Each configure() makes
/// an object of its own; that of the configuration before is destroyed afterwards.
class Handler {
 public:
  Handler() = default;
  virtual ~Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;

  virtual void handle(const RecordView& record, std::string_view line) = 0;

  /// The end of a batch: nothing more is there at the moment. Lines count as written once this has
  /// returned, so a handler that collects in handle() sends here. An exception costs the whole
  /// batch; after TryAgain its lines come again.
  virtual void flush() {}

  /// Asked once. With a thread of its own, a handler that is slow keeps nobody waiting: while one
  /// call takes more than 100 ms, lines are kept, up to `max_kept_bytes` of the configuration's
  /// "xylem" object; what comes beyond that counts as failed. xylem::flush() waits for a call for
  /// no longer than these 100 ms, shutdown() for two seconds. A log call does not wait for it, with
  /// `"synchronous": true` neither.
  /// Without one it runs on the thread that does all the rest, which it holds up.
  virtual bool wants_thread() const { return false; }
};

/// Thrown by a handler when the line cannot be had now but later, as when nobody listens: it stays,
/// as the lines of a full disk do, and is tried again after 100 ms, 200 ms, ... up to a second,
/// together with those behind it. The cause is reported once. At shutdown() it is tried for two
/// seconds more on a thread of the handler's own, else once.
class TryAgain : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Makes lines of records.
///
/// An exception costs the record at the handlers that use the formatter: it counts as failed and
/// each cause is reported once.
///
/// The line should depend on the record alone: after a crash, lines are made again and looked for
/// in the files. Thread-safety: called by one thread at a time.
class Formatter {
 public:
  Formatter() = default;
  virtual ~Formatter() = default;
  Formatter(const Formatter&) = delete;
  Formatter& operator=(const Formatter&) = delete;

  /// Appends the line, without a line end, to `out`.
  virtual void format(const RecordView& record, std::string& out) = 0;
};

/// Decides which records pass a logger or a handler, after the level has.
///
/// An exception costs the record where the filter stands, as that of a formatter does.
/// Thread-safety: called by one thread at a time. A filter may be asked about a record only once,
/// though several handlers stand behind a queue with the filter.
class Filter {
 public:
  Filter() = default;
  virtual ~Filter() = default;
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  virtual bool passes(const RecordView& record) = 0;
};

namespace detail {
class ArgumentSource;
}

/// The keyword arguments that the configuration gives: what stands there besides "class", "()",
/// "level", "filters", "formatter" and ".". Those that nobody asks for are refused, once the
/// factory has returned, with their place: "Webhook.__init__() got an unexpected keyword argument
/// 'ulr'"; so are those of another type.
///
/// Each function with one argument throws ConfigError "Webhook.__init__() missing 1 required
/// positional argument: 'url'" when it is missing; those with two return the fallback, and so for
/// null.
class Arguments {
 public:
  explicit Arguments(detail::ArgumentSource& source) noexcept : source_{&source} {}

  std::string text(std::string_view key) const;
  std::string text(std::string_view key, std::string_view fallback) const;
  std::int64_t integer(std::string_view key) const;
  std::int64_t integer(std::string_view key, std::int64_t fallback) const;
  /// An integer will do, too.
  double number(std::string_view key) const;
  double number(std::string_view key, double fallback) const;
  bool flag(std::string_view key) const;
  bool flag(std::string_view key, bool fallback) const;
  /// A list of strings; empty when it is missing.
  std::vector<std::string> texts(std::string_view key) const;
  /// Anything else, as JSON text; none when it is missing.
  std::optional<std::string> json(std::string_view key) const;

  /// Throws ConfigError with `message` at the place of the argument: for values that are wrong.
  [[noreturn]] void refuse(std::string_view key, const std::string& message) const;

 private:
  detail::ArgumentSource* source_;
};

/// From now on configurations may name a handler `name`, by "class" or "()". What the factory
/// throws makes configure() fail with "Unable to configure handler 'h': ..."; the configuration in
/// force stays. A name that is registered again stands for the new class in the configurations that
/// come. Thread-safe, as are the others.
/// @throws ConfigError when `name` is empty
void register_handler(std::string_view name,
                      std::function<std::unique_ptr<Handler>(const Arguments&)> make);

void register_formatter(std::string_view name,
                        std::function<std::unique_ptr<Formatter>(const Arguments&)> make);

void register_filter(std::string_view name,
                     std::function<std::unique_ptr<Filter>(const Arguments&)> make);

/// A function as a filter without arguments:
///
///     xylem::register_filter("myapp.NoHealthChecks", [](const xylem::RecordView& record) {
///       return record.field("path") != "/health";
///     });
void register_filter(std::string_view name, std::function<bool(const RecordView&)> passes);

}  // namespace xylem
