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
  explicit Reconciler(const std::vector<const Capture*>& captures)
      : captures_{captures}, lines_{lines_of(captures)}, search_{texts_of(lines_)} {
    standing_.written.assign(lines_.size(), false);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const std::size_t ring = lines_[i].ring;
      if (ring >= rings_.size()) rings_.resize(ring + 1);
      rings_[ring].push_back(i);
    }
  }

  std::vector<Standing> run() {
    std::vector<FilePart> files = files_of_all();
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
    return divide();
  }

 private:
  struct JointLine {
    std::string_view text;
    std::size_t ring;  // counted on from capture to capture
  };

  static std::vector<JointLine> lines_of(const std::vector<const Capture*>& captures) {
    std::vector<JointLine> lines;
    std::size_t first_ring = 0;
    for (const Capture* const capture : captures) {
      std::size_t rings = 0;
      for (std::size_t i = 0; i < capture->lines.size(); ++i) {
        lines.push_back({capture->line(i), first_ring + capture->lines[i].ring});
        rings = std::max(rings, capture->lines[i].ring + 1);
      }
      first_ring += rings;
    }
    return lines;
  }

  static std::vector<std::string_view> texts_of(const std::vector<JointLine>& lines) {
    std::vector<std::string_view> texts;
    texts.reserve(lines.size());
    for (const JointLine& line : lines) texts.push_back(line.text);
    return texts;
  }

  /// From the oldest of the noted places on.
  std::vector<FilePart> files_of_all() const {
    std::vector<FilePart> all;
    for (const Capture* const capture : captures_) {
      const auto place =
          capture->state != nullptr ? capture->state->place : crash::SinkEntry::Place{};
      std::vector<FilePart> files = list_files(capture->sink->name(), place, capture->first_ns);
      const bool is_older =
          files.size() > all.size() ||
          (files.size() == all.size() && !all.empty() && files.front().from < all.front().from);
      if (is_older) all = std::move(files);
    }
    return all;
  }

  std::vector<Standing> divide() {
    std::vector<Standing> standings;
    std::size_t first = 0;
    for (const Capture* const capture : captures_) {
      const std::size_t end = first + capture->lines.size();
      Standing& own = standings.emplace_back();
      for (std::size_t i = first; i < end; ++i) own.written.push_back(standing_.written[i]);
      if (standing_.torn && standing_.torn->line >= first && standing_.torn->line < end) {
        own.torn = std::move(standing_.torn);
        own.torn->line -= first;
        standing_.torn.reset();
      }
      first = end;
    }
    return standings;
  }

  void mark(std::size_t line) {
    if (standing_.written[line]) return;
    standing_.written[line] = true;
    search_.take(lines_[line].text);
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
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const auto [owner, is_new] = owners.try_emplace(lines_[i].text, Owner{lines_[i].ring});
      if (!is_new && owner->second.ring != lines_[i].ring) owner->second.ring = none;
    }
    for (const std::vector<std::size_t>& lines : rings_) {
      std::size_t written = 0;
      for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view text = lines_[lines[i]].text;
        Owner& owner = owners.at(text);
        if (owner.ring != none && owner.seen++ < search_.count(text)) written = i + 1;
      }
      for (std::size_t i = 0; i < written; ++i) mark(lines[i]);
    }
  }

  /// Texts that several rings have: the oldest come first. A ring ends where a line is missing.
  void mark_the_rest() {
    std::vector<bool> has_ended(rings_.size(), false);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const std::size_t ring = lines_[i].ring;
      if (standing_.written[i] || has_ended[ring]) continue;
      if (search_.count(lines_[i].text) > 0) {
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
      const std::size_t bytes = torn_bytes(tail, is_boundary, lines_[line].text);
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

  const std::vector<const Capture*>& captures_;
  std::vector<JointLine> lines_;
  LineSearch search_;
  Standing standing_;
  std::vector<std::vector<std::size_t>> rings_;  // each ring's lines in order
};

}  // namespace

std::vector<Standing> reconcile(const std::vector<const Capture*>& captures) {
  return Reconciler{captures}.run();
}

}  // namespace xylem::recover
