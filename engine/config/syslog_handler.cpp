#include "config/syslog_handler.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <sys/socket.h>

#include "config/python_text.hpp"

namespace xylem::config {
namespace {

struct Code {
  std::string_view name;
  int number;
};

// syslog(3)'s, as CPython spells them.
constexpr std::array<Code, 24> facilities = {{
    {"auth", 4},    {"authpriv", 10}, {"console", 14}, {"cron", 9},          {"daemon", 3},
    {"ftp", 11},    {"kern", 0},      {"lpr", 6},      {"mail", 2},          {"news", 7},
    {"ntp", 12},    {"security", 13}, {"syslog", 5},   {"user", 1},          {"uucp", 8},
    {"local0", 16}, {"local1", 17},   {"local2", 18},  {"local3", 19},       {"local4", 20},
    {"local5", 21}, {"local6", 22},   {"local7", 23},  {"solaris-cron", 15},
}};

constexpr std::array<Code, 5> level_priorities = {
    {{"DEBUG", 7}, {"INFO", 6}, {"WARNING", 4}, {"ERROR", 3}, {"CRITICAL", 2}}};
constexpr std::array<Code, 12> priorities = {{
    {"alert", 1},
    {"crit", 2},
    {"critical", 2},
    {"debug", 7},
    {"emerg", 0},
    {"err", 3},
    {"error", 3},
    {"info", 6},
    {"notice", 5},
    {"panic", 0},
    {"warn", 4},
    {"warning", 4},
}};
constexpr int warning_priority = 4;

constexpr std::array<std::string_view, 6> kept_attributes = {
    "address", "facility_names", "priority_names", "socket", "socktype", "unixsocket"};

template <std::size_t n>
std::optional<int> find(const std::array<Code, n>& codes, std::string_view name) {
  const auto found = std::find_if(codes.begin(), codes.end(),
                                  [name](const Code& code) { return code.name == name; });
  return found == codes.end() ? std::nullopt : std::optional{found->number};
}

std::string read_host(const Cursor& address, const Value& host) {
  if (host.is_null()) return "localhost";
  const auto* name = host.get_if<std::string>();
  if (name == nullptr) address.fail("getaddrinfo() argument 1 must be string or None");
  if (name->find('\0') != std::string::npos) address.fail("embedded null character");
  return *name;
}

std::string read_port(const Cursor& address, const Value& port) {
  if (const auto* number = port.get_if<std::int64_t>()) {
    if (*number < 0 || *number > 65535) address.fail("port must be 0-65535.");
    return std::to_string(*number);
  }
  const auto* service = port.get_if<std::string>();
  if (service == nullptr || service->find('\0') != std::string::npos) {
    address.fail("Int or String expected");
  }
  return *service;
}

void read_address(const Cursor& address, SyslogPlan& plan) {
  if (const auto* path = address.value().get_if<std::string>()) {
    plan.path = *path;
    return;
  }
  if (address.value().get_if<List>() == nullptr && address.value().get_if<Object>() == nullptr) {
    address.fail("cannot unpack non-iterable " + std::string(python_type(address.value())) +
                 " object");
  }
  const std::vector<std::pair<Value, std::string>> parts = address.iterate();
  if (parts.size() < 2) {
    address.fail("not enough values to unpack (expected 2, got " + std::to_string(parts.size()) +
                 ")");
  }
  if (parts.size() > 2) address.fail("too many values to unpack (expected 2)");
  plan.host = read_host(address, parts[0].first);
  plan.port = read_port(address, parts[1].first);
}

/// CPython finds out at the first record what is no facility.
std::int64_t read_facility(const Cursor& facility) {
  constexpr std::int64_t most = std::int64_t{1} << 56;
  const Value& value = facility.value();
  if (const auto* name = value.get_if<std::string>()) {
    if (const std::optional<int> code = find(facilities, *name)) return *code;
    facility.fail("Unknown facility: " + python_repr(*name));
  }
  if (const auto* flag = value.get_if<bool>()) return *flag ? 1 : 0;
  const auto* number = value.get_if<std::int64_t>();
  if (number != nullptr && *number >= -most && *number <= most) return *number;
  facility.fail("Unknown facility: " + python_repr(value));
}

SyslogPlan::Socket read_socket(const Cursor& type) {
  const Value& value = type.value();
  if (value.is_null()) return SyslogPlan::Socket::unset;
  if (const auto name = external_name(value)) {
    if (*name == "socket.SOCK_STREAM") return SyslogPlan::Socket::stream;
    if (*name == "socket.SOCK_DGRAM") return SyslogPlan::Socket::datagram;
    type.fail("Cannot resolve " + python_repr(*name));
  }
  const auto* number = value.get_if<std::int64_t>();
  if (number != nullptr && *number == SOCK_STREAM) return SyslogPlan::Socket::stream;
  if (number != nullptr && *number == SOCK_DGRAM) return SyslogPlan::Socket::datagram;
  type.fail("socktype " + python_repr(value) +
            " is not available: use 'ext://socket.SOCK_DGRAM' or 'ext://socket.SOCK_STREAM'");
}

/// CPython finds out at the first record of such a level what is no priority.
std::int64_t read_priority(const Cursor& priority) {
  const Value& value = priority.value();
  if (const auto* name = value.get_if<std::string>()) {
    if (const std::optional<int> code = find(priorities, *name)) return *code;
  } else if (const auto* number = value.get_if<std::int64_t>()) {
    if (*number >= 0 && *number <= 7) return *number;
  }
  priority.fail("Unknown priority: " + python_repr(value));
}

void set_priorities(SyslogPlan& plan, const Cursor& map) {
  plan.priorities.emplace();
  for (const auto& entry : map.object()) {
    plan.priorities->emplace_back(entry.first, read_priority(*map.find_raw(entry.first)));
  }
}

std::int64_t priority_of(const SyslogPlan& plan, std::string_view level_name) {
  if (!plan.priorities) return find(level_priorities, level_name).value_or(warning_priority);
  for (const auto& [name, priority] : *plan.priorities) {
    if (name == level_name) return priority;
  }
  return warning_priority;
}

}  // namespace

HandlerKind read_syslog_handler(const Cursor& config, const HandlerScope&) {
  SyslogPlan plan;
  if (const std::optional<Cursor> type = config.find("socktype", External::allowed)) {
    plan.socket = read_socket(*type);
  }
  if (const std::optional<Cursor> address = config.find("address")) read_address(*address, plan);
  if (const std::optional<Cursor> facility = config.find("facility", External::allowed)) {
    plan.facility = read_facility(*facility);
  }
  return plan;
}

bool set_attribute(SyslogPlan& plan, std::string_view name, const Cursor& value) {
  if (name == "append_nul") {
    plan.append_nul = value.value().truthy();
    return true;
  }
  if (name == "priority_map") {
    set_priorities(plan, value);
    return true;
  }
  if (name == "facility") {
    plan.facility = read_facility(value);
    return true;
  }
  // CPython would go by some of them at once and by others when it connects anew.
  if (std::find(kept_attributes.begin(), kept_attributes.end(), name) != kept_attributes.end()) {
    value.fail("Cannot set attribute " + python_repr(name));
  }
  if (name != "ident") return false;
  plan.ident.clear();
  if (!value.value().truthy()) return true;
  const auto* text = value.value().get_if<std::string>();
  if (text == nullptr) {
    value.fail("ident must be a string, got " + std::string(json_type_name(value.value())));
  }
  plan.ident = *text;
  return true;
}

std::string syslog_opening(const SyslogPlan& plan, std::string_view level_name) {
  return '<' + std::to_string(plan.facility * 8 + priority_of(plan, level_name)) + '>' + plan.ident;
}

std::string syslog_address(const SyslogPlan& plan) {
  const bool is_stream = plan.socket == SyslogPlan::Socket::stream;
  if (!plan.path) return plan.host + ':' + plan.port + (is_stream ? ", TCP" : ", UDP");
  if (plan.socket == SyslogPlan::Socket::unset) return *plan.path;
  return *plan.path + (is_stream ? ", stream" : ", datagrams");
}

}  // namespace xylem::config
