// Bounces and delays in no report: the plain formats of the products.
#include <algorithm>
#include <array>

#include "core/base/ascii.h"
#include "core/reading/delivery_words.h"
#include "core/reading/kind.h"
#include "core/reading/subject_marks.h"

namespace backstop::reading {
namespace {

// Where the first words of a notice stand that no person put an introduction before, in bytes of
// normal text.
constexpr std::size_t kOpeningBytes = 400;

bool has_words(const Findings& f, Where where) {
  return f.words.has(Kind::Bounce, where) || f.words.has(Kind::Delay, where);
}

unsigned count_fixed(const Findings& f, Where where) {
  return f.words.count_fixed(Kind::Bounce, where) + f.words.count_fixed(Kind::Delay, where);
}

// Words that say that delivery failed or is late, not merely who writes.
bool states_outcome(const Findings& f) {
  return f.product_states_outcome || has_words(f, Where::Text);
}

// A server's answer about somebody.
bool has_answered_recipient(const Findings& f) {
  return std::ranges::any_of(*f.recipients, [](const RecipientReport& r) {
    return !r.status.empty() || r.reason != FailureReason::Unknown;
  });
}

bool returns_something(const Findings& f) {
  return f.returned != ReturnForm::None || f.return_announced;
}

// Nothing stands above the words of the product: who quotes a notice says why before it.
bool opens_with_words(const Findings& f) {
  return std::ranges::any_of(f.words.all(), [](const PhraseHit& hit) {
    const bool ours = hit.phrase->kind == Kind::Bounce || hit.phrase->kind == Kind::Delay;
    return ours && hit.phrase->where == Where::Text && hit.phrase->fixed && hit.at < kOpeningBytes;
  });
}

// What came through a list is the list's word: only a mail system that opens with a product's words
// under a subject that agrees is not a member's.
bool is_from_list(const Findings& f) {
  if (!f.signs.has(HeaderSign::List) || has_daemon_envelope(f)) return false;
  const bool system = f.from != SenderRole::Other || has_words(f, Where::From);
  const bool text = opens_with_words(f) || f.product_states_outcome;
  return !system || !text || f.answers_mail ||
         (!has_words(f, Where::Subject) && f.from != SenderRole::DeliveryAgent);
}

// Anybody may show the name of a mail system: where neither address nor envelope nor field agrees,
// it must know of a delivery.
bool is_only_named_agent(const Findings& f) {
  return !f.from_local.empty() && !is_agent_local(f.from_local) &&
         sender_role(f.from_local) == SenderRole::Other && !has_daemon_envelope(f) &&
         !f.signs.has(HeaderSign::Report);
}

// By its name or a field of its own it is a mail system: any word of delivery, or what it returns,
// is the second sign.
bool is_told_by_agent(const Findings& f) {
  if (f.signs.has(HeaderSign::FailedRecipients)) return true;
  if (f.from != SenderRole::DeliveryAgent) return false;
  if (is_only_named_agent(f) && count_fixed(f, Where::Text) == 0 && !f.product_states_outcome &&
      !returns_something(f) && !has_answered_recipient(f))
    return false;
  return states_outcome(f) || has_words(f, Where::Subject) || returns_something(f);
}

// An empty path is that of all automatic mail: words of the text that a program fixes, or subject
// and text or structure together.
bool is_told_by_envelope(const Findings& f) {
  if (!has_daemon_envelope(f)) return false;
  const bool subject = has_words(f, Where::Subject);
  // Some programs sign what they confirm, too, as they sign their bounces.
  if (count_fixed(f, Where::Text) > 0 || f.product_states_outcome) {
    if (subject || f.from != SenderRole::Other || has_answered_recipient(f)) return true;
    return f.product_states_outcome && returns_something(f);
  }
  if (subject && (states_outcome(f) || returns_something(f) || has_answered_recipient(f)))
    return true;
  if (f.from == SenderRole::Postmaster && (states_outcome(f) || returns_something(f))) return true;
  return states_outcome(f) && returns_something(f) && f.words.has(Kind::Bounce, Where::Text);
}

// People write as postmaster, and products under names of their own.
bool is_told_by_role(const Findings& f) {
  const bool named = f.words.count_fixed(Kind::Bounce, Where::From) > 0;
  if (f.from != SenderRole::Postmaster && !named) return false;
  if (is_reply_or_forward(f.subject) && !named) return false;
  const bool fixed = count_fixed(f, Where::Text) > 0 || f.product_states_outcome;
  if (fixed && (opens_with_words(f) || returns_something(f) || has_answered_recipient(f) ||
                has_words(f, Where::Subject)))
    return true;
  if (!has_words(f, Where::Subject)) return false;
  return states_outcome(f) || returns_something(f) || has_answered_recipient(f);
}

// Trackers and lists put a tag before the subject, and quote notices in what they tell.
bool has_tagged_subject(const Findings& f) {
  return f.subject.starts_with('[') && f.from == SenderRole::Other && !has_daemon_envelope(f);
}

// From anybody: the product's own words open the text, the subject agrees, and something of the
// message came back or a server's answer is given.
bool is_told_by_words(const Findings& f) {
  if (f.answers_mail || is_reply_or_forward(f.subject) || f.signs.has(HeaderSign::List) ||
      has_tagged_subject(f))
    return false;
  const bool subject = has_words(f, Where::Subject);
  const bool evidence = returns_something(f) || has_answered_recipient(f);
  if (!evidence) {
    // One line of words that only programs write in the subject, and the same below.
    return count_fixed(f, Where::Subject) > 0 && opens_with_words(f) && !f.recipients->empty();
  }
  const unsigned fixed = count_fixed(f, Where::Text);
  return opens_with_words(f) && (subject || fixed > 1);
}

// A mail system that nobody knows, by envelope, address or a field of automatic mail, in any words
// of its language: what it says must be of a delivery, and of somebody's.
bool is_told_by_grammar(const Findings& f) {
  if (is_reply_or_forward(f.subject) || has_tagged_subject(f)) return false;
  const bool envelope = has_daemon_envelope(f);
  const bool automatic = f.signs.has(HeaderSign::AutoSubmitted) && !f.signs.has(HeaderSign::List);
  const bool agent = f.from == SenderRole::DeliveryAgent && !is_only_named_agent(f);
  if (!envelope && !automatic && f.from == SenderRole::Other) return false;
  if (!envelope && f.from == SenderRole::DeliveryAgent && !agent) return false;
  if (f.signs.has(HeaderSign::Autoreply) || f.signs.has(HeaderSign::TicketSystem)) return false;
  const bool answers =
      f.words.has(Kind::AutoReply, Where::Subject) || f.words.has(Kind::TicketAck, Where::Subject);
  if (answers) return false;
  const DeliveryWords in_subject = find_delivery_words(f.subject);
  const DeliveryWords in_text = find_delivery_words(f.text);
  const bool subject = has_words(f, Where::Subject) || in_subject.any();
  const bool text = states_outcome(f) || in_text.any();
  const bool told = text || in_text.no_such;
  const bool code = std::ranges::any_of(*f.recipients,
                                        [](const RecipientReport& r) { return !r.status.empty(); });
  const bool evidence = has_answered_recipient(f) || returns_something(f);
  // Parcels and alarms are not delivered either.
  const bool somebody = !f.recipients->empty() && (in_subject.mail || in_text.mail);
  if (agent && (subject || text) && envelope) return true;
  if (agent && (subject || (text && !f.answers_mail)) && (evidence || somebody)) return true;
  if (envelope && code && (told || subject || f.from != SenderRole::Other)) return true;
  if (envelope && text && returns_something(f)) return true;
  if (envelope && f.from != SenderRole::Other && text && somebody) return true;
  if (!subject) return false;
  return code || (told && (evidence || somebody)) || (envelope && evidence);
}

// The subject is the shortest account of what happened; the words of the text decide when it is
// silent or says both.
bool is_delay(const Findings& f) {
  const bool late_subject = f.words.has(Kind::Delay, Where::Subject);
  const unsigned late_words = f.words.count_fixed(Kind::Delay, Where::Text);
  if (late_subject) return true;
  if (f.words.count_fixed(Kind::Bounce, Where::Subject) > 0 && !f.product_delayed) return false;
  if (late_words > 0 || f.product_delayed) return true;
  if (!f.words.has(Kind::Bounce) && !f.words.has(Kind::Delay) && !f.product_states_outcome) {
    // Of words that nobody knows, the subject's; else those of the answers.
    const DeliveryWords told = find_delivery_words(f.subject);
    if (told.any()) return told.late;
    const bool refused = std::ranges::any_of(
        *f.recipients, [](const RecipientReport& r) { return r.status.starts_with('5'); });
    return !refused && find_delivery_words(f.text).late;
  }
  return f.words.has(Kind::Delay, Where::Text) && !f.words.has(Kind::Bounce, Where::Subject) &&
         f.words.count_fixed(Kind::Bounce, Where::Text) == 0;
}

// Of the words around a phrase.
constexpr std::size_t kSentenceBytes = 96;
constexpr std::size_t kSentencesUsual = 5;

void note_words(const Findings& f, bool delayed, std::vector<std::string>& evidence) {
  const Kind kind = delayed ? Kind::Delay : Kind::Bounce;
  const char* outcome = delayed ? "that delivery is late" : "that delivery failed";
  for (const Where where : {Where::Text, Where::Subject}) {
    const Phrase* phrase = f.words.first(kind, where);
    if (phrase == nullptr) phrase = f.words.first(delayed ? Kind::Bounce : Kind::Delay, where);
    if (phrase == nullptr) continue;
    std::string sentence;
    sentence.reserve(kSentenceBytes + phrase->literal.size());
    sentence.append(where == Where::Text ? "The text says \"" : "The subject says \"");
    sentence.append(phrase->literal).append("\", words in which ");
    sentence.append(phrase->product.empty() ? "mail systems say" : phrase->product);
    if (!phrase->product.empty()) sentence += " says";
    sentence.append(" ").append(outcome).append(".");
    evidence.push_back(std::move(sentence));
  }
  if (evidence.empty() && !f.product_states_outcome) {
    if (find_delivery_words(f.subject).any()) {
      evidence.push_back("The subject tells of a delivery that " +
                         std::string(delayed ? "is late." : "failed."));
    }
    if (find_delivery_words(f.text).any()) {
      evidence.push_back("The text tells of a delivery that " +
                         std::string(delayed ? "is late." : "failed."));
    }
    if (has_answered_recipient(f)) {
      evidence.emplace_back("The text gives a server's answer about a recipient.");
    }
  }
  if (f.product != Product::None && f.product_states_outcome &&
      !f.words.has(Kind::Bounce, Where::Text) && !f.words.has(Kind::Delay, Where::Text)) {
    evidence.push_back("The text has the words in which " + std::string(name_of(f.product)) +
                       (delayed ? " says that delivery is late." : " says that delivery failed."));
  }
}

}  // namespace

// Receipts of Italian certified mail (RFC 6109 §3): a field of their own, and the words that the
// subject of each begins with.  They attach their data and the message.
std::optional<KindDecision> decide_certified(const Findings& f) {
  const bool failed = f.signs.has(HeaderSign::CertifiedFailure);
  if (!failed && !f.signs.has(HeaderSign::CertifiedReceipt)) return std::nullopt;
  constexpr std::array<std::string_view, 7> kTitles{"avvenuta consegna",
                                                    "avviso di mancata consegna",
                                                    "avviso di non accettazione",
                                                    "consegna:",
                                                    "accettazione:",
                                                    "mancata consegna",
                                                    "avviso di"};
  const bool titled = std::ranges::any_of(
      kTitles, [&f](std::string_view title) { return f.subject.starts_with(title); });
  if (!titled) return std::nullopt;
  KindDecision decision{.kind = failed ? Kind::Bounce : Kind::DeliveryReport, .confidence = 0.97};
  decision.evidence.emplace_back(
      "The X-Ricevuta field is that of receipts of certified mail (RFC 6109).");
  decision.evidence.emplace_back("The subject begins as RFC 6109 has it of such receipts.");
  note_returned(f, decision.evidence);
  return decision;
}

// A list manager sends back what its rules or its moderator do not let through.
bool is_list_rejection(const Findings& f) {
  if (!f.signs.has(HeaderSign::ListAdministrivia)) return false;
  const bool subject =
      f.subject.starts_with("request to mailing list ") && f.subject.ends_with(" rejected");
  return subject &&
         f.text.find("has been rejected by the list moderator") != std::string_view::npos;
}

// Nothing that only a mail system knows: no words of a known product, no answer of a server,
// nothing of what was sent.
bool shows_no_delivery(const Findings& f) {
  return !f.signs.has(HeaderSign::FailedRecipients) && count_fixed(f, Where::Text) == 0 &&
         !f.product_states_outcome && !returns_something(f) &&
         std::ranges::none_of(*f.recipients,
                              [](const RecipientReport& r) { return !r.status.empty(); });
}

// Those who lure tell of mail that waits behind a link, and know nothing of a delivery.
bool is_lure(const Findings& f) {
  const bool link = f.text.find("http://") != std::string_view::npos ||
                    f.text.find("https://") != std::string_view::npos;
  return link && !has_daemon_envelope(f);
}

// Nobody is named but whom it is written to.
bool names_only_its_reader(const Findings& f) {
  return std::ranges::all_of(*f.recipients, [&f](const RecipientReport& r) {
    return ascii::find_folded(f.to, r.address) != std::string_view::npos;
  });
}

// A carrier tells of a parcel, a mail system of the mailbox of whom it writes to.
bool is_of_something_else(const Findings& f) {
  const DeliveryWords words = find_delivery_words(f.text);
  if (words.parcel && f.from == SenderRole::Other) return true;
  return words.own_mailbox && names_only_its_reader(f);
}

// A help desk repeats what was written to it.
bool acknowledges_a_bounce(const Findings& f) {
  return f.signs.has(HeaderSign::AutoReplied) && f.from == SenderRole::Other &&
         f.words.has(Kind::TicketAck) && !returns_something(f);
}

// No product that writes plain notices attaches files, except what it returns: worms dress up so.
std::optional<KindDecision> decide_plain_bounce(const Findings& f) {
  if (auto certified = decide_certified(f)) return certified;
  const bool attached_return = f.returned != ReturnForm::None && !f.returned_inline;
  if (f.parts.attachment && !(attached_return && states_outcome(f))) return std::nullopt;
  if (is_list_rejection(f)) {
    KindDecision rejection{.kind = Kind::Bounce, .confidence = 0.9};
    rejection.evidence.emplace_back("X-List-Administrivia marks it as a list manager's own.");
    rejection.evidence.emplace_back(
        "Subject and text say that a post was rejected, as Mailman does.");
    return rejection;
  }
  if (is_from_list(f)) return std::nullopt;
  if (acknowledges_a_bounce(f)) return std::nullopt;
  if (shows_no_delivery(f) && (is_lure(f) || is_of_something_else(f))) return std::nullopt;
  KindDecision decision{.kind = Kind::Bounce};
  decision.evidence.reserve(kSentencesUsual);
  if (is_told_by_agent(f)) {
    decision.confidence = states_outcome(f) && count_fixed(f, Where::Text) > 0 ? 0.97 : 0.9;
  } else if (is_told_by_envelope(f)) {
    decision.confidence = count_fixed(f, Where::Text) > 0 ? 0.97 : 0.9;
  } else if (is_told_by_role(f)) {
    decision.confidence = 0.9;
  } else if (is_told_by_words(f) || is_told_by_grammar(f)) {
    decision.confidence = 0.85;
  } else {
    return std::nullopt;
  }
  if (f.returned == ReturnForm::None && f.recipients->empty()) {
    decision.confidence = std::min(decision.confidence, 0.9);
  }
  const bool delayed = is_delay(f);
  if (delayed) decision.kind = Kind::Delay;
  note_words(f, delayed, decision.evidence);
  note_sender(f, decision.evidence);
  if (f.signs.has(HeaderSign::AutoSubmitted) && !has_daemon_sender(f))
    decision.evidence.emplace_back("Auto-Submitted marks it as automatic.");
  note_returned(f, decision.evidence);
  return decision;
}

}  // namespace backstop::reading
