#pragma once
/// @file
/// Configuring the default engine from a `logging.config.dictConfig` document in JSON or YAML.

#include <stdexcept>
#include <string>
#include <string_view>

namespace xylem {

/// A configuration that cannot be used: what is wrong, at which key, in which file.
///
/// what() joins the three as
/// `Unable to configure handler 'file': Unknown level: 'debug' (at handlers.file.level in
/// production.json)`; a part that is not known is left out.
class ConfigError : public std::runtime_error {
 public:
  /// @param message what is wrong, in the words of CPython's logging where it has any
  /// @param path    keys from the top of the document to the fault; empty for a fault of the whole
  /// @param file    the file as it was named by the caller; empty for a text from memory
  explicit ConfigError(const std::string& message, std::string path = {}, std::string file = {});

  /// The chain of causes from the outermost to the innermost, joined by ": ".
  const std::string& message() const noexcept { return message_; }

  /// The key path in the grammar of `cfg://` references: `handlers.file.level`, with `[...]`
  /// around a list index and around a key that is not one word: `loggers[my_app.db].handlers[0]`.
  const std::string& path() const noexcept { return path_; }

  const std::string& file() const noexcept { return file_; }

 private:
  std::string message_;
  std::string path_;
  std::string file_;
};

/// Configures the default engine from a file in the JSON form of `logging.config.dictConfig`
/// (schema version 1). A file whose name ends in .yaml or .yml is YAML and means what it means to a
/// Python service that reads it with PyYAML's safe_load: `yes` is true, `1e5` is a string, the last
/// of equal keys counts.
///
/// Loggers named before keep their handles. Records logged before the call go the old way, records
/// logged after it the new way. Files of handlers are opened before anything is changed, so a
/// configuration that fails leaves the old one in force.
///
/// A document that says `"incremental": true` changes levels and propagation only; handlers stay
/// open, and what else it says is ignored, the engine's own settings included.
///
/// Before the first configuration there is no old way: warnings and above wait for it, half a
/// second after the first of them, and no longer once some thread has filled half its ring (2048
/// slots of 64 bytes), somebody flushes, or the process ends. Then they are shown on stderr, as
/// bare messages.
///
/// Relative file names, here and in the document, are taken from the current directory.
/// May be called from any thread, also while others log; calls are carried out one after another.
///
/// @throws ConfigError when the file cannot be read, is not JSON or YAML, or describes what cannot
/// be
///         built
void configure_file(const std::string& file);

/// The same from a JSON text in memory. The text is not kept.
/// @throws ConfigError with an empty file()
void configure(std::string_view json_text);

}  // namespace xylem
