// Challenges, and confirmations that lists ask for.
#include "core/reading/kind.h"
#include "core/reading/kind_words.h"
#include "core/reading/request_marks.h"
#include "core/reading/subject_marks.h"

namespace backstop::reading {
namespace {

// So many different phrases of a kind in one text need no other sign than the subject.
constexpr unsigned kWordsAlone = 2;

// Words of a kind that a program's source fixes, wherever they stand.
bool has_fixed_words(const Findings& f, Kind kind) {
  return f.words.count_fixed(kind, Where::Text) + f.words.count_fixed(kind, Where::Subject) +
             f.words.count_fixed(kind, Where::From) >
         0;
}

void note_words(const Findings& f, Kind kind, std::string_view what, KindDecision& decision) {
  const Phrase* in_text = f.words.first(kind, Where::Text);
  const Phrase* in_subject = f.words.first(kind, Where::Subject);
  const Phrase* phrase = in_text != nullptr ? in_text : in_subject;
  if (phrase == nullptr) return;
  decision.language = phrase->language;
  decision.evidence.push_back((in_text != nullptr ? "The text says \"" : "The subject says \"") +
                              std::string(phrase->literal) + "\", as " + std::string(what) + ".");
}

// By structure in any language; by words alone when subject and text agree and neither answers
// anything.  Words of accounts, orders and passwords are no words of this kind.
std::optional<KindDecision> decide_subscription(const Findings& f) {
  constexpr Kind kKind = Kind::SubscriptionConfirm;
  if (is_reply_or_forward(f.subject)) return std::nullopt;
  const bool address = f.signs.has(HeaderSign::ListConfirmAddress);
  const bool token = f.signs.has(HeaderSign::ListConfirmSubject);
  const bool subject = token || f.words.has(kKind, Where::Subject);
  const bool text = f.words.has(kKind, Where::Text);
  const bool role = is_list_role(f.from_local) || f.words.has(kKind, Where::From);
  const bool administrivia = f.signs.has(HeaderSign::ListAdministrivia);
  const bool structure = address || token || administrivia;
  const unsigned origins =
      unsigned{address} + unsigned{subject} + unsigned{text} + unsigned{role || administrivia};
  if (origins < 2) return std::nullopt;
  const bool fixed = has_fixed_words(f, kKind);
  if (!structure) {
    // A post to a list, or an answer, only says such words.
    if (f.answers_mail || !text || !(fixed || subject)) return std::nullopt;
    if (f.signs.has(HeaderSign::List) && !(fixed && subject)) return std::nullopt;
    const bool firm = fixed || is_sending_role(f.from_local) ||
                      f.signs.has(HeaderSign::AutoSubmitted) ||
                      f.words.count(kKind, Where::Text) >= kWordsAlone;
    if (!firm) return std::nullopt;
  } else if (!address && !token && !fixed) {
    return std::nullopt;  // Mailman's other messages: reminders, welcomes.
  }
  KindDecision decision{.kind = kKind, .confidence = origins > 2 || structure ? 0.97 : 0.85};
  if (address) {
    decision.evidence.emplace_back("An address to answer carries a list manager's token.");
  }
  if (token) {
    decision.evidence.emplace_back("The subject carries the token by which lists are confirmed.");
  }
  if (role) decision.evidence.emplace_back("It is sent in the role of a list manager.");
  if (administrivia) {
    decision.evidence.emplace_back("X-List-Administrivia marks it as a list manager's own.");
  }
  note_words(f, kKind, "list managers do that want a confirmation", decision);
  return decision;
}

// A field or service of a challenge program, or its words, and a second sign of another origin.
std::optional<KindDecision> decide_challenge(const Findings& f) {
  constexpr Kind kKind = Kind::Challenge;
  const bool field = f.signs.has(HeaderSign::ChallengeField);
  const bool token = f.signs.has(HeaderSign::ChallengeSubject);
  const bool address = f.signs.has(HeaderSign::ConfirmAddress);
  const bool service = f.signs.has(HeaderSign::ChallengeSender);
  const bool sender = service || f.words.has(kKind, Where::From);
  const bool subject = token || f.words.has(kKind, Where::Subject);
  const bool text = f.words.has(kKind, Where::Text);
  const bool automatic = has_daemon_envelope(f) || f.signs.has(HeaderSign::AutoSubmitted) ||
                         f.signs.has(HeaderSign::Autoreply);
  if (!field &&
      (is_forward(f.subject) || (f.signs.has(HeaderSign::List) && !has_daemon_envelope(f)))) {
    return std::nullopt;
  }
  // A bounce repeats the words in which a server asked for a confirmation.
  if (!field && !token && !address && !service && f.words.count_fixed(kKind, Where::Text) == 0 &&
      has_daemon_sender(f) && !f.recipients->empty()) {
    return std::nullopt;
  }
  const unsigned origins = unsigned{field} + unsigned{address} + unsigned{sender} +
                           unsigned{subject} + unsigned{text} + unsigned{automatic && text};
  const bool named = f.words.count_fixed(kKind, Where::From) > 0;
  const bool titled = token || f.words.count_fixed(kKind, Where::Subject) > 0;
  const bool proven = (field && (token || address)) || ((address || named) && titled);
  if (origins < 2 || !(text || proven)) return std::nullopt;
  const bool firm = field || token || service || has_fixed_words(f, kKind);
  if (!firm && !(automatic && f.words.count(kKind, Where::Text) > 1) &&
      !(subject && f.words.count(kKind, Where::Text) > 1)) {
    return std::nullopt;
  }
  KindDecision decision{.kind = kKind, .confidence = origins > 2 ? 0.97 : 0.9};
  if (field) {
    decision.evidence.emplace_back("It carries a field of a program that challenges senders.");
  }
  if (token) decision.evidence.emplace_back("The subject carries a token to be sent back.");
  if (address) decision.evidence.emplace_back("The address to answer carries a token.");
  if (sender) {
    decision.evidence.emplace_back("It is sent by a service that challenges senders.");
  }
  note_words(f, kKind, "programs do that challenge senders", decision);
  if (automatic) note_sender(f, decision.evidence);
  return decision;
}

}  // namespace

std::optional<KindDecision> decide_request(const Findings& f) {
  if (auto decision = decide_subscription(f)) return decision;
  if (auto decision = decide_unknown_subscription(f)) return decision;
  if (auto decision = decide_challenge(f)) return decision;
  return decide_unknown_challenge(f);
}

}  // namespace backstop::reading
