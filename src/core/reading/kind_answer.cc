// Auto-replies and acknowledgements of tickets (docs/formats/automatic-mail.md).
//
// Words count only where they are the writer's own: not behind the line with which people quote,
// and in a subject not behind a mark of reply or forward, since people answer automatic answers.
#include <algorithm>
#include <array>

#include "core/reading/answer_words.h"
#include "core/reading/kind.h"
#include "core/reading/subject_marks.h"

namespace backstop::reading {
namespace {

using W = AnswerWord;

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
  AnswerWords text;                   // Of the writer's own text.
  AnswerWords subject;                // Of the subject.
  bool update = false;                // Words of an update: no acknowledgement.
  bool other_matter = false;          // Words of an order, a password: one only of mail.
  bool number = false;                // The subject has a number as tickets have it.
  bool digits = false;                // The subject has any digits of the writer's own.
  bool forward = false;               // The subject is that of a forward, or ...
  bool reply = false;                 // ... of a reply.
  bool tagged = false;           // It has a tag in brackets, as trackers, forums and lists write.
  bool titled = false;           // It says what this is, apart from the subject answered.
  bool named_by_header = false;  // Auto-Submitted: auto-replied, or an autoresponder's own field.
  bool null_sender = false;      // The envelope sender is that of a mail system, From a person's.
  // Header fields of the weaker kind, each for itself.
  unsigned fields = 0;

