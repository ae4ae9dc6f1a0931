// What automatic answers say in any words of their language: groups of stems, of which only several
// together mean anything.  Beside the phrases of known products (phrases.tsv), for the endless
// wordings of people who are away and of desks that acknowledge what they were sent.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/reading/stem_index.h"

namespace backstop::reading {

enum class AnswerWord : std::uint8_t {
  Absent,      // Away, on leave, closed, gone for good, not reading this mailbox.
  When,        // Until, from, back on; a date.
  Later,       // Will answer, be in touch, be read.
  Instead,     // Urgent matters, and whom to ask.
  YourMail,    // "your message", "contacting us".
  Thanks,      // "thank you for".
  Automatic,   // An automatic reply, or not to be answered.
  Received,    // Received, registered, opened.
  Request,     // "your request", a ticket, a case.
  Number,      // "ticket number", "under the reference".
  Team,        // Who will work on it: a team, an agent.
  Self,        // "I am", "I will": a person.
  Colleagues,  // A greeting to many who know each other.
  Moved,       // Another address instead of this.
  Trade,       // An order, a booking, a seat: what is acknowledged, too.
};
inline constexpr unsigned kAnswerWordCount = static_cast<unsigned>(AnswerWord::Trade) + 1;

// Which of them stand in a text, and where.
class AnswerWords : public StemHits<AnswerWord, kAnswerWordCount> {
 public:
  // `normal`: normal text (normal_text.h), of which limits::kNoticeWordBytes are looked at.
  explicit AnswerWords(std::string_view normal);

  // Somebody is away: besides the word, when, who else, or that an answer comes later.
  bool tell_absence() const;
  // It is said to one who wrote, not to people one knows: of the message, or that this is
  // automatic.
  bool answer_a_message() const;
  // Of the message alone: people write of automatic replies, too.
  bool speak_of_your_mail() const;
  // What was sent has arrived with an organisation, which will see to it.
  bool acknowledge_request() const;
};

}  // namespace backstop::reading
