#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/socket.h>

#include "sink/console.hpp"

namespace xylem::sink {

/// Where a syslog daemon listens.
struct SyslogAddress {
  enum class Type { unset, datagram, stream };

  /// Of a Unix socket; a NUL in front: in the abstract namespace. None: host and port count.
  std::optional<std::string> path;
  std::string host;
  std::string port;  // a number or the name of a service
  /// Unset: datagrams; at a Unix socket that takes none, a stream.
  Type type = Type::unset;
};

/// A socket to a syslog daemon: a line is a message. Datagrams carry one each; on a stream they
/// follow each other as they are. A connection that breaks is made anew, and the message that was
/// half sent goes out whole once more.
///
/// As CPython does, datagrams to a host are sent to whoever is there, and a stream that is not
/// read from counts as delivered once the kernel has the bytes. The name is looked up once.
///
/// Thread-safety: as Console; connect() before the first write().
class SyslogSocket final : public Console {
 public:
  /// Looks up the name of a host. Throws std::runtime_error "[Errno -2] Name or service not known".
  explicit SyslogSocket(SyslogAddress address);
  ~SyslogSocket() override;
  SyslogSocket(const SyslogSocket&) = delete;
  SyslogSocket& operator=(const SyslogSocket&) = delete;

  /// Makes the socket and, unless datagrams go to a host, connects it, however long that takes. 0
  /// or errno.
  int connect() { return open(Wait::until_interrupted); }

  int write(LineBuffer& lines, Wait wait) override;

  /// Closes the socket unless the other thread is in write(), where it then stays open.
  void close();

  /// The descriptor, or -1.
  int descriptor() const { return fd_.load(std::memory_order_relaxed); }

  /// The child makes a connection of its own: on one stream, its bytes and the parent's would mix.
  void forget() override;

 private:
  struct Peer {
    int family;
    int type;
    int protocol;
    sockaddr_storage address;
    socklen_t bytes;
  };

  void look_up_host();
  int add_unix_peers();
  int open(Wait wait);
  int open_to(const Peer& peer, Wait wait);
  int finish_connecting(int fd, Wait wait) const;
  int send(LineBuffer& lines);
  int send_datagrams(LineBuffer& lines);
  int send_stream(LineBuffer& lines);
  void disconnect();

  SyslogAddress address_;
  std::vector<Peer> peers_;  // in the order in which they are tried
  Peer peer_{};              // the one in use
  std::atomic<int> fd_{-1};
  std::atomic<bool> is_writing_{false};
};

}  // namespace xylem::sink
