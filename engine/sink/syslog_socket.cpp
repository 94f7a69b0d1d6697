#include "sink/syslog_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <utility>

#include <netdb.h>
#include <poll.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

namespace xylem::sink {
namespace {

/// How long an interruption may go unnoticed.
constexpr int tick_ms = 20;

/// Datagrams that go with one system call.
constexpr std::size_t most_messages = 64;

void nap() {
  constexpr timespec tick{0, std::int64_t{tick_ms} * 1'000'000};
  ::nanosleep(&tick, nullptr);
}

/// The socket is of no use any more; another one may be.
bool is_disconnection(int error) {
  switch (error) {
    case EPIPE:
    case ECONNRESET:
    case ECONNREFUSED:
    case ECONNABORTED:
    case ENOTCONN:
    case EDESTADDRREQ:
    case ENOENT:
    case ETIMEDOUT:
    case EBADF:
      return true;
    default:
      return false;
  }
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

}  // namespace

SyslogSocket::SyslogSocket(SyslogAddress address) : Console(-1), address_(std::move(address)) {
  if (!address_.path) look_up_host();
}

SyslogSocket::~SyslogSocket() {
  disconnect();
}

void SyslogSocket::look_up_host() {
  addrinfo hints{};
  hints.ai_socktype = address_.type == SyslogAddress::Type::stream ? SOCK_STREAM : SOCK_DGRAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(address_.host.c_str(), address_.port.c_str(), &hints, &found);
  if (error != 0) {
    const std::string text = error == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(error);
    throw std::runtime_error("[Errno " + std::to_string(error == EAI_SYSTEM ? errno : error) +
                             "] " + text);
  }
  const std::unique_ptr<addrinfo, FreeAddresses> list(found);
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    Peer peer{entry->ai_family, entry->ai_socktype, entry->ai_protocol, {}, entry->ai_addrlen};
    std::memcpy(&peer.address, entry->ai_addr, entry->ai_addrlen);
    peers_.push_back(peer);
  }
}

/// The type that a connection has been made by is the one for good, as in CPython.
int SyslogSocket::add_unix_peers() {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::string& path = *address_.path;
  if (path.size() >= sizeof name.sun_path) return ENAMETOOLONG;
  path.copy(name.sun_path, path.size());
  // A path ends in NUL, a name in the abstract namespace where its length says.
  const bool is_abstract = !path.empty() && path.front() == '\0';
  const std::size_t bytes = offsetof(sockaddr_un, sun_path) + path.size() + (is_abstract ? 0 : 1);
  Peer peer{AF_UNIX, SOCK_DGRAM, 0, {}, static_cast<socklen_t>(bytes)};
  std::memcpy(&peer.address, &name, sizeof name);
  if (address_.type != SyslogAddress::Type::stream) peers_.push_back(peer);
  peer.type = SOCK_STREAM;
  if (address_.type != SyslogAddress::Type::datagram) peers_.push_back(peer);
  return 0;
}

int SyslogSocket::open(Wait wait) {
  if (peers_.empty()) {
    if (const int error = add_unix_peers(); error != 0) return error;
  }
  int error = 0;
  for (const Peer& peer : peers_) {
    error = open_to(peer, wait);
    if (error == 0) peer_ = peer;
    if (error == 0 || error == EAGAIN) break;
  }
  if (error == 0 && peer_.family == AF_UNIX) peers_ = {peer_};
  return error;
}

int SyslogSocket::open_to(const Peer& peer, Wait wait) {
  const int fd = ::socket(peer.family, peer.type | SOCK_CLOEXEC | SOCK_NONBLOCK, peer.protocol);
  if (fd < 0) return errno;
  int error = 0;
  const bool is_connected = peer.family == AF_UNIX || peer.type == SOCK_STREAM;
  if (is_connected &&
      ::connect(fd, reinterpret_cast<const sockaddr*>(&peer.address), peer.bytes) != 0) {
    error = errno == EINPROGRESS || errno == EINTR ? finish_connecting(fd, wait) : errno;
  }
  if (error != 0) {
    ::close(fd);
    return error;
  }
  fd_.store(fd, std::memory_order_relaxed);
  return 0;
}

int SyslogSocket::finish_connecting(int fd, Wait wait) const {
  pollfd query{.fd = fd, .events = POLLOUT, .revents = 0};
  while (::poll(&query, 1, tick_ms) <= 0) {
    if (wait != Wait::until_interrupted || is_interrupted()) return EAGAIN;
  }
  int error = 0;
  socklen_t bytes = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes) == 0 ? error : errno;
}

