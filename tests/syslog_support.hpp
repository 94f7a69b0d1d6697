#pragma once

// The other end of a syslog handler: plain sockets.

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace syslog_test {

/// Long enough for any machine; nobody waits for it unless something is broken.
inline constexpr int patience_ms = 10'000;

class Socket {
 public:
  explicit Socket(int fd = -1) : fd_(fd) {}
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Socket& operator=(Socket&&) = delete;

  int fd() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  /// The next datagram, or what a stream has now; empty when nothing comes.
  std::string receive(int wait_ms = patience_ms) const {
    pollfd query{.fd = fd_, .events = POLLIN, .revents = 0};
    if (::poll(&query, 1, wait_ms) <= 0) return {};
    std::string text(1 << 18, '\0');
    const ssize_t bytes = ::recv(fd_, text.data(), text.size(), 0);
    text.resize(bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
    return text;
  }

  /// As many bytes of a stream, or fewer at its end.
  std::string receive_bytes(std::size_t bytes) const {
    std::string all;
    while (all.size() < bytes) {
      const std::string text = receive();
      if (text.empty()) break;
      all += text;
    }
    return all;
  }

  Socket accept() const {
    pollfd query{.fd = fd_, .events = POLLIN, .revents = 0};
    if (::poll(&query, 1, patience_ms) <= 0) throw std::runtime_error("nobody connects");
    return Socket{::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)};
  }

 private:
  int fd_;
};

/// Bound to a free port of 127.0.0.1, or to the one given; a stream listens.
class HostSocket : public Socket {
 public:
  explicit HostSocket(int type, std::uint16_t port = 0)
      : Socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof name;
    if (::bind(fd(), reinterpret_cast<sockaddr*>(&name), bytes) != 0 ||
        (type == SOCK_STREAM && ::listen(fd(), 5) != 0) ||
        ::getsockname(fd(), reinterpret_cast<sockaddr*>(&name), &bytes) != 0) {
      throw std::runtime_error("no port to be had");
    }
    port_ = ntohs(name.sin_port);
  }

  std::uint16_t port() const { return port_; }
  std::string address() const { return R"(["127.0.0.1", )" + std::to_string(port_) + "]"; }

 private:
  std::uint16_t port_ = 0;
};

class UnixSocket : public Socket {
 public:
  UnixSocket(int type, std::string_view path) : Socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    if (::bind(fd(), reinterpret_cast<sockaddr*>(&name), sizeof name) != 0 ||
        (type == SOCK_STREAM && ::listen(fd(), 5) != 0)) {
      throw std::runtime_error("cannot bind " + std::string(path));
    }
  }
};

}  // namespace syslog_test
