// Notices of mail filters that nobody knows.
#include <algorithm>
#include <optional>

#include "core/reading/delivery_words.h"
#include "core/reading/kind_words.h"
#include "core/reading/notice_words.h"
#include "core/reading/notice_writer.h"
#include "core/reading/subject_marks.h"

namespace backstop::reading {
namespace {

using W = NoticeWord;

// Subject and text, and what both say of them.
struct Said {
  const NoticeWords& subject;
  const NoticeWords& text;
  NoticeWriter writer;

  explicit Said(const Findings& f)
      : subject(f.subject_groups()), text(f.text_groups()), writer(find_writer(f)) {}

  bool has(W word) const { return subject.has(word) || text.has(word); }
  bool yours() const { return has(W::YourMail); }
  // Who tells something to many, sells it, or writes it by hand.
  bool is_told_to_many() const { return writer.trade || has(W::Announce) || has(W::Person); }
};

// Another address than the reader's is named: whose mail it is about, or where it went.
bool names_somebody(const Findings& f) {
  return f.text.find('@') != std::string_view::npos;
}

// Help desks put the number of a ticket before what they send on.
bool has_ticket_tag(std::string_view subject) {
  const std::size_t end = subject.find(']');
  return subject.starts_with('[') && end != std::string_view::npos &&
         subject.substr(0, end).find_first_of("#0") != std::string_view::npos;
}

bool is_of_other_automat(const Findings& f) {
  return f.words.has(Kind::TicketAck) || f.words.count_fixed(Kind::AutoReply, Where::Text) > 0 ||
         f.signs.has(HeaderSign::TicketSystem) || f.signs.has(HeaderSign::Autoreply);
}

// A bounce in the words of a product, or about a mailbox.
bool is_of_delivery(const Findings& f) {
  return f.signs.has(HeaderSign::FailedRecipients) ||
         f.words.count_fixed(Kind::Bounce, Where::Subject) > 0 ||
         f.words.count_fixed(Kind::Bounce, Where::Text) > 0 || find_delivery_words(f.text).no_such;
}

bool returns_message(const Findings& f) {
  return f.returned != ReturnForm::None || f.return_announced;
}

// Scanners of disks report what they found, too, and makers write of what goes round.
bool is_virus_notice(const Said& said) {
  const NoticeWords& text = said.text;
  if (!text.has_any(W::Virus, W::Malware)) return false;
  const bool of_mail = text.together(W::Virus, W::Mail) || text.together(W::Virus, W::YourMail) ||
                       text.together(W::Malware, W::Mail) || text.together(W::Malware, W::YourMail);
  const bool done = text.together(W::Virus, W::Stopped) || text.together(W::Malware, W::Stopped);
  const bool named = said.subject.has_any(W::Virus, W::Malware);
  if (!of_mail) return false;
  if (said.writer.strong) {
    return (done && (named || said.yours() || text.has(W::Malware))) ||
           (said.yours() && (named || text.has(W::Malware)));
  }
  if (said.is_told_to_many()) return false;
  const bool whole = text.together(W::Virus, W::YourMail, W::Stopped) ||
                     text.together(W::Malware, W::YourMail, W::Stopped);
  const bool titled = named || said.subject.has_any(W::YourMail, W::Stopped, W::Attachment,
                                                    W::Filter, W::Forbidden, W::Quarantine);
  if (said.writer.filter || said.writer.machine) {
    if (whole && (titled || text.has(W::Malware))) return true;
    if (!named) return false;
    // Tests of people for a virus have none of these.
    const bool certain = said.writer.filter || text.has(W::Malware);
    const bool stopped = said.writer.filter && text.together(W::Virus, W::Mail, W::Stopped);
    return stopped || ((done || certain) && said.yours());
  }
  return named && whole && (said.writer.role || text.has(W::Malware));
}

// Why it was stopped: what it holds, or what it looks like.
bool gives_reason(const Said& said) {
  const NoticeWords& text = said.text;
  if (text.together(W::Stopped, W::Forbidden) || text.together(W::Stopped, W::Spam) ||
      text.together(W::Stopped, W::Filter) || text.together(W::Attachment, W::Forbidden) ||
      (text.together(W::Stopped, W::Attachment) &&
       (text.has_any(W::Contains, W::Quarantine) ||
        said.subject.has_any(W::Forbidden, W::Attachment)))) {
    return true;
  }
  if (!said.subject.has_any(W::Stopped, W::Spam, W::Forbidden)) return false;
  return text.has_any(W::Forbidden, W::Spam) || text.together(W::Attachment, W::Contains);
}

bool is_content_notice(const Findings& f, const Said& said) {
  const NoticeWords& subject = said.subject;
  const NoticeWords& text = said.text;
  if (text.has(W::Moderator) || (!said.has(W::Mail) && !names_somebody(f)) ||
      (text.has(W::Confirm) && text.has(W::Once))) {
    return false;
  }
  // "Your message was rated as spam" says what became of it.
  const bool rated =
      said.writer.strong && said.yours() && subject.has(W::Spam) && text.has(W::Spam);
  if (!said.has(W::Stopped) && !rated) return false;
  const bool about_content =
      subject.has_any(W::Forbidden, W::Attachment, W::Spam, W::Quarantine, W::Filter);
  // A list's own mail is not about what the message holds.
  if (text.has(W::Subscribe) && !about_content) return false;
  const bool titled = about_content || subject.has_any(W::Stopped, W::YourMail);
  const bool reason = gives_reason(said);
  if (said.writer.strong) {
    if (is_of_other_automat(f) && !about_content && !subject.has(W::Stopped)) return false;
    if (!about_content && is_of_delivery(f)) return false;
    if (rated) return true;
    if (reason && (said.yours() || (titled && names_somebody(f)))) return true;
    if (said.yours() && text.together(W::Stopped, W::Attachment) && !returns_message(f)) {
      return true;
    }
    return said.writer.filter && titled && text.has(W::Stopped) &&
           (said.yours() || text.has(W::Quarantine)) && text.has_any(W::Attachment, W::Spam);
  }
  if (said.is_told_to_many() || !titled || is_of_other_automat(f) || subject.has(W::Bought) ||
      !said.has(W::Mail)) {
    return false;
  }
  if (said.writer.filter) {
    return (reason || text.together(W::Stopped, W::Attachment) || text.has(W::Quarantine)) &&
           (text.together(W::YourMail, W::Stopped) || text.together(W::Attachment, W::Stopped) ||
            (said.yours() && text.has(W::Stopped)));
  }
  if (!said.writer.machine || !reason || has_ticket_tag(f.subject)) return false;
  if (!names_somebody(f) && !text.has(W::Filter) && !may_name_mail_filter(f.from_name))
    return false;
  return said.yours() || (text.together(W::Stopped, W::Attachment, W::Forbidden) && about_content);
}

// Several addresses: those of held messages beside the reader's own.
bool lists_messages(const NoticeWords& text, std::string_view normal) {
  return text.has(W::Column) || std::ranges::count(normal, '@') > 1;
}

// To the owner of a mailbox.  Lures look the same, but list nothing, or speak of an account.
bool is_digest(const Findings& f, const Said& said) {
  const NoticeWords& subject = said.subject;
  const NoticeWords& text = said.text;
  const NoticeWriter& writer = said.writer;
  const bool quarantine = subject.has(W::Quarantine);
  const bool stopped = writer.strong && subject.has(W::Stopped) && subject.has(W::Mail);
  const bool titled = quarantine || (subject.has(W::Overview) && (subject.has(W::Spam) || stopped));
  if (!titled || text.has(W::Account)) return false;
  const bool list = lists_messages(text, f.text);
  const bool action = text.has(W::Action);
  const bool held = text.has_any(W::Quarantine, W::Spam, W::Stopped, W::Filter);
  if (!held && !(list && (writer.filter ? action || writer.strong : action && writer.strong))) {
    return false;
  }
  if (writer.strong) {
    return list || (names_somebody(f) && action) ||
           (writer.filter && quarantine && text.has_any(W::Quarantine, W::Action));
  }
  if (said.is_told_to_many()) return false;
  if (f.signs.has(HeaderSign::FilterSender) || (writer.filter && writer.machine)) {
    return list || action;
  }
  if (!writer.filter && !writer.machine) return false;
  return action && (list || (writer.filter && quarantine && !text.has(W::Link)));
}

KindDecision decide(const Findings& f, const Said& said, Kind kind) {
  KindDecision decision = make_decision(f, kind, said.writer);
  decision.evidence.emplace_back(
      kind == Kind::VirusNotice
          ? "Subject and text say that a virus was found in a message, and what became of it."
          : "Subject and text say that a message was stopped for what it holds or looks like.");
  return decision;
}

}  // namespace

bool names_content_alone(const Findings& f) {
  const NoticeWords& subject = f.subject_groups();
  const NoticeWords& text = f.text_groups();
  if (text.has(W::Malware) || subject.has(W::Malware)) return false;
  if (!text.has(W::Virus)) return text.has_any(W::Forbidden, W::Spam);
  return !subject.has(W::Virus) && text.together(W::Attachment, W::Forbidden);
}

bool names_no_virus(const Findings& f) {
  const NoticeWords& subject = f.subject_groups();
  const NoticeWords& text = f.text_groups();
  return !subject.has_any(W::Virus, W::Malware) && !text.has_any(W::Virus, W::Malware) &&
         text.has(W::Mail);
}

bool names_virus_alone(const Findings& f) {
  const NoticeWords& subject = f.subject_groups();
  const NoticeWords& text = f.text_groups();
  if (text.has(W::Spam) || subject.has_any(W::Spam, W::Quarantine, W::Forbidden)) return false;
  return text.has(W::Malware) || (text.has(W::Virus) && !text.has(W::Forbidden));
}

std::optional<KindDecision> decide_unknown_filter(const Findings& f) {
  if (is_reply_or_forward(f.subject) || !may_answer_by_words(f)) return std::nullopt;
  const NoticeWriter writer = find_writer(f);
  if (!writer.filter && !writer.machine && !f.subject_groups().has_any(W::Virus, W::Malware)) {
    return std::nullopt;
  }
  const Said said(f);
  if (is_digest(f, said)) return decide(f, said, Kind::ContentNotice);
  // Worms send such notices, with themselves.
  if (f.parts.attachment) return std::nullopt;
  if (is_virus_notice(said)) {
    return decide(f, said, names_content_alone(f) ? Kind::ContentNotice : Kind::VirusNotice);
  }
  if ((writer.filter || writer.machine) && !said.text.has(W::Confirm) &&
      is_content_notice(f, said)) {
    return decide(f, said, Kind::ContentNotice);
  }
  return std::nullopt;
}

std::optional<KindDecision> decide_unknown_refusal(const Findings& f) {
  if (f.parts.attachment || is_reply_or_forward(f.subject) || !may_answer_by_words(f)) {
    return std::nullopt;
  }
  const NoticeWriter writer = find_writer(f);
  if (!writer.filter && !writer.machine) return std::nullopt;
  const Said said(f);
  if (!is_content_notice(f, said)) return std::nullopt;
  return decide(f, said, Kind::ContentNotice);
}

}  // namespace backstop::reading
