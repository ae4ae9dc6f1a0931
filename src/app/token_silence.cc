#include "app/token_silence.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "core/base/base32.h"
#include "core/base/ip.h"

namespace backstop::app {
namespace {

constexpr Days kSilence{1};
// One who answers without the token may cut headers, or copy Message-IDs of ours from an archive;
// so many that have nothing to do with each other are our own loss.
constexpr std::size_t kParties = TokenSilence::kPartiesKept;
// Where so much is sent some of it bounces, be it two of a thousand, so that twenty answers which
// are all forged are no chance.
constexpr std::uint64_t kAnswers = 20;
constexpr std::uint64_t kLetters = 5000;
// The network of a party: a /24, or a /48 of IPv6.
constexpr std::size_t kNetworkBytesV4 = 3;
constexpr std::size_t kNetworkBytesV6 = 6;

bool is_authentic(proof::ProofResult result) {
  return result == proof::ProofResult::Valid || result == proof::ProofResult::Late ||
         result == proof::ProofResult::Replayed;
}

// It answers what came by us, and so left with a token.  A DKIM signature says no such thing: mail
// of before Backstop has one, and mail that an uncovered path sends.
bool lacks_its_token(const policy::Facts& facts) {
  return facts.returned == policy::ReturnedShape::Enough &&
         facts.ledger == proof::ProofResult::Valid &&
         facts.signing != policy::SigningAge::BeforeSigning &&
         facts.signing != policy::SigningAge::InGap;
}

std::optional<proof::SentKey> find_party(const transaction::Record& record) {
  const auto address = IpAddress::parse(record.client);
  if (!address || record.hasher == nullptr) return std::nullopt;
  const bool is_v4 = address->family() == IpAddress::Family::V4;
  return record.hasher->text(
      encode_hex(std::span(address->bytes()).first(is_v4 ? kNetworkBytesV4 : kNetworkBytesV6)));
}

}  // namespace

void TokenSilence::on_record(const transaction::Record& record) {
  if (record.direction == transaction::Direction::Outgoing && record.is_signed) ++counts_.letters;
  if (record.direction != transaction::Direction::Inbound) return;
  const bool verified = std::ranges::any_of(
      record.facts, [](const policy::Facts& facts) { return is_authentic(facts.token); });
  if (verified) {
    counts_ = {.since = record.at};
    alarmed_at_ = {};
    return;
  }
  const bool returned = std::ranges::any_of(record.facts, [](const policy::Facts& facts) {
    return facts.returned == policy::ReturnedShape::Enough;
  });
  if (!returned) return;
  ++counts_.answers;
  if (counts_.parties.size() >= kParties || !std::ranges::any_of(record.facts, lacks_its_token))
    return;
  const auto party = find_party(record);
  if (party && std::ranges::find(counts_.parties, *party) == counts_.parties.end())
    counts_.parties.push_back(*party);
}

void TokenSilence::begin_if_needed(Instant now) {
  if (counts_.since == Instant{} || counts_.since > now) counts_ = {.since = now};
  if (alarmed_at_ > now) alarmed_at_ = {};
}

bool TokenSilence::is_lost() const {
  return counts_.parties.size() >= kParties ||
         (counts_.answers >= kAnswers && counts_.letters >= kLetters);
}

bool TokenSilence::is_alarm(Instant now) {
  begin_if_needed(now);
  if (!is_lost() || now - counts_.since < kSilence || now - alarmed_at_ < kSilence) return false;
  alarmed_at_ = now;
  return true;
}

std::string TokenSilence::say() const {
  return fmt::format(
      "no token has come back since {}, though {} answers returned an original, {} letters were "
      "signed, and answers from {} networks were to mail that the ledger says we signed: something "
      "takes Backstop-Token off on the way out or on the way back",
      render_instant(counts_.since), counts_.answers, counts_.letters,
      counts_.parties.size() >= kParties ? fmt::format("{} or more", kParties)
                                         : fmt::format("{}", counts_.parties.size()));
}

}  // namespace backstop::app
