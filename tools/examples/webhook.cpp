// The guideline's webhook handler: errors go to a chat by HTTP, one POST with {"text": "..."} each.
//
//     webhook http://HOST[:PORT]/PATH
//
// The configuration names it as it would a handler of Python's; the handler has a thread of its
// own, so a slow server keeps nobody waiting, and lines wait while there is none.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <xylem/extend.hpp>
#include <xylem/xylem.hpp>

namespace {

/// A connection that closes itself. For what cannot be reached there is another time.
class Connection {
 public:
  Connection(const std::string& host, const std::string& port, std::int64_t timeout_ms) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) {
      throw xylem::TryAgain{"cannot find " + host};
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> peers{found, freeaddrinfo};
    const timeval patience{timeout_ms / 1000, static_cast<suseconds_t>(timeout_ms % 1000 * 1000)};
    for (const addrinfo* peer = found; peer != nullptr; peer = peer->ai_next) {
      fd_ = socket(peer->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (fd_ < 0) continue;
      setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
      setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      if (connect(fd_, peer->ai_addr, peer->ai_addrlen) == 0) return;
      close(fd_);
    }
    throw xylem::TryAgain{"cannot reach " + host + ':' + port};
  }
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw xylem::TryAgain{"the connection broke"};
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// "HTTP/1.1 200 OK"
  std::string status_line() const {
    std::string answer;
    while (answer.find("\r\n") == std::string::npos) {
      char some[512];
      const ssize_t bytes = recv(fd_, some, sizeof some, 0);
      if (bytes <= 0) throw xylem::TryAgain{"no answer"};
      answer.append(some, static_cast<std::size_t>(bytes));
    }
    return answer.substr(0, answer.find("\r\n"));
  }

 private:
  int fd_ = -1;
};

std::string json_string(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      json += fmt::format("\\u{:04x}", static_cast<int>(c));
    } else {
      json += c;
    }
  }
  return json += '"';
}

class Webhook final : public xylem::Handler {
 public:
  Webhook(std::string host, std::string port, std::string path, std::int64_t timeout_ms)
      : host_{std::move(host)},
        port_{std::move(port)},
        path_{std::move(path)},
        timeout_ms_{timeout_ms} {}

  void handle(const xylem::RecordView&, std::string_view line) override {
    const std::string body = "{\"text\": " + json_string(line) + '}';
    const Connection server{host_, port_, timeout_ms_};
    server.send(
        fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n"
                    "Content-Length: {}\r\nConnection: close\r\n\r\n{}",
                    path_, host_, body.size(), body));
    const std::string status = server.status_line();
    const std::string code = status.substr(status.find(' ') + 1, 3);
    if (code.starts_with('5')) throw xylem::TryAgain{status};
    if (!code.starts_with('2')) throw std::runtime_error{status};
  }

  bool wants_thread() const override { return true; }

 private:
  std::string host_;
  std::string port_;
  std::string path_;
  std::int64_t timeout_ms_;
};

std::unique_ptr<xylem::Handler> make_webhook(const xylem::Arguments& arguments) {
  constexpr std::string_view scheme = "http://";
  const std::string url = arguments.text("webhook_url");
  const std::size_t path = std::min(url.find('/', scheme.size()), url.size());
  const std::size_t colon = url.find(':', scheme.size());
  if (!url.starts_with(scheme)) arguments.refuse("webhook_url", "Only http:// is spoken here");
  const std::size_t end = std::min(colon, path);
  return std::make_unique<Webhook>(url.substr(scheme.size(), end - scheme.size()),
                                   colon < path ? url.substr(colon + 1, path - colon - 1) : "80",
                                   path < url.size() ? url.substr(path) : "/",
                                   arguments.integer("timeout_ms", 1000));
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) throw std::runtime_error{"usage: webhook http://HOST[:PORT]/PATH"};
  xylem::register_handler("myapp.WebhookHandler", make_webhook);
  xylem::configure(fmt::format(R"j({{
    "version": 1,
    "formatters": {{"chat": {{"format": "%(levelname)s in %(name)s: %(message)s"}}}},
    "handlers": {{
      "chat": {{"class": "myapp.WebhookHandler", "webhook_url": "{}", "timeout_ms": 500,
               "level": "ERROR", "formatter": "chat"}}
    }},
    "root": {{"level": "INFO", "handlers": ["chat"]}}
  }})j",
                               argv[1]));
  const xylem::Logger log = xylem::get_logger("my_app.payment");
  XYLEM_INFO(log, "charging {}", "alice");
  XYLEM_ERROR(log, "card of \"{}\" refused\nby the bank", "alice", xylem::field("amount", 12.5));
  XYLEM_CRITICAL(log, "out of money");
  xylem::shutdown();
  const xylem::Stats stats = xylem::stats();
  fmt::print("{} accepted, {} written, {} failed\n", stats.accepted, stats.written, stats.failed);
  return stats.failed == 0 ? 0 : 1;
} catch (const std::exception& error) {
  fmt::print(stderr, "webhook: {}\n", error.what());
  return 2;
}

// $ webhook $CHAT/services/T0
//   xylem: ...HTTP/1.0 503 Service Unavailable...
//   ...
//   3 accepted, 3 written, 0 failed
// $ cat $CHAT_LOG
//   /services/T0: ERROR in my_app.payment: card of "alice" refused
//   by the bank
//   /services/T0: CRITICAL in my_app.payment: out of money
// $ webhook ftp://x
//   webhook: Unable to configure handler 'chat': Only http:// is spoken here (at handlers.chat.webhook_url)
//   [2]
