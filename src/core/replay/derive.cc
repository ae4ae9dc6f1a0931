#include "core/replay/derive.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/transaction/judge.h"

namespace backstop::replay {
namespace {

using policy::SigningAge;
using policy::Standing;
using transaction::HistoryRow;

bool contains(const std::vector<IpNetwork>& networks, const IpAddress& address) {
  return std::ranges::any_of(networks,
                             [&](const IpNetwork& network) { return network.contains(address); });
}

// Names and networks of peers, with how they are treated.
std::set<std::pair<std::string, Standing>> peers_of(const config::Config& config, bool by_network) {
  std::set<std::pair<std::string, Standing>> out;
  for (const config::Peer& peer : config.peers)
    if (peer.network.has_value() == by_network) out.emplace(peer.key, peer.standing);
  return out;
}

std::set<std::string> texts_of(const std::vector<IpNetwork>& networks) {
  std::set<std::string> out;
  for (const IpNetwork& network : networks)
    out.insert(network.text());
  return out;
}

// Of every domain one trait.
template <class Trait>
bool differs(const config::Config& before, const config::Config& next, Trait config::Domain::* of) {
  return std::ranges::any_of(next.domains, [&](const auto& named) {
    const config::Domain* const old = before.find_domain(named.first);
    return named.second.*of != (old == nullptr ? config::Domain{}.*of : old->*of);
  });
}

bool is_peer_standing(Standing standing) {
  return standing == Standing::UntaggedValid || standing == Standing::NeverJudge;
}

}  // namespace

std::string_view name_of(Unknown unknown) {
  switch (unknown) {
    case Unknown::Facts:
      return "facts";
    case Unknown::Recipient:
      return "recipient";
    case Unknown::NotJudged:
      return "not-judged";
    case Unknown::From:
      return "from";
    case Unknown::Relay:
      return "relay";
    case Unknown::Signing:
      return "signing";
    case Unknown::Store:
      return "store";
  }
  BS_ASSERT(false);
}

std::string_view sentence_of(Unknown unknown) {
  switch (unknown) {
    case Unknown::Facts:
      return "their facts are not kept or are of another version; they were not judged again";
    case Unknown::Recipient:
      return "went to recipients that the row does not tell apart; for those the facts of then "
             "stand";
    case Unknown::NotJudged:
      return "had a recipient that was not judged then, so nothing is known to judge it by";
    case Unknown::From:
      return "might have come from a peer or an allowed sender by name; of foreign senders only a "
             "hash is kept, and of From: nothing";
    case Unknown::Relay:
      return "might have come by a relay; the row tells the client before it";
    case Unknown::Signing:
      return "answer an original whose date is not kept; whether it was signed stands as it was";
    case Unknown::Store:
      return "could not ask the ledger then; whether it was away or one of several is not kept";
  }
  BS_ASSERT(false);
}

Derivation::Derivation(const config::Config& before, const config::Config& next,
                       const proof::SentHasher* hasher)
    : before_(before), next_(next), hasher_(hasher) {
  peers_by_name_differ_ = peers_of(before, false) != peers_of(next, false);
  asks_peers_ = peers_by_name_differ_ || peers_of(before, true) != peers_of(next, true);
  for (const auto& [recipient, senders] : next.allow) {
    const auto old = before.allow.find(recipient);
    if (old == before.allow.end() || old->second != senders) allow_differs_.insert(recipient);
  }
  asks_allow_ = !allow_differs_.empty();
  const auto old_relays = texts_of(before.relays.inbound);
  const auto new_relays = texts_of(next.relays.inbound);
  asks_relays_ = old_relays != new_relays;
  keeps_relays_ = std::ranges::includes(new_relays, old_relays);
  asks_when_ = differs(before, next, &config::Domain::signing_since);

  const auto note = [&](bool differ, std::string_view key) {
    if (differ) not_replayed_.push_back(key);
  };
  note(texts_of(before.own_networks) != texts_of(next.own_networks), "networks.own");
  note(texts_of(before.relays.reinject) != texts_of(next.relays.reinject), "relays.reinject");
  note(before.relays.names != next.relays.names, "relays.names");
  note(before.relays.strips_received != next.relays.strips_received, "relays.strips_received");
  note(before.tags.delimiter != next.tags.delimiter, "tags.delimiter");
  note(differs(before, next, &config::Domain::tag), "domains.*.tag");
  note(before.lifetime != next.lifetime, "proofs.lifetime");
  note(before.keys_directory != next.keys_directory, "keys.directory");
  note(before.dkim_directory != next.dkim_directory, "dkim.directory");
  note(before.dkim_opendkim != next.dkim_opendkim, "dkim.opendkim");
  note(before.dkim_asks_dns != next.dkim_asks_dns, "dkim.dns");
  note(before.unproven_per_hour != next.unproven_per_hour, "limits.unproven_per_hour");
  note(before.store_directory != next.store_directory, "store.directory");
}

// By envelope, and as far as the row can tell: true is certain, false is not.
bool Derivation::sent_by(const HistoryRow& row, std::string_view name) const {
  if (row.sender.empty()) return false;
  if (name.find('@') == name.npos) {
    const std::size_t at = row.sender.rfind('@');
    return at != row.sender.npos && mail::canonical_domain(row.sender.substr(at + 1)) == name;
  }
  const auto address = mail::parse_path(name);
  if (!address) return false;
  return row.sender == transaction::shown_address(*address, false, hasher_) ||
         ascii::equals_folded(row.sender, name);
}

Derivation::Match Derivation::find_match(const config::Config& config, const HistoryRow& row,
                                         const mail::Address& recipient) const {
  if (const auto allowed = config.allow.find(mail::canonical(recipient));
      allowed != config.allow.end()) {
    const bool named = std::ranges::any_of(
        allowed->second, [&](const std::string& name) { return sent_by(row, name); });
    if (named) return {.found = true, .standing = Standing::NeverJudge};
  }
  const auto client = IpAddress::parse(row.client);
  for (const config::Peer& peer : config.peers) {
    const bool is_it = peer.network ? client && peer.network->contains(*client)
                                    : !client && ascii::equals_folded(peer.key, row.client);
    if (is_it) return {.found = true, .standing = peer.standing};
  }
  return {};
}

// Whether the policies differ in something that only From: or a name could tell.
bool Derivation::may_match_by_name(const std::string& recipient) const {
  return peers_by_name_differ_ || allow_differs_.contains(recipient);
}

Standing Derivation::derive_standing(const HistoryRow& row, Standing was,
                                     const mail::Address& recipient, Unknowns& unknowns) const {
  if (!asks_who_sends()) return was;
  const Match match = find_match(next_, row, recipient);
  if (match.found) return match.standing;
  if (may_match_by_name(mail::canonical(recipient))) {
    unknowns.add(Unknown::From);
    return was;
  }
  if (is_peer_standing(was)) {
    // By name, which says the same still; or by a network that is no peer any more.
    if (!find_match(before_, row, recipient).found) return was;
    if (before_.relays.inbound.empty() && next_.relays.inbound.empty()) return Standing::Stranger;
    unknowns.add(Unknown::Relay);
    return was;
  }
  if (was == Standing::Relay) {
    if (!keeps_relays_) unknowns.add(Unknown::Relay);
    return was;
  }
  const auto client = IpAddress::parse(row.client);
  return client && contains(next_.relays.inbound, *client) ? Standing::Relay : was;
}

SigningAge Derivation::derive_signing(const HistoryRow& row, SigningAge was,
                                      const config::Domain& domain, Unknowns& unknowns) const {
  const config::Domain* const old = before_.find_domain(domain.name);
  if (old != nullptr && old->signing_since == domain.signing_since) return was;
  if (!domain.signing_since || row.at < *domain.signing_since) return SigningAge::NeverStarted;
  const bool young = row.at < *domain.signing_since + next_.lifetime;
  // In a gap or not was asked before whether it is older than all signing.
  if (!young && was == SigningAge::Signed) return was;
  if (!young && was == SigningAge::InGap) return was;
  unknowns.add(Unknown::Signing);
  return was;
}

bool Derivation::is_refused_at_rcpt(const HistoryRow& row, const config::Domain& domain,
                                    const mail::Address& recipient, Derived& derived) const {
  const policy::Facts& facts = derived.facts;
  const bool asked = facts.mode == policy::Mode::Enforce && facts.keys == policy::Keys::Signing &&
                     facts.standing == Standing::Stranger;
  if (!asked) return false;
  if (domain.tag && facts.tag == proof::ProofResult::Invalid) {
    derived.reason = policy::Reason::InvalidTag;
    return true;
  }
  const bool proved =
      facts.tag == proof::ProofResult::Valid || facts.tag == proof::ProofResult::Late;
  if (!row.sender.empty() || proved || facts.recipient != policy::RecipientClass::Ordinary)
    return false;
  derived.reason = policy::Reason::SendsNoMail;
  if (!domain.sends_mail) return true;
  return facts.attack != policy::Attack::Peace && facts.coverage == policy::Coverage::Covered &&
         std::ranges::find(next_.never_sends, mail::canonical(recipient)) !=
             next_.never_sends.end();
}

Derived Derivation::derive(const HistoryRow& row, const policy::Facts& was,
                           const mail::Address& recipient, Unknowns& unknowns) const {
  Derived out{.facts = was};
  const policy::Mode mode = next_.mode_of(recipient);
  if (mode == policy::Mode::Off) {
    out.facts = {.mode = policy::Mode::Off};
    return out;
  }
  if (was.mode == policy::Mode::Off) {
    unknowns.add(Unknown::NotJudged);
    return out;
  }
  const config::Domain* const domain = next_.find_domain(mail::canonical_domain(recipient.domain));
  BS_ASSERT(domain != nullptr);
  const config::Domain* const old = before_.find_domain(domain->name);
  policy::Facts& facts = out.facts;
  facts.mode = mode;
  facts.actions = next_.actions_of(recipient, facts.kind);
  facts.recipient = transaction::class_of(next_, recipient);
  facts.standing = derive_standing(row, was.standing, recipient, unknowns);
  facts.relay_discards = facts.standing == Standing::Relay && next_.relays.discard_forged;
  if (old == nullptr || old->coverage != domain->coverage) facts.coverage = domain->coverage;
  facts.signing = derive_signing(row, was.signing, *domain, unknowns);
  if (before_.store_is_partial != next_.store_is_partial) {
    if (next_.store_is_partial && facts.ledger == proof::ProofResult::Absent)
      facts.ledger = proof::ProofResult::Unavailable;
    else if (!next_.store_is_partial && facts.ledger == proof::ProofResult::Unavailable)
      unknowns.add(Unknown::Store);
  }
  out.is_refused_at_rcpt = is_refused_at_rcpt(row, *domain, recipient, out);
  return out;
}

}  // namespace backstop::replay
