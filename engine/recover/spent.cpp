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

}  // namespace

bool is_spent(const Claim& claim, Bytes fixed) {
  struct stat status {};
  if (fstat(claim.descriptor(), &status) != 0) return false;
  std::uint64_t unreadable = 0;
  const std::vector<Part> parts =
      list_parts(fixed, static_cast<std::uint64_t>(status.st_size), unreadable);
  return unreadable == 0 && std::all_of(parts.begin(), parts.end(), [&](const Part& part) {
           if (part.kind == ExtentKind::ring) return is_drained(claim.descriptor(), part);
           return part.kind != ExtentKind::kept;
         });
}

}  // namespace xylem::recover