  bool marked() const { return named_by_header || null_sender || fields > 0; }
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

// "Away: Minutes", "[Auto-Reply] Minutes", "Minutes (out of office)".
bool is_titled(std::string_view subject) {
  constexpr std::size_t kTitleBytes = 64;
  std::size_t end = subject.starts_with('[') ? subject.substr(0, kTitleBytes).find(']')
                                             : subject.substr(0, kTitleBytes).find(':');
  if (subject.starts_with("【")) end = subject.substr(0, kTitleBytes).find("】");
  std::string_view title;
  if (end != std::string_view::npos) {
    title = subject.substr(0, end + 2);
  } else if (subject.ends_with(')')) {
    title = subject.substr(std::min(subject.rfind('('), subject.size()));
  }
  return AnswerWords(title).has_any(W::Absent, W::Automatic);
}

// What a text holds that is none of the writer's words to one who wrote to them.
struct Others {
  std::size_t quoted =
      std::string_view::npos;  // Where a mail program's line before a quote stands.
  std::size_t subject = std::string_view::npos;  // Where a quoted field, or a ticket's, stands.
  bool update = false;                           // Of a ticket, before these.
  bool other_matter = false;                     // An order, a password, before these.
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
    if (hit.phrase->kind != Kind::Ordinary || !hit.phrase->product.empty() ||
        hit.phrase->where != Where::Text || hit.at >= others.quoted) {
      continue;
    }
    // What trackers write is fixed; what people may write about to a help desk is common.
    (hit.phrase->fixed ? others.update : others.other_matter) = true;
  }
  return others;
}

Signs collect_signs(const Findings& f) {
  const Others others = find_others(f.words);
  constexpr std::size_t kAll = std::string_view::npos;
  const SubjectMark mark = subject_mark(without_tags(f.subject));
  const bool forward = mark == SubjectMark::Forward;
  const bool reply = mark == SubjectMark::Reply || mark == SubjectMark::Either;
  const auto count = [&f](Kind kind, Where where, std::size_t before) {
    return count_words(f.words, kind, where, before);
  };
  const Words reply_subject =
      forward || reply ? Words{} : count(Kind::AutoReply, Where::Subject, kAll);
  // Behind "Automatic reply:" stands the subject of what was sent.
  const bool quotes_subject = forward || reply_subject.fixed > 0;
  Signs s{
      .reply_subject = reply_subject,
      .reply_text = count(Kind::AutoReply, Where::Text, others.quoted),
      .bare_text = count(Kind::AutoReply, Where::Text, std::min(others.quoted, others.subject)),
      .ticket_subject = forward ? Words{} : count(Kind::TicketAck, Where::Subject, kAll),
      .ticket_text = count(Kind::TicketAck, Where::Text, others.quoted),
      .text = AnswerWords(f.text.substr(0, others.quoted)),
      .subject = AnswerWords(quotes_subject ? std::string_view{} : f.subject),
      .update = others.update,
      .other_matter = others.other_matter,
      .number = !forward && has_number(f.subject),
      .digits = !quotes_subject && f.subject.find('0') != std::string_view::npos,
      .forward = forward,
      .reply = reply,
      .tagged = f.subject.starts_with('['),
      .titled = !forward && !reply && is_titled(f.subject),
      .named_by_header = f.signs.has(HeaderSign::AutoReplied) || f.signs.has(HeaderSign::Autoreply),
      .null_sender = has_daemon_envelope(f) && f.from == SenderRole::Other,
  };
  for (const HeaderSign sign :
       {HeaderSign::AutoSubmitted, HeaderSign::Bulk, HeaderSign::AsksNoAnswer}) {
    if (f.signs.has(sign)) ++s.fields;
  }
  return s;
}

// Of what a program answered to somebody: the ideas of an acknowledgement, counted.
bool acknowledges_in_sum(const Findings& f, const Signs& s) {
  // A server that answers for a mailbox names itself, too.
  const int enough = s.null_sender ? 4 : 5;
  const bool numbered = s.number || s.text.has(W::Number) || s.subject.has(W::Number) || s.digits;
  if (f.text_groups().has(NoticeWord::Moderator)) return false;
  const bool request = s.text.has(W::Request) || s.subject.has(W::Request);
  const bool received = s.text.has(W::Received) || s.subject.has(W::Received);
  const bool seen_to = s.text.has(W::Later) && s.text.has(W::Team);
  const bool personal = s.text.has_any(W::Absent, W::Self, W::Moved, W::Instead);
  if (s.reply_subject.fixed > 0 && !(numbered && s.text.has(W::Request))) return false;
  if (!received && !(request && numbered && (seen_to || (s.null_sender && !personal)))) {
    return false;
  }
  if (!request && !numbered) return s.text.has(W::YourMail) && seen_to && !personal;
  const int sum = 2 * int{received} + 2 * int{request} + int{numbered} +
                  int{s.text.has(W::YourMail)} + int{s.text.has(W::Later)} +
                  int{s.text.has(W::Team)} + int{s.subject.has(W::Received)} +
                  int{s.subject.has(W::Request)} - 2 * int{s.text.has(W::Self)} -
                  int{s.text.has(W::Absent)} - int{s.text.together(W::Absent, W::When)} -
                  int{s.subject.has(W::Absent)} - int{s.text.has(W::Instead)};
  return sum >= enough;
}

// By the words of any language: an organisation has what was sent, and will see to it.
bool acknowledges(const Findings& f, const Signs& s) {
  const bool numbered =
      s.number || s.text.has(W::Number) || (s.subject.has(W::Request) && s.digits);
  // What a server names an automatic reply is a mailbox's, unless it speaks of a ticket.
  if (s.reply_subject.fixed > 0 && !numbered && !s.text.has(W::Request)) return false;
  if ((s.null_sender || s.named_by_header) && acknowledges_in_sum(f, s)) return true;
  if (!s.text.acknowledge_request()) return false;
  if (s.named_by_header) return true;
  const bool in_subject = s.ticket_subject.all() > 0 || s.number;
  if (s.null_sender) return true;
  const bool addressed = s.text.has_any(W::YourMail, W::Thanks) || s.subject.has(W::Received);
  if (s.fields > 0) {
    // People whose mail system asks for no answers reply like this.
    const bool generated = f.signs.has(HeaderSign::AutoSubmitted);
    if (s.reply && !generated) return s.number || s.text.has(W::Automatic);
    if (f.answers_mail || s.reply) return true;
    // Trackers, shops and events number what they send to everybody, too.
    return addressed && !s.text.has(W::Trade) && !s.subject.has(W::Trade) &&
           (in_subject || (s.text.has(W::Request) && numbered));
  }
  if (f.signs.has(HeaderSign::TicketSystem)) return s.text.has(W::Automatic) && numbered;
  // A reply in a thread with nothing automatic about it is a person's, unless it says so itself.
  if (s.reply) return f.answers_mail && s.number && s.text.has(W::Automatic);
  constexpr std::size_t kShortText = 1536;
  return f.answers_mail && addressed && f.text.size() <= kShortText &&
         (in_subject || numbered || s.text.has(W::Automatic));
}

// The signs of a help desk: words that say a ticket was made, and something besides them.
bool is_ticket_ack(const Findings& f, const Signs& s) {
  if (s.forward) return false;
  const bool ticket_field = f.signs.has(HeaderSign::TicketSystem);
  // People whose mail system asks for no answers reply with that field.
  const bool weak = s.reply && f.answers_mail && !s.named_by_header && !s.null_sender &&
                    !f.signs.has(HeaderSign::AutoSubmitted);
  const bool automatic = ticket_field || (s.marked() && !weak);
  const bool other = s.update || (s.other_matter && !f.answers_mail);
  if (other && !s.named_by_header) return s.ticket_subject.fixed > 0 && automatic;
  if (acknowledges(f, s)) return true;
  const bool trade = s.text.has(W::Trade) || s.subject.has(W::Trade);
  if (trade && !f.answers_mail && !s.null_sender && !s.named_by_header && !ticket_field) {
    return false;
  }
  // A reply in a thread with nothing automatic about it is a person's, whatever it quotes.
  if (!automatic && s.reply && f.answers_mail) return false;
  const bool in_subject = s.ticket_subject.all() > 0 || s.number;
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

// By the words of any language: somebody away, or nobody, answers what was sent.
bool answers_by_words(const Findings& f, const Signs& s) {
  const bool absent = s.text.tell_absence();
  const bool addressed = s.text.answer_a_message();
  const bool automatic = s.text.has(W::Automatic);
  const bool said = absent || (automatic && (addressed || s.text.has_any(W::Absent, W::Later)));
  if (!said || (s.text.has(W::Colleagues) && !s.null_sender)) return false;
  const bool answers = f.answers_mail || s.null_sender || (s.reply && s.fields > 0);
  if (s.fields > 0) {
    return (answers && (absent || addressed || automatic)) || (absent && (addressed || s.titled));
  }
  // Nothing but words: people write of absences, and of answers that came by themselves, too.
  if (s.reply) return false;
  return (s.titled || f.answers_mail) && s.text.speak_of_your_mail();
}

// What a subject of common words needs besides it: people announce their holidays so.
bool is_reply_of_absent(const Findings& f, const Signs& s) {
  const unsigned others = s.fields + (f.answers_mail ? 1U : 0U) + (s.null_sender ? 1U : 0U);
  if (s.reply_text.fixed > 0) return true;
  if (s.null_sender) return s.reply_text.common > 0 || others > 1;
  if (s.text.has(W::Colleagues)) return false;
  const bool addressed =
      s.text.speak_of_your_mail() || (s.fields > 0 && (s.titled || s.text.has(W::Automatic)));
  if (s.reply_text.common > 0 && f.answers_mail) {
    return addressed || s.fields > 0 || s.text.has_any(W::Instead, W::Later);
  }
  if (s.reply_text.common > 0 && s.fields > 0) return addressed;
  return f.answers_mail && others > 1;
}

// An answer without a field that names it so.
// Some address in the text alone may be that of whoever answers instead.
bool tells_of_failure(const Findings& f) {
  return std::ranges::any_of(*f.recipients, [](const RecipientReport& recipient) {
    return !recipient.status.empty() || recipient.reason != FailureReason::Unknown;
  });
}

// Of what has no sender: the ideas of somebody who is away, moved or answers by itself, counted.
bool is_absent_in_sum(const Findings& f, const Signs& s) {
  using N = NoticeWord;
  constexpr int kEnough = 2;
  const AnswerWords& text = s.text;
  const AnswerWords& subject = s.subject;
  const bool named = text.has_any(W::Absent, W::Moved, W::Automatic) ||
                     subject.has_any(W::Absent, W::Moved, W::Automatic, W::When);
  const bool to_sender = text.has_any(W::Thanks, W::YourMail);
  const bool dated = text.has(W::When) && (to_sender || text.has_any(W::Self, W::Instead));
  if (!named && !dated && !(to_sender && text.has(W::Later))) return false;
  const NoticeWords& notice = f.text_groups();
  if (notice.has(N::Moderator)) return false;
  const bool stopped =
      notice.has(N::Stopped) &&
      (notice.has_any(N::Virus, N::Spam, N::Forbidden, N::Attachment, N::Quarantine) ||
       f.subject_groups().has_any(N::Virus, N::Spam, N::Forbidden, N::Attachment, N::Quarantine));
  const int sum = 2 * int{text.has(W::Absent)} + 2 * int{subject.has(W::Absent)} +
                  2 * int{text.has(W::Moved)} + 2 * int{subject.has(W::Moved)} +
                  int{text.has(W::When)} + int{subject.has(W::When)} + int{text.has(W::Later)} +
                  int{text.has(W::Instead)} + int{text.has(W::Automatic)} +
                  int{subject.has(W::Automatic)} + int{text.has(W::Thanks)} +
                  int{text.has(W::Self)} + int{text.has(W::YourMail)} - 2 * int{stopped};
  return sum >= kEnough;
}

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
  const bool of_tracker = s.tagged && !s.titled && !s.null_sender;
  if (s.reply_subject.common > 0 && !of_tracker && is_reply_of_absent(f, s)) return true;
  if (s.null_sender && f.returned == ReturnForm::None && !tells_of_failure(f)) {
    // Without a reference it is no person's reply, with one and a field neither.
    if (s.reply_text.all() > 0 || (s.reply && !f.answers_mail)) return true;
    if (f.answers_mail && (s.fields > 0 || s.reply)) return true;
    const bool other = s.update || s.other_matter;
    if (s.text.tell_absence() || (s.text.answer_a_message() && !other)) return true;
    if (s.text.has(W::Automatic) && (f.answers_mail || s.titled)) return true;
    if (!other && is_absent_in_sum(f, s)) return true;
  }
  // What people write in a tracker or help desk is sent on by it, as an answer too.
  if ((s.tagged && !s.titled) || s.number || f.signs.has(HeaderSign::TicketSystem)) return false;
  if (answers_by_words(f, s)) return true;
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

void note_signs(const Findings& f, const Signs& s, Kind kind, std::vector<std::string>& evidence) {
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
  if (!f.words.has(kind, Where::Text)) {
    if (kind == Kind::TicketAck && s.text.acknowledge_request()) {
      evidence.emplace_back("The text says that a request was received and will be answered.");
    } else if (kind == Kind::AutoReply && s.text.tell_absence()) {
      evidence.emplace_back("The text tells that somebody is away.");
    }
  }
  if (s.null_sender)
    evidence.emplace_back("Its envelope sender is empty, but a person is its author.");
  if (f.answers_mail) evidence.emplace_back("It refers to the message that it answers.");
}

}  // namespace

bool has_subject_of_answer(const Findings& f) {
  if (f.signs.has(HeaderSign::List) || f.signs.has(HeaderSign::Newsletter)) return false;
  const SubjectMark mark = subject_mark(without_tags(f.subject));
  if (mark == SubjectMark::Forward) return false;
  const bool reply = mark != SubjectMark::None;
  // Mail programs write both when people reply.
  if (f.answers_mail != reply) return true;
  const bool marked = f.signs.has(HeaderSign::Bulk) || f.signs.has(HeaderSign::AsksNoAnswer);
  return f.answers_mail ? marked || has_number(f.subject) : marked && has_number(f.subject);
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
  note_signs(f, s, decision.kind, decision.evidence);
  note_words(f, decision.kind, decision.evidence);
  return decision;
}

}  // namespace backstop::reading
