// Auto-replies and acknowledgements of tickets (docs/formats/automatic-mail.md).
//
// Words count only where they are the writer's own: not behind the line with which people quote,
// and in a subject not behind a mark of reply or forward, since people answer automatic answers.
#include <algorithm>
#include <array>

#include "core/base/ascii.h"
#include "core/reading/kind.h"

namespace backstop::reading {
namespace {

// Marks before a subject, in normal text.  Forwards come first.
constexpr std::array<std::string_view, 10> kForwardMarks{
    "fw:", "fwd:", "wg:", "tr:", "rv:", "enc:", "i:", "转发:", "轉寄:", "пересл:"};
constexpr std::array<std::string_view, 14> kReplyMarks{
    "re:", "aw:",  "antw:", "antwort:", "sv:", "vs:",   "res:",
    "r:",  "rif:", "odp:",  "ynt:",     "ha:", "回复:", "答复:"};

// A subject without the tags in square brackets that gateways put before it ("[EXTERNAL]").
std::string_view without_tags(std::string_view subject) {
  constexpr std::size_t kTagBytes = 24;
  while (subject.starts_with('[')) {
    const std::size_t end = subject.substr(0, kTagBytes).find(']');
    if (end == std::string_view::npos) break;
    subject = ascii::trim(subject.substr(end + 1));
  }
  return subject;
}

template <std::size_t size>
bool begins_with(std::string_view subject, const std::array<std::string_view, size>& marks) {
  return std::ranges::any_of(
      marks, [subject](std::string_view mark) { return subject.starts_with(mark); });
}

// Different phrases that do not lie in one another.
struct Words {
  unsigned fixed = 0;
  unsigned common = 0;
  unsigned all() const { return fixed + common; }
};

Words count_words(const PhraseHits& hits, Kind kind, Where where, std::size_t before) {
  constexpr std::size_t kCounted = 8;
  std::array<const PhraseHit*, kCounted> counted{};
  Words words;
  for (const bool fixed : {true, false}) {
    for (const PhraseHit& hit : hits.all()) {
      const Phrase& phrase = *hit.phrase;
      if (phrase.kind != kind || phrase.where != where || phrase.fixed != fixed ||
          hit.at >= before || words.all() == kCounted) {
        continue;
      }
      const bool overlaps =
          std::any_of(counted.begin(), counted.begin() + words.all(), [&hit](const PhraseHit* one) {
            return hit.at < one->at + one->phrase->literal.size() &&
                   one->at < hit.at + hit.phrase->literal.size();
          });
      if (overlaps) continue;
      counted[words.all()] = &hit;
      ++(fixed ? words.fixed : words.common);
    }
  }
  return words;
}

// What speaks for an automatic answer, by where it comes from.
struct Signs {
  Words reply_subject, reply_text;    // Of an auto-reply.
  Words bare_text;                    // Of its text, those before any field that may be quoted.
  Words ticket_subject, ticket_text;  // Of the acknowledgement of a ticket.
  bool other_matter = false;     // Words of an update, an order, a password: no acknowledgement.
  bool number = false;           // The subject has a number as tickets have it.
  bool forward = false;          // The subject is that of a forward, or ...
  bool reply = false;            // ... of a reply.
  bool tagged = false;           // It has a tag in brackets, as trackers, forums and lists write.
  bool named_by_header = false;  // Auto-Submitted: auto-replied, or an autoresponder's own field.
  bool null_sender = false;      // The envelope sender is that of a mail system, From a person's.
  // Header fields of the weaker kind, each for itself.
  unsigned fields = 0;
};

// "#1234" and alike: in square or round brackets, or behind "#".
bool has_number(std::string_view subject) {
  for (std::size_t at = subject.find('0'); at != std::string_view::npos;
       at = subject.find('0', at + 1)) {
    if (at == 0) continue;
    const char before = subject[at - 1];
    const char after = at + 1 < subject.size() ? subject[at + 1] : ' ';
    if (before == '#') return true;
    if ((before == '[' && after == ']') || (before == '-' && after == ']')) return true;
    if (before == '(' && after == ')') return true;
  }
  return false;
}

// What a text holds that is none of the writer's words to one who wrote to them.
struct Others {
  std::size_t quoted =
      std::string_view::npos;  // Where a mail program's line before a quote stands.
  std::size_t subject = std::string_view::npos;  // Where a quoted field, or a ticket's, stands.
  bool other_matter = false;                     // An update, an order, a password, before these.
};

Others find_others(const PhraseHits& hits) {
  Others others;
  for (const PhraseHit& hit : hits.all()) {
    if (hit.phrase->kind != Kind::Ordinary || hit.phrase->where != Where::Text) continue;
    if (hit.phrase->product.empty()) continue;
    std::size_t& first = hit.phrase->literal.starts_with('-') ? others.quoted : others.subject;
    first = std::min(first, hit.at);
  }
  for (const PhraseHit& hit : hits.all()) {
    others.other_matter =
        others.other_matter || (hit.phrase->kind == Kind::Ordinary && hit.phrase->product.empty() &&
                                hit.phrase->where == Where::Text && hit.at < others.quoted);
  }
  return others;
}

Signs collect_signs(const Findings& f) {
  Signs s;
  const Others others = find_others(f.words);
  s.other_matter = others.other_matter;
  const std::string_view subject = without_tags(f.subject);
  s.forward = begins_with(subject, kForwardMarks);
  s.reply = begins_with(subject, kReplyMarks);
  s.tagged = f.subject.starts_with('[');
  constexpr std::size_t kAll = std::string_view::npos;
  if (!s.forward && !s.reply) {
    s.reply_subject = count_words(f.words, Kind::AutoReply, Where::Subject, kAll);
  }
  if (!s.forward) s.ticket_subject = count_words(f.words, Kind::TicketAck, Where::Subject, kAll);
  s.reply_text = count_words(f.words, Kind::AutoReply, Where::Text, others.quoted);
  s.bare_text =
      count_words(f.words, Kind::AutoReply, Where::Text, std::min(others.quoted, others.subject));
  s.ticket_text = count_words(f.words, Kind::TicketAck, Where::Text, others.quoted);
  s.number = !s.forward && has_number(f.subject);
  s.named_by_header = f.signs.has(HeaderSign::AutoReplied) || f.signs.has(HeaderSign::Autoreply);
  s.null_sender = has_daemon_envelope(f) && f.from == SenderRole::Other;
  for (const HeaderSign sign :
       {HeaderSign::AutoSubmitted, HeaderSign::Bulk, HeaderSign::AsksNoAnswer}) {
    if (f.signs.has(sign)) ++s.fields;
  }
  return s;
}

// The signs of a help desk: words that say a ticket was made, and something besides them.
bool is_ticket_ack(const Findings& f, const Signs& s) {
  if (s.forward) return false;
  const bool ticket_field = f.signs.has(HeaderSign::TicketSystem);
  const bool automatic = s.named_by_header || s.null_sender || s.fields > 0 || ticket_field;
  // A reply in a thread with nothing automatic about it is a person's, whatever it quotes.
  if (!automatic && s.reply && f.answers_mail) return false;
  const bool in_subject = s.ticket_subject.all() > 0 || s.number;
  if (s.other_matter && !s.named_by_header) return s.ticket_subject.fixed > 0 && automatic;
  if (s.ticket_text.fixed > 0) return automatic || f.answers_mail || in_subject;
  if (s.ticket_subject.fixed > 0) return automatic || s.ticket_text.all() > 0;
  if (s.ticket_text.common == 0) {
    return s.named_by_header && s.ticket_subject.all() > 0 && s.reply_text.all() == 0;
  }
  // People who are away name their help desk, too: one word of it is not enough beside theirs.
  const bool mostly_ticket =
      s.ticket_text.common > 1 ||
      (s.reply_text.fixed == 0 && s.ticket_text.common >= s.reply_text.common);
  if (s.named_by_header) return in_subject || ticket_field || mostly_ticket;
  if (in_subject) return automatic || f.answers_mail || s.ticket_text.common > 1;
  if (s.ticket_text.common > 1) return automatic;
  return mostly_ticket && !ticket_field && f.answers_mail && automatic;
}

// An answer without a field that names it so.
bool is_auto_reply(const Findings& f, const Signs& s) {
  if (s.forward || f.signs.has(HeaderSign::Newsletter)) return false;
  const bool generated = f.signs.has(HeaderSign::AutoSubmitted);
  const unsigned words = s.reply_subject.all() + s.reply_text.all();
  if (f.signs.has(HeaderSign::MailboxRule)) {
    // Exchange marks what a rule forwards in the same way; only answers have no sender.
    if (s.null_sender || words > 0) return true;
    return generated && f.signs.has(HeaderSign::AsksNoAnswer) && f.answers_mail;
  }
  if (s.reply_subject.fixed > 0) {
    return s.null_sender || f.answers_mail || s.fields > 0 || s.reply_text.all() > 0;
  }
  const bool answering = f.answers_mail || s.null_sender;
  if (s.reply_subject.common > 0) {
    const unsigned others = s.fields + (f.answers_mail ? 1U : 0U) + (s.null_sender ? 1U : 0U);
    if (s.reply_text.fixed > 0) return true;
    if (s.reply_text.common > 0) {
      return answering || generated || f.signs.has(HeaderSign::AsksNoAnswer);
    }
    return answering && others > 1;
  }
  if (s.null_sender && f.returned == ReturnForm::None && f.recipients->empty()) {
    // Without a reference it is no person's reply, with one and a field neither.
    if (s.reply_text.all() > 0 || (s.reply && !f.answers_mail)) return true;
    if (f.answers_mail && (s.fields > 0 || s.reply)) return true;
  }
  // What people write in a tracker or help desk is sent on by it, as an answer too.
  if (s.tagged || s.number || f.signs.has(HeaderSign::TicketSystem)) return false;
  if (s.reply_text.fixed > 0) {
    if (generated || (f.answers_mail && s.fields > 0)) return true;
    return (f.answers_mail || s.reply) && s.bare_text.fixed > 0 && s.bare_text.all() > 1;
  }
  return generated && f.answers_mail && s.reply_text.common > 0;
}

// The language of most words of that kind in the text; "und" when there is none, or no most.  The
// subject's may be the server's language, not the writer's.
std::string_view language_of_text(const PhraseHits& hits, Kind kind) {
  PhraseHits own;
  for (const PhraseHit& hit : hits.all()) {
    if (hit.phrase->kind == kind && hit.phrase->where == Where::Text) own.add(*hit.phrase, hit.at);
  }
  return own.language();
}

void note_words(const Findings& f, Kind kind, std::vector<std::string>& evidence) {
  for (const Where where : {Where::Subject, Where::Text}) {
    const Phrase* phrase = f.words.first(kind, where);
    if (phrase == nullptr) continue;
    std::string sentence = where == Where::Subject ? "The subject has" : "The text has";
    sentence += kind == Kind::TicketAck ? " words that acknowledge a request"
                                        : " the words of an automatic reply";
    if (!phrase->product.empty())
      sentence += ", as " + std::string(phrase->product) + " writes them";
    evidence.push_back(sentence + ": \"" + std::string(phrase->literal) + "\".");
  }
}

void note_fields(const Findings& f, const Signs& s, std::vector<std::string>& evidence) {
  if (f.signs.has(HeaderSign::AutoReplied)) {
    evidence.emplace_back("Auto-Submitted says that it was sent as an automatic reply (RFC 3834).");
  } else if (f.signs.has(HeaderSign::AutoSubmitted)) {
    evidence.emplace_back("Auto-Submitted says that a program sent it (RFC 3834).");
  }
  if (f.signs.has(HeaderSign::Autoreply)) {
    evidence.emplace_back("A header field marks it as the answer of an autoresponder.");
  }
  if (f.signs.has(HeaderSign::MailboxRule)) {
    evidence.emplace_back("A header field says that a rule of an Exchange mailbox wrote it.");
  }
  if (f.signs.has(HeaderSign::TicketSystem)) {
    evidence.emplace_back("A header field names a ticket system.");
  }
  if (s.null_sender)
    evidence.emplace_back("Its envelope sender is empty, but a person is its author.");
  if (f.answers_mail) evidence.emplace_back("It refers to the message that it answers.");
}

}  // namespace

bool has_subject_of_answer(const Findings& f) {
  if (f.signs.has(HeaderSign::List) || f.signs.has(HeaderSign::Newsletter)) return false;
  if (!f.answers_mail && begins_with(without_tags(f.subject), kReplyMarks)) return true;
  return (f.answers_mail || f.signs.has(HeaderSign::Bulk) ||
          f.signs.has(HeaderSign::AsksNoAnswer)) &&
         has_number(f.subject);
}

std::optional<KindDecision> decide_answer(const Findings& f) {
  // An answer that a list handed on was not meant for us.
  if (f.signs.has(HeaderSign::List) && !has_daemon_envelope(f)) return std::nullopt;
  const Signs s = collect_signs(f);
  KindDecision decision;
  if (is_ticket_ack(f, s)) {
    decision.kind = Kind::TicketAck;
    decision.confidence = s.ticket_text.fixed + s.ticket_subject.fixed > 0 ? 0.95 : 0.85;
  } else if (s.named_by_header) {
    // Some senders of bulk mail misuse the field; what answers nobody and says nothing is no
    // answer.
    if (f.signs.has(HeaderSign::Newsletter) && !f.answers_mail && s.reply_subject.all() == 0 &&
        s.reply_text.all() == 0) {
      return std::nullopt;
    }
    decision.kind = Kind::AutoReply;
    decision.confidence = f.signs.has(HeaderSign::AutoReplied) ? 0.95 : 0.9;
    decision.standard = f.signs.has(HeaderSign::AutoReplied);
  } else if (is_auto_reply(f, s)) {
    decision.kind = Kind::AutoReply;
    decision.confidence = s.reply_subject.fixed + s.reply_text.fixed > 0 ? 0.9 : 0.8;
  } else {
    return std::nullopt;
  }
  decision.language = std::string(language_of_text(f.words, decision.kind));
  note_fields(f, s, decision.evidence);
  note_words(f, decision.kind, decision.evidence);
  return decision;
}

}  // namespace backstop::reading
