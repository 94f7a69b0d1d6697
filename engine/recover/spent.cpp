#include "recover/spent.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "recover/parts.hpp"

namespace xylem::recover {
namespace {

using crash::ExtentKind;
using crash::KeptHead;
using crash::RingWords;

bool is_drained(int fd, const Part& ring) {
  std::byte words[sizeof(RingWords)];
  if (ring.bytes < sizeof words ||
      pread(fd, words, sizeof words, static_cast<off_t>(ring.offset)) != sizeof words) {
    return false;
  }
  const auto word = [&](std::size_t offset) { return load_at<std::uint64_t>(words, offset); };
  return word(offsetof(RingWords, head)) == word(offsetof(RingWords, tail)) &&
         word(offsetof(RingWords, dropped)) == word(offsetof(RingWords, told));
}

/// All lines that were kept or held there have been written.
bool is_taken(int fd, const Part& lines) {
  std::byte head[sizeof(KeptHead)];
  if (lines.bytes < sizeof head ||
      pread(fd, head, sizeof head, static_cast<off_t>(lines.offset)) != sizeof head) {
    return false;
  }
  return load_at<std::uint64_t>(head, offsetof(KeptHead, used)) ==
         load_at<std::uint64_t>(head, offsetof(KeptHead, taken));
}

}  // namespace

bool is_spent(const Claim& claim, Bytes fixed) {
  struct stat status {};
  if (fstat(claim.descriptor(), &status) != 0) return false;
  std::uint64_t unreadable = 0;
  const std::vector<Part> parts =
      list_parts(fixed, static_cast<std::uint64_t>(status.st_size), unreadable);
  return unreadable == 0 && std::all_of(parts.begin(), parts.end(), [&](const Part& part) {
           if (part.kind == ExtentKind::ring) return is_drained(claim.descriptor(), part);
           if (part.kind != ExtentKind::kept && part.kind != ExtentKind::held) return true;
           return is_taken(claim.descriptor(), part);
         });
}

}  // namespace xylem::recover
