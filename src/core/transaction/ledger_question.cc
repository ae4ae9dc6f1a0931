#include "core/transaction/ledger_question.h"

#include <algorithm>
#include <string_view>

#include "core/base/feed_limits.h"
#include "core/base/limits.h"
#include "core/transaction/origin.h"

namespace backstop::transaction {
namespace {

using proof::LedgerAnswer;
using proof::ProofResult;
using proof::SentEntry;
using proof::SentKey;
using reading::KindForm;

// How far the time of our own Received line may stand from what the ledger knows of its queue id:
// queue ids are used again.
constexpr std::chrono::hours kQueueIdSpan{24};

template <class T>
const T& at(const std::vector<T>& list, std::size_t index, const T& otherwise) {
  return index < list.size() ? list[index] : otherwise;
}

const std::optional<SentEntry>& entry_at(const std::vector<std::optional<SentEntry>>& list,
                                         std::size_t index) {
  static const std::optional<SentEntry> kNone;
  return at(list, index, kNone);
}

std::uint32_t count_at(const LedgerAnswer& answer, std::size_t index) {
  return at(answer.counters, index, std::uint32_t{0});
}

void append_new(std::vector<std::string_view>& list, std::string_view text, std::size_t most) {
  const bool wanted = !text.empty() && list.size() < most;
  if (wanted && std::ranges::find(list, text) == list.end()) list.push_back(text);
}

// What the answer returns comes first, then what it refers to.
std::vector<std::string_view> collect_message_ids(const reading::Reading& reading) {
  std::vector<std::string_view> ids;
  append_new(ids, reading.returned.message_id, limits::kLedgerMessageIds);
  for (const std::string& id : reading.references)
    append_new(ids, id, limits::kLedgerMessageIds);
  return ids;
}

// Who failed, or who answers: a report names its recipients; an answer comes from its writer.
std::vector<mail::Address> collect_parties(const Asked& asked) {
  std::vector<mail::Address> parties;
  const auto append = [&](mail::Address address) {
    const bool named = !address.local.empty() && !address.domain.empty();
    const bool known = std::ranges::find(parties, address) != parties.end();
    if (named && !known && parties.size() < limits::kLedgerParties)
      parties.push_back(std::move(address));
  };
  for (const reading::RecipientReport& report : asked.reading.recipients) {
    if (parties.size() == limits::kLedgerParties) break;
    if (auto original = mail::parse_path(report.original)) append(*std::move(original));
    if (auto address = mail::parse_path(report.address)) append(*std::move(address));
  }
  const bool answers = reading::form_of(asked.reading.kind) == KindForm::Answering ||
                       asked.reading.kind == reading::Kind::ReadReceipt;
  if (answers) {
    append(asked.header_from);
    append(asked.envelope);
  }
  return parties;
}

// Addresses of ours in the returned header that are no addressees: the sender of the original.
std::vector<mail::Address> collect_writers(const Asked& asked) {
  std::vector<mail::Address> writers;
  const reading::Returned& returned = asked.reading.returned;
  for (const auto* address : {&returned.return_path, &returned.from, &returned.sender}) {
    if (!address->has_value()) continue;
    const mail::Address& writer = **address;
    const bool known = std::ranges::find(asked.addressees, writer) != asked.addressees.end() ||
                       std::ranges::find(writers, writer) != writers.end();
    const bool ours = asked.config.find_domain(mail::canonical_domain(writer.domain)) != nullptr;
    if (ours && !known) writers.push_back(writer);
  }
  return writers;
}

}  // namespace

LedgerQuestion::LedgerQuestion(const Asked& asked, const proof::SentHasher& hasher, Instant now)
    : kind_(static_cast<unsigned>(asked.reading.kind)),
      addressees_(asked.addressees.size()),
      token_valid_(asked.token.result == ProofResult::Valid),
      token_issued_(asked.token.issued),
      returned_list_(asked.reading.returned.is_list) {
  const std::vector<mail::Address> parties = collect_parties(asked);
  named_parties_ = parties.size();
  for (const mail::Address& party : parties)
    parties_.push_back(hasher.address(party));
  // An answer that names nobody still counts, as nobody's.
  if (parties_.empty()) parties_.push_back(hasher.text(""));

  if (token_valid_) {
    candidates_.push_back(make_candidate(hasher, hasher.nonce(asked.token.nonce), query_));
    candidates_.back().by_token = true;
  }
  for (const std::string_view id : collect_message_ids(asked.reading)) {
    const SentKey key = hasher.message(id);
    query_.messages.push_back(key);
    candidates_.push_back(make_candidate(hasher, key, query_));
    candidates_.back().message = query_.messages.size() - 1;
  }
  for (const reading::Hop& hop : asked.reading.returned.hops) {
    if (query_.queue_ids.size() == limits::kLedgerMessageIds) break;
    if (hop.id.empty() || !hop.date || !is_our_host(asked.config, asked.client, hop.by)) continue;
    query_.queue_ids.push_back(hasher.queue_id(hop.id));
    hop_dates_.push_back(*hop.date);
  }
  for (const mail::Address& ours : asked.addressees) {
    if (query_.addressees.size() < limits::kLedgerQueryKeys)
      query_.addressees.push_back(hasher.address(ours));
  }
  ask_pairs(asked, hasher, now, parties);
  pair_keys_ = query_.pairs.size();
  if (asked.config.feed.tells()) ask_recipients(asked, hasher);
}

void LedgerQuestion::ask_pairs(const Asked& asked, const proof::SentHasher& hasher, Instant now,
                               const std::vector<mail::Address>& parties) {
  for (const mail::Address& ours : asked.addressees) {
    for (const mail::Address& party : parties) {
      // Each pair has a counter behind those of the messages: one that is not looked at would
      // count as never used.
      if (query_.counters.size() == limits::kLedgerQueryKeys) return;
      query_.pairs.push_back(hasher.pair(ours, party));
      week_counters_.push_back(query_.counters.size());
      query_.counters.push_back(proof::pair_week_counter(hasher, query_.pairs.back(), now));
    }
  }
  // An answer to another address of ours is about whom its original's sender wrote to.  These stand
  // for nothing by themselves: what is returned, anybody can write.
  for (const mail::Address& ours : collect_writers(asked)) {
    if (query_.pairs.size() + parties.size() > limits::kLedgerQueryKeys) return;
    for (const mail::Address& party : parties)
      query_.pairs.push_back(hasher.pair(ours, party));
  }
}

// A recipient counts as told only when this very message went there, and under the very text that
// the ledger holds: whoever has a header of ours can write any recipient beside it, and any beside
// one that is right.
void LedgerQuestion::ask_recipients(const Asked& asked, const proof::SentHasher& hasher) {
  for (const std::string_view id : collect_message_ids(asked.reading))
    ids_.emplace_back(id);
  returned_id_ = !asked.reading.returned.message_id.empty();
  if (!returned_id_) return;
  const auto& recipients = asked.reading.recipients;
  for (std::size_t i = 0; i < std::min(recipients.size(), limits::kFeedRecipients); ++i) {
    for (const std::string& text : {recipients[i].original, recipients[i].address}) {
      const auto address = mail::parse_path(text);
      if (!address || address->is_null()) continue;
      if (query_.pairs.size() >= limits::kLedgerQueryKeys) return;
      held_.push_back({.recipient = {.index = i, .address = text}, .pair = query_.pairs.size()});
      query_.pairs.push_back(hasher.recipient(query_.messages.front(), *address));
    }
  }
}

void LedgerQuestion::read_recipients(const LedgerAnswer& answer, const std::vector<bool>& in_date,
                                     LedgerFindings& out) const {
  for (std::size_t i = 0; i < ids_.size() && out.known_id.empty(); ++i)
    if (in_date[i]) out.known_id = ids_[i];
  if (!returned_id_ || in_date.empty() || !in_date.front()) return;
  for (const Held& held : held_) {
    const bool is_new = out.held.empty() || out.held.back().index != held.recipient.index;
    if (is_new && at(answer.pairs, held.pair, std::optional<Instant>()))
      out.held.push_back(held.recipient);
  }
}

LedgerQuestion::Candidate LedgerQuestion::make_candidate(const proof::SentHasher& hasher,
                                                         SentKey key,
                                                         proof::LedgerQuery& query) const {
  Candidate candidate;
  candidate.first_counter = query.counters.size();
  for (const SentKey party : parties_)
    candidate.parties.push_back(proof::make_use_counters(hasher, key, party, kind_));
  query.counters.push_back(candidate.parties.front().others);
  query.counters.push_back(candidate.parties.front().parties);
  for (const proof::UseCounters& counters : candidate.parties) {
    query.counters.push_back(counters.by_party);
    query.counters.push_back(counters.party);
  }
  return candidate;
}

// With the pairs of the first question once more: whom we wrote to has uses of its own.
proof::LedgerQuery LedgerQuestion::signature_query(const proof::SentHasher& hasher,
                                                   SentKey signature) {
  proof::LedgerQuery query;
  query.pairs.assign(query_.pairs.begin(),
                     query_.pairs.begin() + static_cast<std::ptrdiff_t>(pair_keys_));
  signature_ = make_candidate(hasher, signature, query);
  return query;
}

void LedgerQuestion::read_signature(const LedgerAnswer& answer, Instant now,
                                    DkimFindings& findings) const {
  std::size_t party = 0;
  proof::UseFacts facts = use_facts(signature_, answer, party);
  facts.is_list = returned_list_;
  if (proof::is_exhausted(facts)) {
    findings.used_up = true;
    return;
  }
  findings.uses = {.since = std::min(findings.signed_at.value_or(now), now),
                   .counters = proof::counters_to_raise(facts, signature_.parties[party])};
}

// The facts for the party that has most to say for the answer: one we wrote to with a share of its
// own left; else the first.  `party` becomes its index.
proof::UseFacts LedgerQuestion::use_facts(const Candidate& candidate, const LedgerAnswer& answer,
                                          std::size_t& party) const {
  proof::UseFacts best;
  for (std::size_t p = 0; p < candidate.parties.size(); ++p) {
    bool known = false;
    for (std::size_t i = p; p < named_parties_ && i < pair_keys_; i += named_parties_)
      known = known || at(answer.pairs, i, std::optional<Instant>()).has_value();
    const std::size_t first = candidate.first_counter;
    const proof::UseFacts facts{.counts = {.by_party = count_at(answer, first + 2 + 2 * p),
                                           .party = count_at(answer, first + 3 + 2 * p),
                                           .others = count_at(answer, first),
                                           .parties = count_at(answer, first + 1)},
                                .known_party = known,
                                .is_list = returned_list_,
                                .recipients = 1};
    const bool own_share = known && facts.counts.by_party < proof::kUsesPerParty;
    if (p == 0 || own_share) {
      best = facts;
      party = p;
    }
    if (own_share) break;
  }
  return best;
}

LedgerFindings LedgerQuestion::read(const LedgerAnswer& answer, Instant now,
                                    Seconds lifetime) const {
  LedgerFindings out;
  out.largest_header_bytes = answer.largest_header_bytes;
  out.pairs.assign(addressees_, policy::Pair::Absent);
  out.pair_uses.resize(addressees_);
  for (std::size_t i = 0; i < week_counters_.size(); ++i) {
    if (!at(answer.pairs, i, std::optional<Instant>())) continue;
    const std::size_t addressee = i / named_parties_;
    if (out.pairs[addressee] == policy::Pair::Known) continue;
    const bool used_up = count_at(answer, week_counters_[i]) >= proof::kUsesPerPairAndWeek;
    out.pairs[addressee] = used_up ? policy::Pair::UsedUp : policy::Pair::Known;
    if (!used_up)
      out.pair_uses[addressee] = {.since = now, .counters = {query_.counters[week_counters_[i]]}};
  }
  for (std::size_t i = 0; i < query_.queue_ids.size(); ++i) {
    const auto& entry = entry_at(answer.queue_ids, i);
    out.hint = out.hint || (entry && !entry->late &&
                            std::chrono::abs(entry->sent - hop_dates_[i]) <= kQueueIdSpan);
  }

  std::uint32_t recipients = 1;
  bool is_list = returned_list_;
  const auto in_date = [&](const std::optional<SentEntry>& entry) {
    return entry && !entry->late && now < entry->sent + lifetime;
  };
  std::vector<bool> known(query_.messages.size(), false);
  for (std::size_t i = 0; i < query_.messages.size(); ++i) {
    const auto& entry = entry_at(answer.messages, i);
    known[i] = in_date(entry);
    if (!entry) continue;
    if (in_date(entry)) {
      out.ledger = ProofResult::Valid;
      out.same_sender = out.same_sender || entry->same_sender;
      recipients = std::max(recipients, entry->recipient_count);
      is_list = is_list || entry->is_list;
    } else if (out.ledger == ProofResult::Absent) {
      out.ledger = ProofResult::Late;
    }
  }
  read_recipients(answer, known, out);
  // What has been answered too often stops to prove; it takes nothing from another message that is
  // named beside it, or a stolen Message-ID could burn every later message of its thread.
  bool ledger_stands = false;
  for (const Candidate& candidate : candidates_) {
    const auto& entry = entry_at(answer.messages, candidate.message);
    if (!candidate.by_token && !in_date(entry)) continue;
    std::size_t party = 0;
    proof::UseFacts facts = use_facts(candidate, answer, party);
    facts.recipients = recipients;
    facts.is_list = is_list;
    if (proof::is_exhausted(facts)) {
      out.token_used_up = out.token_used_up || candidate.by_token;
      continue;
    }
    ledger_stands = ledger_stands || !candidate.by_token;
    const auto raised = proof::counters_to_raise(facts, candidate.parties[party]);
    out.proof_uses.counters.insert(out.proof_uses.counters.end(), raised.begin(), raised.end());
    const Instant since = candidate.by_token ? token_issued_ : entry->sent;
    out.proof_uses.since = std::max(out.proof_uses.since, std::min(since, now));
  }
  if (out.ledger == ProofResult::Valid && !ledger_stands) out.ledger = ProofResult::Replayed;
  const bool lost = answer.lost_at && now < *answer.lost_at + lifetime;
  if (lost && out.ledger == ProofResult::Absent) out.ledger = ProofResult::Unavailable;
  return out;
}

LedgerFindings LedgerQuestion::away() const {
  LedgerFindings out;
  out.ledger = ProofResult::Unavailable;
  out.pairs.assign(addressees_, policy::Pair::Absent);
  out.pair_uses.resize(addressees_);
  return out;
}

}  // namespace backstop::transaction
