#include "core/config/tell_readers.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "core/config/values.h"

namespace backstop::config {
namespace {

bool is_own_host(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  const auto address = IpAddress::parse(host);
  return address && IpNetwork::parse("127.0.0.0/8")->contains(*address);
}

// What stands in it is nobody's business on the way, so http is for this host alone.
Result<std::string> read_url(const toml::node& node) {
  constexpr std::string_view kWant =
      "an address as \"https://example.com/hook\"; http:// to this host alone";
  BS_TRY(std::string url, read_string(node));
  if (url.empty()) return url;
  const bool is_plain = ascii::starts_with_folded(url, "http://");
  if (!is_plain && !ascii::starts_with_folded(url, "https://")) return want(kWant);
  const std::size_t begin = is_plain ? 7 : 8;
  const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  const std::string_view place = std::string_view(url).substr(begin, end - begin);
  const bool is_visible = std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!is_visible || place.empty() || place.find('@') != place.npos) return want(kWant);
  const std::size_t port = place.rfind(':');
  const bool has_port = port != place.npos && place.find(']', port) == place.npos;
  if (is_plain && !is_own_host(has_port ? place.substr(0, port) : place)) return want(kWant);
  return url;
}

// "" takes back what a file said.
Result<std::string> read_whole_path(const toml::node& node) {
  BS_TRY(std::string path, read_string(node));
  if (!path.empty() && !path.starts_with('/')) return want("a whole path, from / on");
  return path;
}

}  // namespace

Result<void> set_metrics_listen(Config& config, const Value& value) {
  BS_TRY(std::vector<Endpoint> endpoints, read_endpoints(value.node));
  // What is counted is nobody's business but this host's, and the door asks for no password.
  for (const Endpoint& endpoint : endpoints) {
    if (endpoint.kind == Endpoint::Kind::Inet && !is_loopback(endpoint.address))
      return want("a unix socket or a loopback address, as \"inet:127.0.0.1:9780\"");
  }
  config.metrics_listen = std::move(endpoints);
  return {};
}

Result<void> set_metrics_mode(Config& config, const Value& value) {
  BS_TRY(config.metrics_socket_mode, read_mode(value.node));
  return {};
}

Result<void> set_metrics_file(Config& config, const Value& value) {
  BS_TRY(std::string path, read_string(value.node));
  // node_exporter reads no file of another name, and says nothing.
  if (!path.empty() && !(path.starts_with('/') && path.ends_with(".prom")))
    return want("a whole path that ends in .prom, as \"/run/backstop/backstop.prom\"");
  config.metrics_file = std::move(path);
  return {};
}

Result<void> set_alarm_command(Config& config, const Value& value) {
  BS_TRY(std::vector<std::string> words, read_strings(value.node));
  const bool has_nul = std::ranges::any_of(
      words, [](const std::string& word) { return word.find('\0') != word.npos; });
  if (has_nul || (!words.empty() && !words.front().starts_with('/')))
    return want("a program's whole path and its arguments, as [\"/usr/local/sbin/page-me\"]");
  config.alarms.command = std::move(words);
  return {};
}

Result<void> set_alarm_webhook(Config& config, const Value& value) {
  BS_TRY(config.alarms.webhook.url, read_url(value.node));
  return {};
}

Result<void> set_alarm_secret(Config& config, const Value& value) {
  BS_TRY(config.alarms.webhook.secret_file, read_whole_path(value.node));
  return {};
}

Result<void> set_alarm_ca(Config& config, const Value& value) {
  BS_TRY(config.alarms.webhook.ca_file, read_whole_path(value.node));
  return {};
}

Result<void> set_feed_header(Config& config, const Value& value) {
  BS_TRY(config.feed.header, read_bool(value.node));
  return {};
}

Result<void> set_feed_file(Config& config, const Value& value) {
  BS_TRY(config.feed.file, read_whole_path(value.node));
  return {};
}

Result<void> set_feed_socket(Config& config, const Value& value) {
  BS_TRY(config.feed.socket, read_whole_path(value.node));
  return {};
}

Result<void> set_feed_socket_mode(Config& config, const Value& value) {
  BS_TRY(config.feed.socket_mode, read_mode(value.node));
  return {};
}

Result<void> set_feed_webhook(Config& config, const Value& value) {
  BS_TRY(config.feed.webhook.url, read_url(value.node));
  return {};
}

Result<void> set_feed_secret(Config& config, const Value& value) {
  BS_TRY(config.feed.webhook.secret_file, read_whole_path(value.node));
  return {};
}

Result<void> set_feed_ca(Config& config, const Value& value) {
  BS_TRY(config.feed.webhook.ca_file, read_whole_path(value.node));
  return {};
}

}  // namespace backstop::config
