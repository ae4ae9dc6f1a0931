#include "core/config/readers.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/base/ascii.h"
#include "core/config/canary_readers.h"
#include "core/config/contain_readers.h"
#include "core/config/tell_readers.h"
#include "core/config/values.h"
#include "core/mail/address.h"
#include "core/reading/kind_name.h"

namespace backstop::config {
namespace {

template <class Enum, std::size_t N>
Result<Enum> read_choice(const toml::node& node,
                         const std::pair<std::string_view, Enum> (&choices)[N]) {
  std::string form = "one of";
  const auto* text = node.as_string();
  for (const auto& [word, value] : choices) {
    if (text != nullptr && text->get() == word) return value;
    form += fmt::format(" \"{}\"", word);
  }
  return want(form);
}

Result<policy::Decision> read_action(const toml::node& node, policy::Decision hardest) {
  static constexpr std::pair<std::string_view, policy::Decision> kChoices[] = {
      {"accept", policy::Decision::Accept},
      {"mark", policy::Decision::Mark},
      {"quarantine", policy::Decision::Quarantine},
      {"refuse", policy::Decision::Refuse}};
  BS_TRY(const policy::Decision decision, read_choice(node, kChoices));
  if (decision > hardest) return want("one of \"accept\" \"mark\" \"quarantine\"");
  return decision;
}

Result<policy::Actions*> find_actions(Config& config, std::string_view name) {
  if (reading::parse_kind(name)) return &config.actions[std::string(name)];
  auto address = read_address(name);
  if (!address)
    return want("a kind or an address, as actions.\"bounce\" or actions.\"alice@example.com\"");
  return &config.actions[*address];
}

constexpr std::pair<std::string_view, policy::Mode> kModes[] = {{"off", policy::Mode::Off},
                                                                {"observe", policy::Mode::Observe},
                                                                {"enforce", policy::Mode::Enforce}};

Result<void> set_mode(Config& config, const Value& value) {
  BS_TRY(Domain* const domain, find_or_add(config, value.name));
  BS_TRY(domain->mode, read_choice(value.node, kModes));
  return {};
}

template <bool Domain::* kMember>
Result<void> set_flag(Config& config, const Value& value) {
  BS_TRY(Domain* const domain, find_or_add(config, value.name));
  BS_TRY(domain->*kMember, read_bool(value.node));
  return {};
}

Result<void> set_tag(Config& config, const Value& value) {
  static constexpr std::pair<std::string_view, std::optional<proof::TagStyle>> kChoices[] = {
      {"none", std::nullopt},
      {"prvs", proof::TagStyle::Prvs},
      {"subaddress", proof::TagStyle::SubAddress}};
  BS_TRY(Domain* const domain, find_or_add(config, value.name));
  BS_TRY(domain->tag, read_choice(value.node, kChoices));
  return {};
}

Result<void> set_tag_delimiter(Config& config, const Value& value) {
  BS_TRY(const std::string text, read_string(value.node));
  // What may set a detail off without quotes around the local part, and is neither part of a tag
  // nor a dot.
  if (text.size() != 1 ||
      std::string_view("+-_#!$%&'*/?^`{|}~").find(text.front()) == std::string_view::npos)
    return want("one character that sets sub-addresses off, as \"+\"");
  config.tags.delimiter = text.front();
  return {};
}

Result<void> set_tag_exempt_domains(Config& config, const Value& value) {
  BS_TRY(const std::vector<std::string> texts, read_strings(value.node));
  config.tags.exempt_domains.clear();
  for (const std::string& text : texts) {
    if (text.empty() || text.find('@') != std::string::npos) return want("names of domains");
    config.tags.exempt_domains.push_back(mail::canonical_domain(text));
  }
  return {};
}

Result<void> set_tag_exempt_senders(Config& config, const Value& value) {
  BS_TRY(config.tags.exempt_senders, read_addresses(value.node));
  return {};
}

Result<void> set_address_mode(Config& config, const Value& value) {
  BS_TRY(const std::string address, read_address(value.name));
  BS_TRY(config.address_modes[address], read_choice(value.node, kModes));
  return {};
}

Result<void> set_roles(Config& config, const Value& value) {
  BS_TRY(config.role_addresses, read_addresses(value.node));
  return {};
}

Result<void> set_never_sends(Config& config, const Value& value) {
  BS_TRY(config.never_sends, read_addresses(value.node));
  return {};
}

Result<void> set_inbound_relays(Config& config, const Value& value) {
  BS_TRY(config.relays.inbound, read_networks(value.node));
  return {};
}

Result<void> set_reinject(Config& config, const Value& value) {
  BS_TRY(config.relays.reinject, read_networks(value.node));
  return {};
}

Result<void> set_relays_forged(Config& config, const Value& value) {
  static constexpr std::pair<std::string_view, bool> kChoices[] = {{"quarantine", false},
                                                                   {"discard", true}};
  BS_TRY(config.relays.discard_forged, read_choice(value.node, kChoices));
  return {};
}

Result<void> set_relay_names(Config& config, const Value& value) {
  BS_TRY(const std::vector<std::string> texts, read_strings(value.node));
  config.relays.names.clear();
  for (const std::string& text : texts)
    config.relays.names.push_back(mail::canonical_domain(text));
  return {};
}

Result<void> set_strips_received(Config& config, const Value& value) {
  BS_TRY(config.relays.strips_received, read_bool(value.node));
  return {};
}

Result<void> set_peer(Config& config, const Value& value) {
  static constexpr std::pair<std::string_view, policy::Standing> kChoices[] = {
      {"untagged_valid", policy::Standing::UntaggedValid},
      {"never_judge", policy::Standing::NeverJudge}};
  Peer peer{.key = ascii::lower(value.name), .network = std::nullopt};
  if (peer.key.empty()) return want("a network, a host name, an address or a domain");
  BS_TRY(peer.standing, read_choice(value.node, kChoices));
  if (auto network = IpNetwork::parse(value.name)) peer.network = *network;
  std::erase_if(config.peers, [&](const Peer& old) { return old.key == peer.key; });
  config.peers.push_back(std::move(peer));
  return {};
}

Result<void> set_allow(Config& config, const Value& value) {
  BS_TRY(const std::string recipient, read_address(value.name));
  BS_TRY(const std::vector<std::string> senders, read_strings(value.node));
  std::vector<std::string>& allowed = config.allow[recipient];
  allowed.clear();
  for (const std::string& sender : senders) {
    if (sender.find('@') == std::string::npos) {
      allowed.push_back(mail::canonical_domain(sender));
    } else {
      BS_TRY(std::string address, read_address(sender));
      allowed.push_back(std::move(address));
    }
  }
  return {};
}

template <std::optional<policy::Decision> policy::Actions::* Verdict, policy::Decision Hardest>
Result<void> set_action(Config& config, const Value& value) {
  BS_TRY(policy::Actions* const actions, find_actions(config, value.name));
  BS_TRY(actions->*Verdict, read_action(value.node, Hardest));
  return {};
}

Result<void> set_dkim_directory(Config& config, const Value& value) {
  BS_TRY(config.dkim_directory, read_string(value.node));
  return {};
}

Result<void> set_dkim_opendkim(Config& config, const Value& value) {
  BS_TRY(config.dkim_opendkim, read_string(value.node));
  return {};
}

Result<void> set_coverage_dns(Config& config, const Value& value) {
  BS_TRY(config.coverage_asks_dns, read_bool(value.node));
  return {};
}

Result<void> set_dkim_dns(Config& config, const Value& value) {
  BS_TRY(config.dkim_asks_dns, read_bool(value.node));
  return {};
}

Result<void> set_store_directory(Config& config, const Value& value) {
  BS_TRY(config.store_directory, read_string(value.node));
  return {};
}

Result<void> set_store_partial(Config& config, const Value& value) {
  BS_TRY(config.store_is_partial, read_bool(value.node));
  return {};
}

Result<void> set_history_days(Config& config, const Value& value) {
  BS_TRY(const std::int64_t days, read_number(value.node, 1, 400));
  config.history_days = static_cast<unsigned>(days);
  return {};
}

Result<void> set_quarantine_days(Config& config, const Value& value) {
  BS_TRY(const std::int64_t days, read_number(value.node, 1, 400));
  config.quarantine_days = static_cast<unsigned>(days);
  return {};
}

Result<void> set_quarantine_postmaster(Config& config, const Value& value) {
  BS_TRY(const std::string text, read_string(value.node));
  BS_TRY(config.quarantine_postmaster, read_address(text));
  return {};
}

Result<void> set_quarantine_notify(Config& config, const Value& value) {
  BS_TRY(config.quarantine_notifies, read_bool(value.node));
  return {};
}

Result<void> set_history_rows(Config& config, const Value& value) {
  BS_TRY(const std::int64_t rows, read_number(value.node, 1000, 100'000'000));
  config.history_rows = static_cast<std::size_t>(rows);
  return {};
}

Result<void> set_mail_logs(Config& config, const Value& value) {
  BS_TRY(config.mail_logs, read_strings(value.node));
  return {};
}

Result<void> set_signing_since(Config& config, const Value& value) {
  BS_TRY(Domain* const domain, find_or_add(config, value.name));
  BS_TRY(domain->signing_since, read_instant(value.node));
  return {};
}

Result<void> set_forced_until(Config& config, const Value& value) {
  BS_TRY(Domain* const domain, find_or_add(config, value.name));
  BS_TRY(domain->forced_until, read_instant(value.node));
  return {};
}

Result<void> set_coverage(Config& config, const Value& value) {
  static constexpr std::pair<std::string_view, policy::Coverage> kChoices[] = {
      {"unknown", policy::Coverage::Unknown},
      {"partly", policy::Coverage::Partly},
      {"covered", policy::Coverage::Covered}};
  BS_TRY(Domain* const domain, find_or_add(config, value.name));
  BS_TRY(domain->coverage, read_choice(value.node, kChoices));
  domain->unknown_is_said = domain->coverage == policy::Coverage::Unknown;
  return {};
}

Result<void> set_own_networks(Config& config, const Value& value) {
  BS_TRY(config.own_networks, read_networks(value.node));
  return {};
}

Result<void> set_milter_listen(Config& config, const Value& value) {
  BS_TRY(config.milter_listen, read_endpoints(value.node));
  return {};
}

template <std::vector<Endpoint> Doors::* door>
Result<void> set_door(Config& config, const Value& value) {
  BS_TRY(config.doors.*door, read_endpoints(value.node));
  return {};
}

Result<void> set_milter_threads(Config& config, const Value& value) {
  BS_TRY(config.milter_threads, read_threads(value.node));
  return {};
}

Result<void> set_door_threads(Config& config, const Value& value) {
  BS_TRY(config.doors.threads, read_threads(value.node));
  return {};
}

Result<void> set_socket_mode(Config& config, const Value& value) {
  BS_TRY(config.milter_socket_mode, read_mode(value.node));
  return {};
}

Result<void> set_door_mode(Config& config, const Value& value) {
  BS_TRY(config.doors.socket_mode, read_mode(value.node));
  return {};
}

Result<void> set_keys_directory(Config& config, const Value& value) {
  BS_TRY(config.keys_directory, read_path(value.node, "the path of a directory"));
  return {};
}

Result<void> set_lifetime(Config& config, const Value& value) {
  BS_TRY(const std::string text, read_string(value.node));
  BS_TRY(const Seconds lifetime, parse_duration(text));
  if (lifetime < Days(1) || lifetime > Days(90)) return want("a duration from 1d to 90d");
  config.lifetime = lifetime;
  return {};
}

Result<void> set_authserv_id(Config& config, const Value& value) {
  BS_TRY(std::string text, read_string(value.node));
  const bool token = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < '\x7f' && c != ';' && c != '"' && c != '(' && c != ')';
  });
  if (!token) return want("the name of this host, as \"mx.example.com\"");
  config.authserv_id = std::move(text);
  return {};
}

