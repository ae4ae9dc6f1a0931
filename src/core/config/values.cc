#include "core/config/values.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "core/mail/address.h"

namespace backstop::config {

tl::unexpected<Error> want(std::string_view form) {
  return fail(Errc::Invalid, "", fmt::format("want {}", form));
}

Result<std::string> read_string(const toml::node& node) {
  const auto* text = node.as_string();
  if (text == nullptr) return want("a text in quotes");
  if (text->get().find('\0') != std::string::npos) return want("a text without NUL");
  return text->get();
}

Result<std::vector<std::string>> read_strings(const toml::node& node) {
  std::vector<std::string> out;
  if (const auto* one = node.as_string()) return std::vector<std::string>{one->get()};
  const auto* list = node.as_array();
  if (list == nullptr) return want("a list of texts, as [\"one\", \"two\"]");
  for (const toml::node& item : *list) {
    BS_TRY(std::string text, read_string(item));
    out.push_back(std::move(text));
  }
  return out;
}

Result<Instant> read_instant(const toml::node& node) {
  if (const auto* text = node.as_string()) return parse_instant(text->get());
  if (const auto* date = node.as_date()) {
    const auto& d = date->get();
    return parse_instant(fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day));
  }
  const auto* moment = node.as_date_time();
  if (moment == nullptr) return want("a time, as 2026-11-21T03:23:34Z");
  const auto& m = moment->get();
  if (!m.offset) return want("a time with its zone, as 2026-11-21T03:23:34Z");
  BS_TRY(const Instant local, parse_instant(fmt::format(
                                  "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", m.date.year, m.date.month,
                                  m.date.day, m.time.hour, m.time.minute, m.time.second)));
  return local - std::chrono::minutes(m.offset->minutes);
}

Result<bool> read_bool(const toml::node& node) {
  const auto* value = node.as_boolean();
  if (value == nullptr) return want("true or false");
  return value->get();
}

Result<std::int64_t> read_number(const toml::node& node, std::int64_t least, std::int64_t most) {
  const auto* number = node.as_integer();
  if (number == nullptr || number->get() < least || number->get() > most)
    return want(fmt::format("a number from {} to {}", least, most));
  return number->get();
}

Result<std::string> read_path(const toml::node& node, std::string_view what) {
  BS_TRY(std::string path, read_string(node));
  if (path.empty()) return want(what);
  return path;
}

Result<std::vector<IpNetwork>> read_networks(const toml::node& node) {
  BS_TRY(const std::vector<std::string> texts, read_strings(node));
  std::vector<IpNetwork> out;
  for (const std::string& text : texts) {
    BS_TRY(IpNetwork network, IpNetwork::parse(text));
    out.push_back(network);
  }
  return out;
}

Result<std::string> read_address(std::string_view text) {
  const auto address = mail::parse_path(text);
  if (!address || address->local.empty() || address->domain.empty())
    return want(fmt::format("an address, as \"alice@example.com\", not \"{}\"", text));
  return mail::canonical(*address);
}

Result<std::vector<std::string>> read_addresses(const toml::node& node) {
  BS_TRY(const std::vector<std::string> texts, read_strings(node));
  std::vector<std::string> out;
  for (const std::string& text : texts) {
    BS_TRY(std::string address, read_address(text));
    out.push_back(std::move(address));
  }
  return out;
}

Result<std::vector<Endpoint>> read_endpoints(const toml::node& node) {
  BS_TRY(const std::vector<std::string> texts, read_strings(node));
  std::vector<Endpoint> endpoints;
  for (const std::string& text : texts) {
    BS_TRY(Endpoint endpoint, parse_endpoint(text));
    endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

Result<unsigned> read_threads(const toml::node& node) {
  BS_TRY(const std::int64_t threads, read_number(node, 1, 64));
  return static_cast<unsigned>(threads);
}

Result<std::uint32_t> read_mode(const toml::node& node) {
  const std::string_view form = "an octal mode in quotes, as \"0660\"";
  const auto* text = node.as_string();
  if (text == nullptr) return want(form);
  const std::string& digits = text->get();
  std::uint32_t mode = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), mode, 8);
  if (error != std::errc{} || rest != digits.data() + digits.size() || mode > 0777)
    return want(form);
  return mode;
}

bool is_loopback(const IpAddress& address) {
  const std::vector<IpNetwork> networks = loopback_networks();
  return std::ranges::any_of(networks, [&](const IpNetwork& one) { return one.contains(address); });
}

}  // namespace backstop::config