int SyslogSocket::write(LineBuffer& lines, Wait wait) {
  is_writing_.store(true, std::memory_order_relaxed);
  bool may_reconnect = true;
  int error = 0;
  while (!lines.empty()) {
    const bool may_wait = wait == Wait::until_interrupted;
    if (may_wait && is_interrupted()) {
      error = EAGAIN;
      break;
    }
    if (descriptor() < 0) {
      error = open(wait);
      if (error == 0) lines.untear();
    }
    if (error == 0) error = send(lines);
    if (error == EAGAIN && may_wait) {
      pollfd query{.fd = descriptor(), .events = POLLOUT, .revents = 0};
      if (query.fd < 0) {
        nap();
      } else {
        ::poll(&query, 1, tick_ms);
      }
    } else if (is_disconnection(error) && descriptor() >= 0) {
      disconnect();
      if (!std::exchange(may_reconnect, false)) break;
    } else if (error != 0) {
      break;
    }
    error = 0;
  }
  is_writing_.store(false, std::memory_order_release);
  return error;
}

int SyslogSocket::send(LineBuffer& lines) {
  const std::size_t bytes_before = lines.bytes();
  const std::size_t lines_before = lines.lines();
  const int error = peer_.type == SOCK_DGRAM ? send_datagrams(lines) : send_stream(lines);
  moved(bytes_before - lines.bytes(), lines_before - lines.lines());
  return error;
}

int SyslogSocket::send_datagrams(LineBuffer& lines) {
  while (!lines.empty()) {
    std::array<mmsghdr, most_messages> messages{};
    std::array<iovec, most_messages> texts{};
    const std::size_t count = std::min(lines.lines(), most_messages);
    const char* at = lines.data();
    for (std::size_t i = 0; i < count; ++i) {
      texts[i] = {const_cast<char*>(at), lines.mark(i).bytes};
      at += lines.mark(i).bytes;
      msghdr& header = messages[i].msg_hdr;
      header.msg_iov = &texts[i];
      header.msg_iovlen = 1;
      if (peer_.family == AF_UNIX) continue;
      header.msg_name = &peer_.address;
      header.msg_namelen = peer_.bytes;
    }
    const int sent =
        ::sendmmsg(descriptor(), messages.data(), static_cast<unsigned>(count), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno == ENOBUFS ? EAGAIN : errno;
    std::size_t bytes = 0;
    for (int i = 0; i < sent; ++i) bytes += texts[static_cast<std::size_t>(i)].iov_len;
    lines.take(bytes);
  }
  return 0;
}

int SyslogSocket::send_stream(LineBuffer& lines) {
  while (!lines.empty()) {
    const ssize_t sent = ::send(descriptor(), lines.data(), lines.bytes(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno;
    lines.take(static_cast<std::size_t>(sent));
  }
  return 0;
}

void SyslogSocket::disconnect() {
  const int fd = fd_.exchange(-1, std::memory_order_relaxed);
  if (fd >= 0) ::close(fd);
}

void SyslogSocket::close() {
  if (!is_writing_.load(std::memory_order_acquire)) disconnect();
}

void SyslogSocket::forget() {
  is_writing_.store(false, std::memory_order_relaxed);
  disconnect();
}

}  // namespace xylem::sink