Result<void> set_log_target(Config& config, const Value& value) {
  static constexpr std::pair<std::string_view, LogTarget> kChoices[] = {
      {"stderr", LogTarget::Stderr}, {"syslog", LogTarget::Syslog}};
  BS_TRY(config.log_target, read_choice(value.node, kChoices));
  return {};
}

Result<void> set_log_level(Config& config, const Value& value) {
  static constexpr std::pair<std::string_view, LogLevel> kChoices[] = {
      {"debug", LogLevel::Debug},
      {"info", LogLevel::Info},
      {"warning", LogLevel::Warning},
      {"error", LogLevel::Error}};
  BS_TRY(config.log_level, read_choice(value.node, kChoices));
  return {};
}

using enum policy::Decision;

constexpr Reader kReaders[] = {
    {"authserv_id", set_authserv_id},
    {"networks.own", set_own_networks},
    {"domains.*.mode", set_mode},
    {"domains.*.forced_until", set_forced_until},
    {"domains.*.signing_since", set_signing_since},
    {"domains.*.coverage", set_coverage},
    {"domains.*.sends_mail", set_flag<&Domain::sends_mail>},
    {"domains.*.tag", set_tag},
    {"domains.*.envid", set_flag<&Domain::envid>},
    {"addresses.roles", set_roles},
    {"addresses.never_sends", set_never_sends},
    {"addresses.tag_exempt_senders", set_tag_exempt_senders},
    {"addresses.*.mode", set_address_mode},
    {"tags.delimiter", set_tag_delimiter},
    {"tags.exempt_domains", set_tag_exempt_domains},
    {"relays.inbound", set_inbound_relays},
    {"relays.reinject", set_reinject},
    {"relays.forged", set_relays_forged},
    {"relays.names", set_relay_names},
    {"relays.strips_received", set_strips_received},
    {"peers.*.treat", set_peer},
    {"allow.*", set_allow},
    {"actions.*.late", set_action<&policy::Actions::late, Quarantine>},
    {"actions.*.replayed", set_action<&policy::Actions::replayed, Refuse>},
    {"actions.*.unproven", set_action<&policy::Actions::unproven, Refuse>},
    {"actions.*.forged", set_action<&policy::Actions::forged, Refuse>},
    {"proofs.lifetime", set_lifetime},
    {"keys.directory", set_keys_directory},
    {"dkim.directory", set_dkim_directory},
    {"dkim.opendkim", set_dkim_opendkim},
    {"coverage.dns", set_coverage_dns},
    {"dkim.dns", set_dkim_dns},
    {"store.directory", set_store_directory},
    {"store.partial", set_store_partial},
    {"history.days", set_history_days},
    {"history.rows", set_history_rows},
    {"quarantine.days", set_quarantine_days},
    {"quarantine.postmaster", set_quarantine_postmaster},
    {"quarantine.notify", set_quarantine_notify},
    {"sample.per_minute", set_sample_rate},
    {"sample.megabytes", set_sample_megabytes},
    {"limits.unproven_per_hour", set_unproven_rate},
    {"logs.mail", set_mail_logs},
    {"milter.listen", set_milter_listen},
    {"milter.socket_mode", set_socket_mode},
    {"milter.threads", set_milter_threads},
    {"doors.socketmap", set_door<&Doors::socketmap>},
    {"doors.policy", set_door<&Doors::policy>},
    {"doors.line", set_door<&Doors::line>},
    {"doors.rspamd", set_door<&Doors::rspamd>},
    {"doors.socket_mode", set_door_mode},
    {"doors.threads", set_door_threads},
    {"metrics.listen", set_metrics_listen},
    {"metrics.socket_mode", set_metrics_mode},
    {"metrics.file", set_metrics_file},
    {"canary.listener", set_canary_listener},
    {"canary.interval", set_canary_interval},
    {"canary.recipient", set_canary_recipient},
    {"canary.client", set_canary_client},
    {"alarms.command", set_alarm_command},
    {"alarms.webhook", set_alarm_webhook},
    {"alarms.webhook_secret", set_alarm_secret},
    {"alarms.webhook_ca", set_alarm_ca},
    {"feed.header", set_feed_header},
    {"feed.file", set_feed_file},
    {"feed.socket", set_feed_socket},
    {"feed.socket_mode", set_feed_socket_mode},
    {"feed.webhook", set_feed_webhook},
    {"feed.webhook_secret", set_feed_secret},
    {"feed.webhook_ca", set_feed_ca},
    {"log.to", set_log_target},
    {"log.level", set_log_level}};

}  // namespace

std::span<const Reader> readers() {
  return kReaders;
}

Result<Domain*> find_or_add(Config& config, std::string_view name) {
  const std::string canonical = mail::canonical_domain(name);
  // It is written into other programs' configurations as well.
  if (canonical.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") != std::string::npos ||
      canonical.empty() || canonical.front() == '.' || canonical.find("..") != std::string::npos)
    return want("the name of a domain, as domains.\"example.com\"");
  Domain& domain = config.domains[canonical];
  domain.name = canonical;
  return &domain;
}

}  // namespace backstop::config
