#include "core/reading/failure_reason.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "core/base/ascii.h"
#include "core/reading/normal_text.h"
#include "core/reading/phrases.h"

namespace backstop::reading {
namespace {

// Of several phrases in one answer the one that says most decides.  Higher first: what the server
// knew of the content; what names a cause beside another ("user unknown ... SPF record"); the
// particular before the general; what merely tells that no answer came last.
constexpr std::array kPrecedence{
    FailureReason::Virus,         FailureReason::Loop,         FailureReason::AuthenticationFailed,
    FailureReason::MailboxFull,   FailureReason::UserDisabled, FailureReason::UserMoved,
    FailureReason::RelayDenied,   FailureReason::RateLimited,  FailureReason::SenderRefused,
    FailureReason::ClientRefused, FailureReason::Spam,         FailureReason::TooLarge,
    FailureReason::HostUnknown,   FailureReason::UserUnknown,  FailureReason::Content,
    FailureReason::ProtocolError, FailureReason::SystemError,  FailureReason::Network,
    FailureReason::Policy,        FailureReason::Expired,
};

constexpr std::size_t rank_of(FailureReason reason) {
  return static_cast<std::size_t>(std::ranges::find(kPrecedence, reason) - kPrecedence.begin());
}

struct StatusReason {
  std::string_view code;  // Without its class.
  FailureReason reason;
};

// RFC 3463 §3, RFC 3886, RFC 4954, RFC 6710, RFC 7293, RFC 7372, RFC 7505.
constexpr std::array kStatusReasons{
    StatusReason{"1.1", FailureReason::UserUnknown},
    StatusReason{"1.2", FailureReason::HostUnknown},
    StatusReason{"1.3", FailureReason::ProtocolError},
    StatusReason{"1.4", FailureReason::UserUnknown},
    StatusReason{"1.6", FailureReason::UserMoved},
    StatusReason{"1.7", FailureReason::SenderRefused},
    StatusReason{"1.8", FailureReason::SenderRefused},
    StatusReason{"1.9", FailureReason::ProtocolError},
    StatusReason{"1.10", FailureReason::HostUnknown},
    StatusReason{"2.1", FailureReason::UserDisabled},
    StatusReason{"2.2", FailureReason::MailboxFull},
    StatusReason{"2.3", FailureReason::TooLarge},
    StatusReason{"3.1", FailureReason::SystemError},
    StatusReason{"3.2", FailureReason::SystemError},
    StatusReason{"3.3", FailureReason::SystemError},
    StatusReason{"3.4", FailureReason::TooLarge},
    StatusReason{"3.5", FailureReason::SystemError},
    StatusReason{"4.1", FailureReason::Network},
    StatusReason{"4.2", FailureReason::Network},
    StatusReason{"4.3", FailureReason::Network},
    StatusReason{"4.4", FailureReason::HostUnknown},
    StatusReason{"4.5", FailureReason::RateLimited},
    StatusReason{"4.6", FailureReason::Loop},
    StatusReason{"4.7", FailureReason::Expired},
    StatusReason{"5.1", FailureReason::ProtocolError},
    StatusReason{"5.2", FailureReason::ProtocolError},
    StatusReason{"5.3", FailureReason::RateLimited},
    StatusReason{"5.4", FailureReason::ProtocolError},
    StatusReason{"5.5", FailureReason::ProtocolError},
    StatusReason{"5.6", FailureReason::ProtocolError},
    StatusReason{"6.1", FailureReason::Content},
    StatusReason{"6.2", FailureReason::Content},
    StatusReason{"6.3", FailureReason::Content},
    StatusReason{"6.4", FailureReason::Content},
    StatusReason{"6.5", FailureReason::Content},
    StatusReason{"6.6", FailureReason::Content},
    StatusReason{"6.7", FailureReason::ProtocolError},
    StatusReason{"7.1", FailureReason::Policy},
    StatusReason{"7.2", FailureReason::SenderRefused},
    StatusReason{"7.4", FailureReason::Content},
    StatusReason{"7.5", FailureReason::Content},
    StatusReason{"7.10", FailureReason::Network},
    StatusReason{"7.17", FailureReason::UserMoved},
    StatusReason{"7.20", FailureReason::AuthenticationFailed},
    StatusReason{"7.21", FailureReason::AuthenticationFailed},
    StatusReason{"7.22", FailureReason::AuthenticationFailed},
    StatusReason{"7.23", FailureReason::AuthenticationFailed},
    StatusReason{"7.24", FailureReason::AuthenticationFailed},
    StatusReason{"7.25", FailureReason::ClientRefused},
    StatusReason{"7.26", FailureReason::AuthenticationFailed},
    StatusReason{"7.27", FailureReason::SenderRefused},
    StatusReason{"7.28", FailureReason::RateLimited},
    StatusReason{"7.29", FailureReason::AuthenticationFailed},
};

// The at most four characters of a code as a number.
constexpr std::uint32_t pack_code(std::string_view code) {
  std::uint32_t packed = 0;
  for (const char c : code)
    packed = packed << 8 | static_cast<unsigned char>(c);
  return packed;
}
constexpr auto kStatusCodes = [] {
  std::array<std::uint32_t, kStatusReasons.size()> codes{};
  std::ranges::transform(kStatusReasons, codes.begin(),
                         [](const StatusReason& known) { return pack_code(known.code); });
  return codes;
}();
static_assert(std::ranges::all_of(kStatusReasons, [](const StatusReason& known) {
  return known.code.size() <= 4;
}));

const Phrase* telling_phrase(std::string_view diagnostic) {
  PhraseHits hits;
  find_phrases(render_normal_line(diagnostic), Where::Diagnostic, hits);
  const Phrase* best = nullptr;
  for (const PhraseHit& hit : hits.all()) {
    const Phrase& phrase = *hit.phrase;
    if (phrase.reason == FailureReason::Unknown) continue;
    if (best == nullptr || rank_of(phrase.reason) < rank_of(best->reason)) best = &phrase;
  }
  return best;
}

}  // namespace

FailureReason reason_of_status(std::string_view status) {
  if (status.size() < 5 || status[1] != '.') return FailureReason::Unknown;
  const std::string_view code = status.substr(2);
  if (code.size() > 4) return FailureReason::Unknown;
  const std::uint32_t number = pack_code(code);
  for (std::size_t i = 0; i < kStatusReasons.size(); ++i) {
    if (kStatusCodes[i] == number) return kStatusReasons[i].reason;
  }
  return FailureReason::Unknown;
}

FailureReason decide_failure_reason(std::string_view diagnostic, std::string_view status) {
  const FailureReason by_status = reason_of_status(status);
  const Phrase* phrase = telling_phrase(diagnostic);
  if (phrase == nullptr) return by_status;
  // Words of what became of the connection, or of the queue, are less than a code that names a
  // cause; all others are more.
  const bool vague = phrase->reason == FailureReason::Network ||
                     phrase->reason == FailureReason::Expired ||
                     phrase->reason == FailureReason::Policy;
  if (vague && by_status != FailureReason::Unknown && by_status != FailureReason::Policy) {
    return by_status;
  }
  return phrase->reason;
}

bool says_source_knew(FailureReason reason) {
  return reason == FailureReason::Spam || reason == FailureReason::Virus;
}

std::string_view words_of_source_knew(std::string_view diagnostic) {
  const Phrase* phrase = telling_phrase(diagnostic);
  if (phrase == nullptr || !says_source_knew(phrase->reason)) return {};
  const std::size_t at = ascii::find_folded(diagnostic, phrase->literal);
  return at == std::string_view::npos ? phrase->literal
                                      : diagnostic.substr(at, phrase->literal.size());
}

}  // namespace backstop::reading
