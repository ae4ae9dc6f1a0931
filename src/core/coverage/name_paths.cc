#include "core/coverage/name_paths.h"

#include <algorithm>
#include <string>

#include "core/base/ascii.h"
#include "core/base/coverage_limits.h"
#include "core/coverage/networks.h"
#include "core/mail/address.h"

namespace backstop::coverage {
namespace {

constexpr unsigned kV4Bits = 24;
constexpr unsigned kV6Bits = 48;

bool is_of(std::string_view name, std::string_view domain) {
  return name == domain || (name.ends_with(domain) && name.size() > domain.size() &&
                            name[name.size() - domain.size() - 1] == '.');
}

// "mail12.eu1.esp.example" -> "mail#.eu#.esp.example": hosts of one service are one path.
std::string without_numbers(std::string_view name) {
  const auto last = name.rfind('.');
  const auto second =
      last == std::string_view::npos || last == 0 ? last : name.rfind('.', last - 1);
  const std::size_t kept = second == std::string_view::npos ? 0 : second;
  std::string out;
  for (const char c : name.substr(0, kept)) {
    if (!ascii::is_digit(c)) out += c;
    if (ascii::is_digit(c) && (out.empty() || out.back() != '#')) out += '#';
  }
  return out + std::string(name.substr(kept));
}

bool is_host_name(std::string_view name) {
  return name.find('.') != std::string_view::npos && !name.starts_with('.') &&
         !IpAddress::parse(name) && std::ranges::all_of(name, [](char c) {
           return ascii::is_alnum(c) || c == '-' || c == '.' || c == '_';
         });
}

void add_relay(const reading::Returned& returned, std::vector<PathName>& out) {
  if (!returned.hops.empty()) {
    const std::string by = mail::canonical_domain(returned.hops.back().by);
    if (is_host_name(by)) {
      out.push_back({PathKind::Relay, clean_path_name(without_numbers(by))});
      return;
    }
  }
  if (!returned.received_first_ip) return;
  const IpAddress& address = *returned.received_first_ip;
  const bool v4 = address.family() == IpAddress::Family::V4;
  out.push_back({PathKind::Relay, network_around(address, v4 ? kV4Bits : kV6Bits).text()});
}

}  // namespace

std::vector<PathName> name_paths(const reading::Reading& reading, std::string_view domain) {
  const reading::Returned& returned = reading.returned;
  std::vector<PathName> out;
  for (const reading::DkimReference& signature : returned.dkim) {
    if (out.size() >= limits::kPathCandidates || mail::canonical_domain(signature.domain) != domain)
      continue;
    PathName name{PathKind::Selector, clean_path_name(signature.selector)};
    if (std::ranges::find(out, name) == out.end()) out.push_back(std::move(name));
  }
  const auto at = returned.message_id.rfind('@');
  if (at != std::string::npos) {
    const std::string right = mail::canonical_domain(returned.message_id.substr(at + 1));
    if (!right.empty() && !is_of(right, domain) && !right.starts_with("localhost"))
      out.push_back({PathKind::MessageId, clean_path_name(without_numbers(right))});
  }
  add_relay(returned, out);
  return out;
}

}  // namespace backstop::coverage
