#include "sim/rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/transaction/history_row.h"

namespace backstop::sim {
namespace {

using policy::Attack;
using policy::Decision;
using policy::Verdict;
using transaction::ReplyKind;

constexpr Days kRowDays{21};           // A message is known with its recipients.
constexpr Days kFingerprintDays{100};  // Afterwards only that it was ours.
constexpr std::chrono::hours kSkew{25};
constexpr Days kTagSkew{1};
constexpr unsigned kOwnShare = 3;
constexpr unsigned kExplained = 7;  // 5 and 2 for the one recipient every message has.

bool is_harsh(const Outcome& outcome) {
  return outcome.reply &&
         (outcome.reply->kind == ReplyKind::Refuse || outcome.reply->kind == ReplyKind::Defer ||
          outcome.reply->kind == ReplyKind::Discard);
}
bool is_accepted(const Outcome& outcome) {
  return outcome.reply && outcome.reply->kind == ReplyKind::Accept && !outcome.held;
}

bool is_role(const std::string& address) {
  return std::ranges::find(role_addresses(), address) != role_addresses().end();
}
// SRS and the bounce addresses of lists here: whoever made them checks them.
bool is_rewritten(const std::string& address) {
  return address.starts_with("srs0=") || address.find("-bounces+") != std::string::npos;
}

// Whether what is decided about mail for it may be done.
bool is_enforced(const Snapshot& snapshot, const std::string& address) {
  const SiteDomain* const domain = snapshot.site->domain_of(address);
  return domain != nullptr && domain->enforces && !snapshot.surroundings.observes_only &&
         snapshot.surroundings.ring->emitting() != nullptr;
}

bool all(const std::vector<std::string>& addresses, auto&& holds) {
  return std::ranges::all_of(addresses, holds);
}

// Where it may be refused at its end, if anywhere.
bool may_refuse_at(const Snapshot& snapshot, const std::string& address) {
  return is_enforced(snapshot, address) && !is_role(address) && !is_rewritten(address);
}

bool knows_key(const Snapshot& snapshot, unsigned key) {
  return snapshot.surroundings.ring->find(static_cast<proof::KeyId>(key)) != nullptr;
}

struct Proofs {
  bool token = false;
  bool ledger = false;
  bool tag = false;
  bool any() const { return token || ledger || tag; }
};

// Those that are there, whole, and can be asked; of whatever age.
Proofs proofs_of(const Letter& letter, const Outcome& outcome, const Snapshot& snapshot) {
  const Truth& truth = letter.truth;
  const Sent& sent = *truth.sent;
  Proofs proofs;
  if (sent.ring != snapshot.ring_number) return proofs;
  const bool key = sent.has_token && knows_key(snapshot, sent.key);
  proofs.token = (truth.shows_token || truth.shows_envid) && key;
  // Nobody is told whether a tag is right who tried so many.
  proofs.tag = truth.shows_tag && key && !outcome.is_searching;
  proofs.ledger = truth.shows_message_id && sent.in_ledger && outcome.ledger_answered;
  return proofs;
}

}  // namespace

std::vector<std::string_view>& rule_names() {
  static std::vector<std::string_view> names;
  return names;
}

Rules::Rules() {
  for (const std::string_view name : rule_names())
    tried_.emplace(name, 0);
}

void Rules::note(std::string_view rule, bool held, const std::string& detail) {
  ++tried_.at(rule);
  if (held) return;
  complaints_.push_back(detail.empty() ? std::string(rule) : fmt::format("{} ({})", rule, detail));
}

void Rules::check(const Conversation& conversation, const World& world,
                  const std::vector<std::string>* rehearsed) {
  complaints_ = conversation.complaints();
  const Outcome& outcome = conversation.outcome();
  Case one{.letter = conversation.letter(),
           .outcome = outcome,
           .snapshot = conversation.snapshot(),
           .world = world};
  if (!outcome.records.empty()) one.record = &outcome.records.back();
  hold<"a message is recorded at most once">(outcome.records.size() <= 1);
  check_recipients(one);
  if (outcome.turned_away) return check_turned_away(one);
  if (outcome.aborted) return;
  if (rehearsed != nullptr)
    hold<"the same bytes in other pieces come out the same">(*rehearsed == outcome.effects);
  check_refusal(one);
  check_record(one);
  switch (one.letter.truth.what) {
    case Class::Outgoing:
      return check_outgoing(one);
    case Class::Answer:
      return check_answer(one);
    case Class::Twin:
      return check_twin(one);
    case Class::Stolen:
      return check_stolen(one);
    case Class::Innocent:
      return check_innocent(one);
  }
}

// All that was seen of it is its envelope.
void Rules::check_turned_away(const Case& one) {
  if (one.letter.truth.what == Class::Answer) check_answer(one);
  if (one.letter.truth.what == Class::Outgoing) check_outgoing(one);
}

void Rules::check_recipients(const Case& one) {
  const bool is_null = one.letter.sender.empty();
  for (const std::string& address : one.outcome.refused) {
    const SiteDomain* const domain = one.snapshot.site->domain_of(address);
    const bool idle =
        one.snapshot.surroundings.attack != Attack::Peace && address == never_sending_address();
    const Truth& truth = one.letter.truth;
    // With the keys that made them, tags are lost; for a lifetime afterwards nothing is enforced.
    const bool lost = truth.shows_tag && truth.sent->ring != one.snapshot.ring_number;
    const bool is_false = truth.has_false_tag && address == one.letter.recipients.front();
    if (domain->sends && (is_false || lost)) {
      hold<
          "a false tag is refused in enforce alone, where its domain has tags, and from strangers">(
          is_enforced(one.snapshot, address) && domain->tag != "none" &&
              one.letter.client != kRelayClient,
          address);
      continue;
    }
    hold<"only who never sends is refused at RCPT, and only answers, in enforce">(
        is_null && is_enforced(one.snapshot, address) && !is_role(address) &&
            (!domain->sends || idle),
        address);
  }
  check_search(one);
  if (!one.outcome.deferred.empty()) {
    hold<"answers alone come one recipient at a time, and only in enforce">(
        is_null && !one.outcome.taken.empty() &&
        all(one.outcome.deferred, [&](const auto& a) { return is_enforced(one.snapshot, a); }));
  }
}

void Rules::check_search(const Case& one) {
  if (!one.outcome.is_searching || !one.letter.truth.has_false_tag) return;
  const std::string& tagged = one.letter.recipients.front();
  // Some addresses are refused with a tag or without.
  if (!one.snapshot.site->domain_of(tagged)->sends || tagged.ends_with(never_sending_address()))
    return;
  hold<"who searches for tags is not told that one is wrong">(
      std::ranges::find(one.outcome.refused, tagged) == one.outcome.refused.end(), tagged);
}

void Rules::check_refusal(const Case& one) {
  const Outcome& outcome = one.outcome;
  const bool held = outcome.held.has_value();
  const bool observed = std::ranges::any_of(
      outcome.taken, [&](const auto& a) { return !is_enforced(one.snapshot, a); });
  if (observed) {
    hold<"in observe nothing is refused, thrown away or held back">(!is_harsh(outcome) && !held);
  }
  hold<"no message is put off">(!outcome.reply || outcome.reply->kind != ReplyKind::Defer);
  if (!outcome.reply) return;
  const bool from_relay = one.letter.client == kRelayClient;
  if (from_relay && one.letter.truth.what == Class::Twin) {
    hold<"what a relay of ours brings is never refused">(outcome.reply->kind != ReplyKind::Refuse);
  }
  const Verdict verdict = one.record ? one.record->judgement.verdict : Verdict::NotBackscatter;
  const bool fits = one.snapshot.surroundings.attack == Attack::Fits;
  if (outcome.reply->kind == ReplyKind::Discard) {
    hold<"only forged mail from a relay is thrown away, where that is configured">(
        from_relay && one.snapshot.site->discards_from_relay && verdict == Verdict::Forged);
  }
  if (outcome.reply->kind != ReplyKind::Refuse) return;
  hold<"only answers are refused at their end">(one.letter.truth.what != Class::Innocent &&
                                                one.letter.truth.what != Class::Outgoing);
  hold<"in peace only what is forged is refused">(fits || verdict == Verdict::Forged);
  const bool hinted = one.record && one.record->judgement.row == 7;
  hold<
      "in an attack only what is forged or replayed, or returned enough beside a hint, is refused">(
      verdict == Verdict::Forged || verdict == Verdict::Replayed || hinted);
  hold<"nothing is refused at a role or rewritten address">(
      all(outcome.taken, [&](const auto& a) { return may_refuse_at(one.snapshot, a); }));
  hold<"what is refused is not changed">(outcome.inserted.empty() && outcome.removed.empty());
}

void Rules::check_answer(const Case& one) {
  const Truth& truth = one.letter.truth;
  const Sent& sent = *truth.sent;
  const Outcome& outcome = one.outcome;
  const Seconds lifetime = one.snapshot.site->lifetime;
  const Seconds age = outcome.judged_at - sent.at;
  const Attack attack = one.snapshot.surroundings.attack;
  const Verdict verdict = one.record ? one.record->judgement.verdict : Verdict::NotBackscatter;
  const Proofs proofs = proofs_of(one.letter, outcome, one.snapshot);
  const auto of_party = sent.answers_of.find(truth.party + " " + truth.kind);
  const unsigned before = of_party == sent.answers_of.end() ? 0 : of_party->second;
  // Whom a tag is for cannot be told without its key, nor then to whom it wrote.
  const bool addressed =
      truth.shows_writer && (!truth.shows_tag || knows_key(one.snapshot, sent.key));
  const bool pair_known = truth.knows_party && sent.in_ledger && outcome.ledger_answered &&
                          addressed && age < kRowDays && sent.ring == one.snapshot.ring_number;
  const bool explained = sent.answers < kExplained || (pair_known && before < kOwnShare);
  const std::string detail = fmt::format("{} of {} s, verdict {}, {} answers before", truth.kind,
                                         age.count(), policy::name_of(verdict), sent.answers);
  if (age <= lifetime) {
    const bool used_up = verdict == Verdict::Replayed && attack == Attack::Fits && !explained;
    hold<"no genuine answer within its lifetime is refused or thrown away">(
        used_up || (!is_harsh(outcome) && outcome.refused.empty()), detail);
  }
  const bool in_date =
      age < lifetime && ((proofs.token && age >= -kSkew) || (proofs.ledger && age < kRowDays) ||
                         (proofs.tag && age >= -kTagSkew));
  if (in_date && explained) {
    hold<"a genuine answer with a proof in date is taken as genuine">(
        is_accepted(outcome) && verdict == Verdict::Genuine, detail);
  }
  if (pair_known && before < kOwnShare && in_date && sent.answers >= kExplained) {
    hold<"nobody can use up the answers of those we wrote to">(verdict == Verdict::Genuine, detail);
  }
  if (age > lifetime && age <= kFingerprintDays && proofs.any() && explained) {
    const bool is_late = verdict == Verdict::Late || verdict == Verdict::Genuine;
    hold<"what is ours and too old is late, and taken in peace">(
        is_late && (attack == Attack::Fits || is_accepted(outcome)) && !is_harsh(outcome), detail);
  }
  if (one.record && truth.what == Class::Answer) {
    hold<"an answer is recognised for what it is">(
        reading::name_of(one.record->kind) == truth.kind,
        fmt::format("{} read as {}", truth.kind, reading::name_of(one.record->kind)));
  }
}

void Rules::check_stolen(const Case& one) {
  Sent& sent = *one.letter.truth.sent;
  const Verdict verdict = one.record ? one.record->judgement.verdict : Verdict::NotBackscatter;
  if (!one.outcome.ledger_answered) return;
  if (verdict == Verdict::Genuine) {
    const bool by_token = one.record->judgement.reasons.front() == policy::Reason::ValidToken;
    ++(by_token ? sent.stolen_token : sent.stolen_id);
  }
  const std::size_t most = sent.is_list ? 5000 : 5 + 2 * sent.recipients.size();
  // Each proof is counted by itself: one may have served while the other's key was away.
  hold<"a stolen proof serves no more often than its message explains">(
      sent.stolen_token <= most && sent.stolen_id <= most,
      fmt::format("{} and {} times, {} recipients", sent.stolen_token, sent.stolen_id,
                  sent.recipients.size()));
  if (verdict == Verdict::Replayed) {
    hold<"what is replayed is refused in an attack alone">(
        one.snapshot.surroundings.attack == Attack::Fits || !is_harsh(one.outcome));
  }
}

void Rules::check_twin(const Case& one) {
  const Outcome& outcome = one.outcome;
  const Verdict verdict = one.record ? one.record->judgement.verdict : Verdict::NotBackscatter;
  hold<"nothing proves a twin">(
      verdict != Verdict::Genuine && verdict != Verdict::Late,
      one.record ? fmt::format("{}", policy::name_of(one.record->judgement.reasons.front())) : "");
  const unsigned copied = one.letter.truth.copied_key;
  const bool asked = outcome.ledger_answered && outcome.key_answered &&
                     (copied == 0 || knows_key(one.snapshot, copied));
  const bool judged = all(outcome.taken, [&](const std::string& address) {
    const SiteDomain* const domain = one.snapshot.site->domain_of(address);
    return domain->covered && may_refuse_at(one.snapshot, address);
  });
  if (!one.letter.truth.has_no_excuse || !asked || !judged) return;
  if (one.letter.client == kRelayClient) {
    hold<"a twin that a relay brings is held back or thrown away">(
        outcome.held || (outcome.reply && outcome.reply->kind == ReplyKind::Discard));
    return;
  }
  hold<"a twin that returned enough is refused">(
      outcome.reply && outcome.reply->kind == ReplyKind::Refuse && outcome.reply->code == 550,
      fmt::format("{}: {}", one.letter.truth.kind, policy::name_of(verdict)));
}

void Rules::check_innocent(const Case& one) {
  const Outcome& outcome = one.outcome;
  const Truth& truth = one.letter.truth;
  hold<"mail that answers nothing is taken">(is_accepted(outcome));
  const auto removed = [&](std::string_view name) {
    return std::ranges::count_if(outcome.removed, [&](const auto& r) { return r.first == name; });
  };
  hold<"fields that claim to be ours are removed, and no others">(
      removed("Backstop-Verdict") == truth.false_verdicts &&
      removed("Authentication-Results") == truth.false_results &&
      outcome.removed.size() == truth.false_verdicts + truth.false_results);
  if (one.record == nullptr) {
    hold<"ordinary mail gets no field of ours">(outcome.inserted.empty());
  } else {
    hold<"mail that answers nothing has no verdict but that">(
        one.record->judgement.verdict == Verdict::NotBackscatter,
        std::string(reading::name_of(one.record->kind)));
  }
}

void Rules::check_record(const Case& one) {
  if (one.record == nullptr) return;
  const std::string line = transaction::render_log_line(*one.record, "4LOG");
  hold<"a log line is one line of printable text">(
      std::ranges::all_of(line, [](char c) { return c >= ' ' && c != 0x7f; }), line);
  const transaction::HistoryRow row = transaction::make_history_row(*one.record, "4LOG");
  std::vector<std::string> named = row.recipients;
  named.push_back(row.sender);
  hold<"the history names no stranger">(all(named, [&](const std::string& name) {
    return name.empty() || name.front() == '#' || one.snapshot.site->domain_of(name);
  }));
  if (one.record->direction != transaction::Direction::Inbound) return;
  const auto again = transaction::recompute(row);
  hold<"a decision can be computed again from its row">(
      again && again->verdict == one.record->judgement.verdict &&
      again->decision == one.record->judgement.decision &&
      again->reasons == one.record->judgement.reasons);
  const auto verdicts = std::ranges::count_if(
      one.outcome.inserted, [](const auto& field) { return field.first == "Backstop-Verdict"; });
  const bool gone = is_harsh(one.outcome);
  hold<"what is judged and taken has one verdict, at its top">(
      gone ? verdicts == 0
           : verdicts == 1 && one.outcome.inserted.back().first == "Backstop-Verdict");
}

}  // namespace backstop::sim
