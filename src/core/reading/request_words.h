// What challenges and confirmations of subscriptions say in any words of their language: groups of
// stems, of which only several together mean anything.  Beside the phrases of known products
// (phrases.tsv).
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/reading/stem_index.h"

namespace backstop::reading {

enum class RequestWord : std::uint8_t {
  Verify,     // confirm, verify, prove, authorise.
  Reply,      // Answer this message, send it back, keep the subject.
  Code,       // The letters of a picture, a question, a password in the subject.
  Click,      // click, visit, open, a button.
  Link,       // A web address.
  Held,       // held, waiting, not delivered yet, deleted unless.
  Deliver,    // Will be delivered, let through, reach somebody.
  Human,      // a person, no robot.
  Guard,      // Against spam, a filter, protection.
  Unknown,    // A sender not known, not on the list, for the first time.
  Once,       // only this once, future messages.
  Sender,     // The sender, the recipient: people who write themselves say "you" and "I".
  Mail,       // A message, of whomever.
  Subscribe,  // A subscription to a list or newsletter, or its end.
  Group,      // A list or group, joining it, an address on it.
  Ignore,     // Ignore this if you did not ask for it.
  Moderator,  // Who decides on a list instead.
  Bought,     // order, invoice, booking: what is confirmed, too.
  Member,     // account, password, sign in: as before.
};
inline constexpr unsigned kRequestWordCount = static_cast<unsigned>(RequestWord::Member) + 1;

// Which of them stand in a text, and where.
class RequestWords : public StemHits<RequestWord, kRequestWordCount> {
 public:
  // `normal`: normal text (normal_text.h), of which limits::kNoticeWordBytes are looked at.
  explicit RequestWords(std::string_view normal);

  // How many ways of answering the text asks for.
  unsigned count_asks() const;
  // How many reasons it gives for a challenge, of which robots and people weigh double.
  unsigned count_reasons() const;
  // How much of what becomes of the message it tells.
  unsigned count_states() const;
  // Of a subject: how much of a challenge it names.
  unsigned count_titles() const;
};

}  // namespace backstop::reading
