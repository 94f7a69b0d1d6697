#include "recover/reconcile.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recover/files.hpp"
#include "recover/search.hpp"

namespace xylem::recover {
namespace {

constexpr std::size_t none = ~std::size_t{0};

class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : fd_{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)} {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

class Reconciler {
 public:
  explicit Reconciler(const Capture& capture) : capture_{capture}, search_{texts_of(capture)} {
    standing_.written.assign(capture.lines.size(), false);
    for (std::size_t i = 0; i < capture.lines.size(); ++i) {
      const std::size_t ring = capture.lines[i].ring;
      if (ring >= rings_.size()) rings_.resize(ring + 1);
      rings_[ring].push_back(i);
    }
  }

  Standing run() {
    const auto place =
        capture_.state != nullptr ? capture_.state->place : crash::SinkEntry::Place{};
    std::vector<FilePart> files = list_files(capture_.sink->name(), place, capture_.first_ns);
    for (FilePart& file : files) {
      if (file.packing) {
        sink::Unpacker unpacker{file.path, *file.packing};
        search_.scan(FileWindow{
            [&unpacker](char* into, std::size_t bytes) { return unpacker.read(into, bytes); }});
        continue;
      }
      const Descriptor fd{file.path};
      if (fd.get() >= 0) file.from = search_.scan(fd.get(), file.from);
    }
    mark_up_to_the_last_found();
    mark_the_rest();
    // The last thing that was written, so in the youngest file that has it.
    std::for_each(files.rbegin(), files.rend(), [this](const FilePart& file) {
      // What has been packed was whole.
      if (!standing_.torn && !file.packing) find_torn(file);
    });
    return std::move(standing_);
  }

 private:
  static std::vector<std::string_view> texts_of(const Capture& capture) {
    std::vector<std::string_view> texts;
    for (std::size_t i = 0; i < capture.lines.size(); ++i) texts.push_back(capture.line(i));
    return texts;
  }

  void mark(std::size_t line) {
    if (standing_.written[line]) return;
    standing_.written[line] = true;
    search_.take(capture_.line(line));
  }

  /// Where a text is one ring's alone, as most are that have a time and a thread's name, finding it
  /// says how far that ring had come, though what came before may have been rotated away. Of k
  /// equal lines in a ring as many are written as are found.
  void mark_up_to_the_last_found() {
    struct Owner {
      std::size_t ring;
      std::uint64_t seen = 0;
    };
    std::unordered_map<std::string_view, Owner> owners;
    for (std::size_t i = 0; i < capture_.lines.size(); ++i) {
      const auto [owner, is_new] =
          owners.try_emplace(capture_.line(i), Owner{capture_.lines[i].ring});
      if (!is_new && owner->second.ring != capture_.lines[i].ring) owner->second.ring = none;
    }
    for (const std::vector<std::size_t>& lines : rings_) {
      std::size_t written = 0;
      for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view text = capture_.line(lines[i]);
        Owner& owner = owners.at(text);
        if (owner.ring != none && owner.seen++ < search_.count(text)) written = i + 1;
      }
      for (std::size_t i = 0; i < written; ++i) mark(lines[i]);
    }
  }

  /// Texts that several rings have: the oldest come first. A ring ends where a line is missing.
  void mark_the_rest() {
    std::vector<bool> has_ended(rings_.size(), false);
    for (std::size_t i = 0; i < capture_.lines.size(); ++i) {
      const std::size_t ring = capture_.lines[i].ring;
      if (standing_.written[i] || has_ended[ring]) continue;
      if (search_.count(capture_.line(i)) > 0) {
        mark(i);
      } else {
        has_ended[ring] = true;
      }
    }
  }

  /// Each ring's first line that is not there may have begun at the end of the file.
  void find_torn(const FilePart& file) {
    const Descriptor fd{file.path};
    struct stat status {};
    if (fd.get() < 0 || fstat(fd.get(), &status) != 0) return;
    const auto file_bytes = static_cast<std::uint64_t>(status.st_size);
    std::uint64_t from = file.from;
    bool is_boundary = true;
    if (file_bytes > from + search_.longest()) {
      from = file_bytes - search_.longest();
      is_boundary = false;
    }
    if (file_bytes <= from) return;
    FileWindow window{fd.get(), from};
    const std::string_view tail = window.peek(file_bytes - from).substr(0, file_bytes - from);
    for (const std::size_t line : first_unwritten()) {
      const std::size_t bytes = torn_bytes(tail, is_boundary, capture_.line(line));
      if (bytes == 0) continue;
      standing_.torn = TornLine{line, bytes, file.path, file_bytes, file.is_current};
      return;
    }
  }

  std::vector<std::size_t> first_unwritten() const {
    std::vector<std::size_t> firsts;
    for (const std::vector<std::size_t>& lines : rings_) {
      const auto first = std::find_if(lines.begin(), lines.end(),
                                      [this](std::size_t i) { return !standing_.written[i]; });
      if (first != lines.end()) firsts.push_back(*first);
    }
    std::sort(firsts.begin(), firsts.end());
    return firsts;
  }

  /// How much of the line stands at the end of `tail`, where a line may begin; 0: nothing.
  static std::size_t torn_bytes(std::string_view tail, bool is_boundary, std::string_view line) {
    for (std::size_t at = 0; at < tail.size();) {
      const std::string_view rest = tail.substr(at);
      if (is_boundary && rest.size() < line.size() && line.starts_with(rest)) return rest.size();
      const std::size_t newline = rest.find('\n');
      if (newline == std::string_view::npos) return 0;
      at += newline + 1;
      is_boundary = true;
    }
    return 0;
  }

  const Capture& capture_;
  LineSearch search_;
  Standing standing_;
  std::vector<std::vector<std::size_t>> rings_;  // each ring's lines in order
};

}  // namespace

Standing reconcile(const Capture& capture) {
  return Reconciler{capture}.run();
}

}  // namespace xylem::recover
