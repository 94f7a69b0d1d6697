#include "sink/packing.hpp"

#include <array>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "sink/posix_file.hpp"

namespace xylem::sink {
namespace {

constexpr std::size_t piece_bytes = std::size_t{128} << 10;

/// Of windowBits, where zlib is to write and read the header of gzip.
constexpr int gzip_window_bits = MAX_WBITS + 16;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_{fd} {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

/// Less than asked for only at the end; -1 and errno.
ssize_t read_some(int fd, char* into, std::size_t bytes) {
  ssize_t got = 0;
  do {
    got = ::read(fd, into, bytes);
  } while (got < 0 && errno == EINTR);
  return got;
}

class Encoder {
 public:
  virtual ~Encoder() = default;
  /// Appends what the text makes; with the last one all that is left. False: no memory.
  virtual bool add(std::string_view text, bool is_last, std::string& packed) = 0;
};

class GzipEncoder : public Encoder {
 public:
  GzipEncoder() {
    constexpr int default_memory = 8;
    is_ready_ = ::deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window_bits,
                               default_memory, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~GzipEncoder() override {
    if (is_ready_) ::deflateEnd(&stream_);
  }
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;

  bool add(std::string_view text, bool is_last, std::string& packed) override {
    if (!is_ready_) return false;
    // zlib takes what it only reads by a pointer that is not const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    std::array<char, 16384> piece;
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = static_cast<uInt>(piece.size());
      if (::deflate(&stream_, is_last ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR) return false;
      packed.append(piece.data(), piece.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
    return true;
  }

 private:
  z_stream stream_{};
  bool is_ready_;
};

class ZstdEncoder : public Encoder {
 public:
  ZstdEncoder() {
    // As zstd(1) does.
    if (context_) ::ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  }

  bool add(std::string_view text, bool is_last, std::string& packed) override {
    if (!context_) return false;
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    std::array<char, 16384> piece;
    std::size_t left = 0;
    do {
      ZSTD_outBuffer out{piece.data(), piece.size(), 0};
      left =
          ::ZSTD_compressStream2(context_.get(), &out, &in, is_last ? ZSTD_e_end : ZSTD_e_continue);
      if (::ZSTD_isError(left) != 0) return false;
      packed.append(piece.data(), out.pos);
    } while (is_last ? left > 0 : in.pos < in.size);
    return true;
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ::ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context_{::ZSTD_createCCtx()};
};

/// 0 or errno; ECANCELED when it was stopped.
int pack(int from, int to, Packing packing, const std::atomic<bool>& stopping) {
  std::unique_ptr<Encoder> encoder;
  if (packing == Packing::gzip) {
    encoder = std::make_unique<GzipEncoder>();
  } else {
    encoder = std::make_unique<ZstdEncoder>();
  }
  std::string text(piece_bytes, '\0');
  std::string packed;
  while (true) {
    if (stopping.load(std::memory_order_relaxed)) return ECANCELED;
    const ssize_t got = read_some(from, text.data(), text.size());
    if (got < 0) return errno;
    packed.clear();
    const auto bytes = static_cast<std::size_t>(got);
    if (!encoder->add({text.data(), bytes}, bytes == 0, packed)) return ENOMEM;
    if (const int error = write_fully(to, packed.data(), packed.size()).error; error != 0) {
      return error;
    }
    if (bytes == 0) return 0;
  }
}

bool is_named(const struct stat& file, const std::string& path) {
  struct stat named {};
  return ::stat(path.c_str(), &named) == 0 && named.st_dev == file.st_dev &&
         named.st_ino == file.st_ino;
}

/// The packed file in the place of the other; 0 or errno.
int replace(int from, const std::string& path, int to, const std::string& unfinished,
            const std::string& finished) {
  struct stat status {};
  if (::fstat(from, &status) != 0) return errno;
  const timespec times[2] = {status.st_atim, status.st_mtim};
  if (::futimens(to, times) != 0) return errno;
  if (std::rename(unfinished.c_str(), finished.c_str()) != 0) return errno;
  if (!is_named(status, path)) {
    // It was too old to be kept.
    ::unlink(finished.c_str());
    return 0;
  }
  return ::unlink(path.c_str()) == 0 ? 0 : errno;
}

}  // namespace

std::string_view extension_of(Packing packing) {
  return packing == Packing::gzip ? ".gz" : ".zst";
}

std::optional<Packing> take_extension(std::string_view& name) {
  for (const Packing packing : {Packing::gzip, Packing::zstd}) {
    const std::string_view extension = extension_of(packing);
    if (!name.ends_with(extension)) continue;
    name.remove_suffix(extension.size());
    return packing;
  }
  return std::nullopt;
}

PackOutcome pack_file(const std::string& path, Packing packing, const std::atomic<bool>& stopping) {
  const Descriptor from{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (from.get() < 0) return errno == ENOENT ? PackOutcome::left_alone : PackOutcome::failed;
  struct stat status {};
  // The lock is gone with the process that holds it.
  const bool is_ours = ::fstat(from.get(), &status) == 0 && S_ISREG(status.st_mode) &&
                       ::flock(from.get(), LOCK_EX | LOCK_NB) == 0 && is_named(status, path);
  if (!is_ours) return PackOutcome::left_alone;
  const std::string finished = path + std::string{extension_of(packing)};
  const std::string unfinished = finished + std::string{unfinished_extension};
  const mode_t mode = status.st_mode & 0777;
  const Descriptor to{
      ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, mode)};
  if (to.get() < 0) return PackOutcome::failed;
  ::fchmod(to.get(), mode);
  int error = pack(from.get(), to.get(), packing, stopping);
  if (error == 0) error = replace(from.get(), path, to.get(), unfinished, finished);
  if (error == 0) return PackOutcome::packed;
  ::unlink(unfinished.c_str());
  errno = error;
  return error == ECANCELED ? PackOutcome::stopped : PackOutcome::failed;
}

class Unpacker::Decoder {
 public:
  virtual ~Decoder() = default;
  /// Takes from the front of `packed`; the number of bytes made of it. Nothing taken and nothing
  /// made: more is needed, or it is damaged.
  virtual std::size_t decode(std::string_view& packed, char* into, std::size_t bytes) = 0;
};

class Unpacker::GzipDecoder : public Decoder {
 public:
  GzipDecoder() { is_ready_ = ::inflateInit2(&stream_, gzip_window_bits) == Z_OK; }
  ~GzipDecoder() override {
    if (is_ready_) ::inflateEnd(&stream_);
  }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;

  std::size_t decode(std::string_view& packed, char* into, std::size_t bytes) override {
    if (!is_ready_) return 0;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    stream_.next_out = reinterpret_cast<Bytef*>(into);
    stream_.avail_out = static_cast<uInt>(bytes);
    const int result = ::inflate(&stream_, Z_NO_FLUSH);
    packed.remove_prefix(packed.size() - stream_.avail_in);
    if (result == Z_STREAM_END) ::inflateReset(&stream_);  // another file may be behind it
    return bytes - stream_.avail_out;
  }

 private:
  z_stream stream_{};
  bool is_ready_;
};

class Unpacker::ZstdDecoder : public Decoder {
 public:
  std::size_t decode(std::string_view& packed, char* into, std::size_t bytes) override {
    if (!context_) return 0;
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    ZSTD_outBuffer out{into, bytes, 0};
    if (::ZSTD_isError(::ZSTD_decompressStream(context_.get(), &out, &in)) != 0) return 0;
    packed.remove_prefix(in.pos);
    return out.pos;
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ::ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context_{::ZSTD_createDCtx()};
};

Unpacker::Unpacker(const std::string& path, Packing packing)
    : fd_{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)},
      packed_(piece_bytes, '\0') {
  if (packing == Packing::gzip) {
    decoder_ = std::make_unique<GzipDecoder>();
  } else {
    decoder_ = std::make_unique<ZstdDecoder>();
  }
}

Unpacker::~Unpacker() {
  if (fd_ >= 0) ::close(fd_);
}

std::size_t Unpacker::read(char* into, std::size_t bytes) {
  while (fd_ >= 0 && bytes > 0) {
    const std::size_t before = rest_.size();
    const std::size_t made = decoder_->decode(rest_, into, bytes);
    if (made > 0) return made;
    if (rest_.size() < before) continue;
    if (!rest_.empty()) return 0;  // damaged
    const ssize_t got = read_some(fd_, packed_.data(), packed_.size());
    if (got <= 0) return 0;
    rest_ = std::string_view{packed_}.substr(0, static_cast<std::size_t>(got));
  }
  return 0;
}

}  // namespace xylem::sink
