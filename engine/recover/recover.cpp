#include "recover/recover.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "recover/claim.hpp"
#include "recover/image.hpp"
#include "recover/leftover.hpp"
#include "recover/reconcile.hpp"
#include "recover/replay.hpp"
#include "recover/spent.hpp"
#include "recover/writer.hpp"
#include "sink/posix_file.hpp"
#include "sink/report.hpp"
#include "sink/signals.hpp"

namespace xylem::recover {
namespace {

struct Found {
  std::string name;
  Origin origin;
};

bool is_of(std::uint64_t config_hash, std::uint64_t path_hash, const crash::Identity& identity) {
  const std::uint64_t path = crash::path_hash_of(identity);
  return config_hash == identity.config_hash || (path != 0 && path_hash == path);
}

bool is_of(const EnginePart& part, const crash::Identity& identity) {
  return is_of(part.config_hash, part.path_hash, identity);
}

bool is_wanted(const Origin& origin, const Request& request) {
  return std::any_of(origin.engines.begin(), origin.engines.end(),
                     [&](const EnginePart& part) {
                       return !part.is_recovered && is_of(part, request.identity);
                     }) &&
         (request.working_directory.empty() ||
          request.working_directory == origin.working_directory);
}

/// Somebody was stopped in front of the end.
bool is_recovered(const Origin& origin) {
  return std::all_of(origin.engines.begin(), origin.engines.end(),
                     [](const EnginePart& part) { return part.is_recovered; });
}

/// Left by this program before it was built with another version of the library, which reads it.
bool is_of_other_version(Bytes bytes, const Request& request) {
  const std::optional<crash::Identity> identity = identity_of_other_version(bytes);
  return identity && is_of(identity->config_hash, crash::path_hash_of(*identity), request.identity);
}

/// By the clock that nobody sets, where it tells.
void sort_by_age(std::vector<Found>& found) {
  const bool is_of_one_boot = std::all_of(found.begin(), found.end(), [&](const Found& one) {
    return !one.origin.boot_id.empty() && one.origin.boot_id == found.front().origin.boot_id;
  });
  std::stable_sort(found.begin(), found.end(), [&](const Found& a, const Found& b) {
    return is_of_one_boot ? a.origin.created_monotonic_ns < b.origin.created_monotonic_ns
                          : a.origin.created_ns < b.origin.created_ns;
  });
}

struct Findings {
  std::vector<Found> found;
  std::vector<std::string> unknown;  // names of files of other versions
};

Findings find(const Directory& directory, const Request& request) {
  Findings findings;
  std::vector<Found>& found = findings.found;
  for (std::string& name : directory.names()) {
    const auto claim = Claim::take(directory, name, !request.dry_run);
    if (claim == nullptr) continue;
    const Image image{claim->descriptor(), false};
    const std::optional<Origin> origin = read_origin(image.bytes());
    if (!origin) {
      if (is_of_other_version(image.bytes(), request)) findings.unknown.push_back(std::move(name));
      continue;
    }
    if (is_wanted(*origin, request)) {
      found.push_back({std::move(name), *origin});
    } else if (!request.dry_run && (is_recovered(*origin) || is_spent(*claim, image.bytes()))) {
      // Its configuration may never be started again, and its memory is not to be had until then.
      claim->remove();
    }
  }
  sort_by_age(found);
  return findings;
}

/// An engine's part of a leftover on its way into the sinks.
class Recovery {
 public:
  Recovery(Claim& claim, const Leftover& leftover, const route::Tree& tree, Parties parties,
           bool dry_run)
      : claim_{claim},
        replay_{replay(leftover, tree, parties)},
        dry_run_{dry_run},
        is_new_(replay_.records.size(), false),
        is_old_(replay_.records.size(), false) {}

