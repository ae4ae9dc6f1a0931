#include "core/watch/run_state.h"

#include <algorithm>

#include "core/watch/baseline.h"
#include "core/watch/features.h"

namespace backstop::watch {
namespace {

bool does_name(const JudgedMessage& message, std::string_view domain) {
  return message.names_us || std::ranges::any_of(message.link_hosts, [&](std::string_view host) {
           return is_within(host, domain);
         });
}

template <class Array>
void add_all(Array& to, const Array& from) {
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] += from[i];
}

void add_all(Tally& to, const Tally& from) {
  for (const Tallied& one : from.top(limits::kWatchRunNames).names)
    to.add(one.name, {}, one.n);
}

}  // namespace

bool HeldHashes::add(std::uint64_t hash, std::uint32_t times) {
  auto found = counts_.find(hash);
  if (found == counts_.end()) {
    if (is_closed_) return false;
    if (counts_.size() >= limits::kWatchRunAddresses) {
      std::erase_if(counts_, [](const auto& one) { return one.second < kHeldAddress; });
      is_closed_ = counts_.size() > limits::kWatchRunAddresses / 2;
      if (is_closed_) return false;
    }
    found = counts_.try_emplace(hash, 0).first;
  }
  const bool was_held = found->second >= kHeldAddress;
  found->second += std::min(times, 0xffff'ffff - found->second);
  return !was_held && found->second >= kHeldAddress;
}

void Run::count_answer(const Event& event, const EventKeys& keys, Second at) {
  if (first == 0 || at < first) first = at;
  last = std::max(last, at);
  if (const Second now = hour_of(at); now != hour) {
    hour = now;
    hour_count = 0;
  }
  busiest_hour = std::max(busiest_hour, ++hour_count);
  if (event.address == AddressState::Nonexistent) ++to_unknown;
  ++address_states.at(static_cast<std::size_t>(event.address));
  ++patterns.at(static_cast<std::size_t>(classify_local(event.local)));
  addresses.add(keys.address);
  clients.add(keys.client);
  few_addresses.add(keys.address, at);
  if (domains_seen.add(hash_address("", event.domain, 0), at)) ++domain_count;
  domains.add(event.domain);
  if (held_addresses.add(keys.address)) are_addresses_new = true;
}

void Run::count_message(const Event& event, const EventKeys& keys, Second at, bool has_features) {
  count_answer(event, keys, at);
  const JudgedMessage& message = *event.message;
  ++messages;
  if (has_features) ++returned;
  if (held_pairs.add(keys.pair)) are_addresses_new = true;
  ++kinds.at(static_cast<std::size_t>(message.kind));
  if (message.reason) ++reasons.at(static_cast<std::size_t>(*message.reason));
  if (message.language != "und") languages.add(message.language);
  for (const std::string_view domain : message.sender_domains) {
    if (domain != event.domain) siblings.add(domain);
  }
  const std::string client =
      message.source.empty() && event.client ? event.client->text() : std::string();
  const std::string_view source = message.source.empty() ? client : message.source;
  sources.add(source);
  if (message.source_knew) {
    ++source_knew;
    knowing_sources.add(source);
  }
  if (message.has_text || !message.link_hosts.empty()) {
    ++with_text;
    if (does_name(message, event.domain)) {
      ++names_us;
      naming_sites.add(keys.site, at);
    }
  }
  if (message.original_at) clock.add(to_second(*message.original_at), at, keys.site);
}

void Run::count_refused(const Event& event, const EventKeys& keys, Second at) {
  count_answer(event, keys, at);
  ++refused;
}

void Run::merge(const Run& other) {
  first = std::min(first, other.first);
  last = std::max(last, other.last);
  messages += other.messages;
  returned += other.returned;
  refused += other.refused;
  to_unknown += other.to_unknown;
  source_knew += other.source_knew;
  with_text += other.with_text;
  names_us += other.names_us;
  add_all(kinds, other.kinds);
  add_all(reasons, other.reasons);
  add_all(address_states, other.address_states);
  add_all(patterns, other.patterns);
  if (hour == other.hour) hour_count += other.hour_count;
  busiest_hour = std::max({busiest_hour, other.busiest_hour, hour_count});
  addresses.merge(other.addresses);
  clients.merge(other.clients);
  for (const auto& [hash, n] : other.held_addresses.all()) {
    held_addresses.add(hash, n);
    few_addresses.add(hash, other.last);
  }
  for (const auto& [hash, n] : other.held_pairs.all())
    held_pairs.add(hash, n);
  for (const Tallied& one : other.domains.top(limits::kWatchRunNames).names) {
    if (domains_seen.add(hash_address("", one.name, 0), other.last)) ++domain_count;
  }
  add_all(domains, other.domains);
  add_all(siblings, other.siblings);
  add_all(languages, other.languages);
  add_all(sources, other.sources);
  add_all(knowing_sources, other.knowing_sources);
  clock.merge(other.clock);
  are_marks_new = true;
}

}  // namespace backstop::watch
