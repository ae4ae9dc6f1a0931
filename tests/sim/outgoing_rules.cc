// The rules of mail on its way out.
#include <fmt/format.h>

#include <algorithm>

#include "sim/rules.h"

namespace backstop::sim {
namespace {

// Where mail is signed under: its sender, else who wrote it.
std::string owner_of(const Letter& letter) {
  if (!letter.sender.empty()) return letter.sender;
  for (const auto& [name, value] : letter.fields) {
    if (name == "From")
      return value.substr(value.find('<') + 1, value.rfind('>') - value.find('<') - 1);
  }
  return "";
}

bool asks_for_receipt(const Letter& letter) {
  return std::ranges::any_of(letter.fields, [](const auto& field) {
    return field.first == "Disposition-Notification-To";
  });
}

bool goes_to(const Letter& letter, const std::string& domain) {
  return std::ranges::any_of(letter.recipients, [&](const std::string& recipient) {
    return domain_part(recipient) == domain;
  });
}

}  // namespace

void Rules::check_outgoing(const Case& one) {
  const Outcome& outcome = one.outcome;
  hold<"mail of ours always goes out">(
      outcome.reply && outcome.reply->kind == transaction::ReplyKind::Accept && !outcome.held &&
      outcome.refused.empty() && outcome.deferred.empty());
  const auto tokens = std::ranges::count_if(
      outcome.inserted, [](const auto& field) { return field.first == "Backstop-Token"; });
  if (!outcome.permit_granted) {
    hold<"mail of ours goes out as it is when signing fails, and that is told">(
        outcome.inserted.empty() && !outcome.changed_sender && !outcome.recorded_sent &&
        !outcome.notes.empty() && one.record && !one.record->is_signed);
    return;
  }
  hold<"mail of ours has one token, at its top, and is recorded">(
      tokens == 1 && outcome.inserted.back().first == "Backstop-Token" &&
      outcome.inserted.back().second.size() == 56 && outcome.recorded_sent && one.record &&
      one.record->is_signed);
  const bool has_id = std::ranges::any_of(
      one.letter.fields, [](const auto& field) { return field.first == "Message-ID"; });
  hold<"mail of ours has a Message-ID, its own or one of ours">(
      outcome.inserted.size() == (has_id ? 1U : 2U) &&
      (has_id || outcome.inserted.front().first == "Message-ID"));
  const auto& keys = one.world.snapshot().surroundings.ring;
  const proof::Key* const key = keys->find(outcome.key);
  if (key != nullptr) {
    hold<"nothing is signed past the last emission of its key">(
        key->info().emits_until && outcome.issued <= *key->info().emits_until);
  }
  const SiteDomain* const domain = one.snapshot.site->domain_of(owner_of(one.letter));
  const bool wants_envid =
      domain->envid && !one.letter.sender.empty() && one.letter.envelope_id.empty();
  hold<"the token is the ENVID where its domain wants it, and the client gave none">(
      outcome.envelope_id == (wants_envid ? outcome.inserted.back().second : std::string()));
  check_tag(one);
}

void Rules::check_tag(const Case& one) {
  const Outcome& outcome = one.outcome;
  const std::string owner = owner_of(one.letter);
  const SiteDomain* const domain = one.snapshot.site->domain_of(owner);
  const bool wanted = domain->tag != "none" && !one.letter.sender.empty() && may_be_tagged(owner) &&
                      !asks_for_receipt(one.letter) &&
                      !goes_to(one.letter, one.snapshot.site->exempt_domain);
  hold<"a sender is tagged where its domain wants it, and nothing forbids it">(
      wanted == outcome.changed_sender.has_value(), owner);
  if (!wanted || !outcome.changed_sender) return;
  const std::string tagged = outcome.changed_sender->text();
  const auto day = std::chrono::floor<Days>(outcome.issued).time_since_epoch().count();
  const auto days = std::chrono::ceil<Days>(one.snapshot.site->lifetime).count();
  const std::string mark = fmt::format("prvs={}{:03}", outcome.key % 10, (day + days) % 1000);
  hold<"a tag tells its key and the day on which it expires">(
      tagged.find(mark) != std::string::npos, tagged);
  hold<"a local part with its tag has 64 octets at most">(local_part(tagged).size() <= 64, tagged);
  std::string& known = tags_[fmt::format("{} {} {} {} {}", owner, day, outcome.key, domain->tag,
                                         one.world.ring_number())];
  hold<"a sender has one tag a day">(known.empty() || known == tagged, tagged);
  known = tagged;
}

}  // namespace backstop::sim