  Summary run() {
    summary_.unreadable = replay_.failed;
    summary_.discarded = replay_.discarded;
    bool is_complete = true;
    // Streams come last: what they have got cannot be looked up, should this be done again.
    for (const bool wants_file : {true, false}) is_complete &= write_all(wants_file);
    if (is_complete) {
      count_records();
    } else {
      summary_.kept = 1;
    }
    return summary_;
  }

 private:
  using Group = std::vector<const Capture*>;

  bool write_all(bool wants_file) {
    bool is_complete = true;
    const std::vector<Group> groups = this->groups(wants_file);
    for (const Group& group : groups) {
      const bool is_written = write(group);
      is_complete &= is_written;
      if (is_written && wants_file) mark(group);
    }
    for (const Group& group : groups) {
      if (!wants_file && is_complete) mark(group);
    }
    return is_complete;
  }

  /// Sinks that write to one file belong together. What is the same file now was so before.
  std::vector<Group> groups(bool wants_file) const {
    std::vector<Group> groups;
    for (const Capture& capture : replay_.captures) {
      const std::string& name = capture.sink->name();
      if (is_file(name) != wants_file) continue;
      const auto own = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
        return is_same_file(group.front()->sink->name(), name);
      });
      (own != groups.end() ? *own : groups.emplace_back()).push_back(&capture);
    }
    return groups;
  }

  static bool is_same_file(const std::string& one, const std::string& other) {
    if (one == other) return true;
    const crash::SinkEntry::Place first = sink::identify(one);
    const crash::SinkEntry::Place second = sink::identify(other);
    return first.inode != 0 && first.inode == second.inode && first.device == second.device;
  }

  void mark(const Group& group) {
    for (const Capture* const capture : group) {
      if (!dry_run_ && capture->state != nullptr) claim_.mark_written(capture->state->entry);
    }
  }

  bool write(const Group& group) {
    std::vector<Standing> standings(group.size());
    for (std::size_t i = 0; i < group.size(); ++i) {
      standings[i].written.assign(group[i]->lines.size(), false);
    }
    if (is_file(group.front()->sink->name())) standings = reconcile(group);
    // The end of a torn line comes before anything else.
    for (const bool wants_torn : {true, false}) {
      for (std::size_t i = 0; i < group.size(); ++i) {
        if (standings[i].torn.has_value() != wants_torn) continue;
        if (!dry_run_ && !write_missing(*group[i], standings[i])) return false;
      }
    }
    for (std::size_t i = 0; i < group.size(); ++i) count(*group[i], standings[i]);
    return true;
  }

  void count(const Capture& capture, const Standing& standing) {
    FileCount& count = summary_.files[capture.sink->name()];
    for (std::size_t i = 0; i < capture.lines.size(); ++i) {
      (standing.written[i] ? is_old_ : is_new_)[capture.lines[i].record] = true;
      ++(standing.written[i] ? count.already_written : count.recovered);
    }
  }

  void count_records() {
    for (std::size_t i = 0; i < replay_.records.size(); ++i) {
      const Replay::Certainty certainty = replay_.records[i];
      if (certainty == Replay::Certainty::notice) continue;
      if (is_new_[i]) {
        ++summary_.recovered;
      } else if (is_old_[i] || certainty == Replay::Certainty::written) {
        ++summary_.already_written;
      }
    }
  }

  Claim& claim_;
  Replay replay_;
  bool dry_run_;
  std::vector<bool> is_new_;  // by record: some line of it was missing
  std::vector<bool> is_old_;  // some line of it was there
  Summary summary_;
};

std::string path_of(const Directory& directory, const std::string& name) {
  return sink::quoted(directory.path() + '/' + name);
}

void report_outcome(const Summary& summary, const std::string& path) {
  if (summary.unreadable > 0) {
    sink::report(path + ": " + std::to_string(summary.unreadable) +
                 " of the records left by a process that died cannot be read");
  }
  if (summary.kept > 0) {
    sink::report(path + " is kept: not all records of a process that died could be written");
  }
}

bool has_config(const EnginePart* part) {
  return part != nullptr && part->has_config();
}

