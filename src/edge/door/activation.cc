#include "edge/door/activation.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

namespace backstop::door {
namespace {

// SD_LISTEN_FDS_START.
constexpr int kFirstDescriptor = 3;
constexpr long kSocketsMax = 64;

std::optional<long> parse_number(std::string_view text) {
  long number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

std::vector<ActivatedSocket> parse_activation(std::string_view pid, std::string_view count,
                                              std::string_view names, long own_pid) {
  std::vector<ActivatedSocket> sockets;
  const auto sockets_given = parse_number(count);
  if (parse_number(pid) != own_pid || !sockets_given || *sockets_given > kSocketsMax)
    return sockets;
  for (int i = 0; i < *sockets_given; ++i) {
    const std::string_view name = names.substr(0, names.find(':'));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    sockets.push_back({.descriptor = kFirstDescriptor + i, .name = std::string(name)});
  }
  return sockets;
}

std::vector<ActivatedSocket> activated_sockets() {
  return parse_activation(environment("LISTEN_PID"), environment("LISTEN_FDS"),
                          environment("LISTEN_FDNAMES"), ::getpid());
}

}  // namespace backstop::door