/// Else nobody would ask for them any more, should this be stopped when all others are done.
std::vector<std::uint32_t> those_without_config_first(const Leftover& leftover) {
  std::vector<std::uint32_t> engines = leftover.engines();
  std::stable_partition(engines.begin(), engines.end(), [&](std::uint32_t engine) {
    return !has_config(leftover.origin.find_engine(engine));
  });
  return engines;
}

/// What is left of a process by all engines that this configuration is for. Those that had none go
/// with it, and as they would have gone: to stderr.
Summary recover_parts(Claim& claim, const Leftover& leftover, const Request& request,
                      const route::Tree& tree) {
  Summary summary;
  summary.leftovers = 1;
  summary.unreadable = leftover.unreadable;
  for (const std::uint32_t engine : those_without_config_first(leftover)) {
    const EnginePart* const part = leftover.origin.find_engine(engine);
    if (part != nullptr && part->is_recovered) continue;
    const bool is_own = part != nullptr && is_of(*part, request.identity);
    if (!is_own && leftover.is_empty(engine)) continue;
    if (!is_own && has_config(part)) {
      summary.waiting = 1;
      continue;
    }
    const Parties parties{engine, request.engine};
    const Summary own =
        Recovery{claim, leftover, is_own ? tree : route::Tree{}, parties, request.dry_run}.run();
    summary.add(own);
    if (own.kept > 0 || request.dry_run) continue;
    claim.mark_recovered(engine, part != nullptr ? std::optional{part->entry} : std::nullopt);
  }
  summary.kept = std::min<std::uint64_t>(summary.kept, 1);
  return summary;
}

Summary recover_one(const Directory& directory, const std::string& name, const Request& request,
                    const route::Tree& tree) {
  // Claimed by another process since, or gone.
  const auto claim = Claim::take(directory, name, !request.dry_run);
  if (claim == nullptr) return {};
  const Image image{claim->descriptor(), true};
  const std::optional<Leftover> leftover = Leftover::parse(image.bytes());
  if (!leftover) return {};
  Summary summary = recover_parts(*claim, *leftover, request, tree);
  const std::string path = path_of(directory, name);
  report_outcome(summary, path);
  const bool is_done = summary.kept == 0 && summary.waiting == 0;
  if (is_done && !request.dry_run && !claim->remove()) {
    sink::report(sink::error_text(errno, directory.path() + '/' + name));
  }
  return summary;
}

}  // namespace

void Summary::add(const Summary& other) {
  leftovers += other.leftovers;
  kept += other.kept;
  waiting += other.waiting;
  recovered += other.recovered;
  already_written += other.already_written;
  unreadable += other.unreadable;
  discarded += other.discarded;
  for (const auto& [name, count] : other.files) {
    files[name].recovered += count.recovered;
    files[name].already_written += count.already_written;
  }
}

Summary recover(const Request& request, const route::Tree& tree) {
  const sink::WriteSignalGuard signals;
  const Directory directory{request.directory};
  const auto [found, unknown] = find(directory, request);
  Summary total;
  for (const std::string& name : unknown) {
    sink::report(path_of(directory, name) +
                 " is kept: it was left by a program with another version of this library, whose "
                 "`xylem recover` reads it");
    ++total.leftovers;
    ++total.kept;
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (request.progress) request.progress({found[i].name, i + 1, found.size()});
    try {
      total.add(recover_one(directory, found[i].name, request, tree));
    } catch (const std::exception& error) {
      // No memory, or the file cannot be read: the others may be smaller, or better.
      sink::report(path_of(directory, found[i].name) + " is kept: " + error.what());
      ++total.leftovers;
      ++total.kept;
    }
  }
  return total;
}

std::vector<std::string> working_directories(const Request& request) {
  const Directory directory{request.directory};
  std::vector<std::string> paths;
  for (const Found& found : find(directory, request).found) {
    const std::string& path = found.origin.working_directory;
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  }
  return paths;
}

}  // namespace xylem::recover
