// Notices of mail filters that nobody knows.
#include <algorithm>
#include <optional>

#include "core/reading/kind_words.h"
#include "core/reading/notice_words.h"
#include "core/reading/notice_writer.h"
#include "core/reading/subject_marks.h"

namespace backstop::reading {
namespace {

using W = NoticeWord;

bool is_virus_notice(const NoticeWriter& writer, const NoticeWords& subject,
                     const NoticeWords& text) {
  // Scanners of disks report what they found, too, and makers write of what goes round.
  const bool told = text.together(W::Virus, W::Mail, W::Stopped) ||
                    text.together(W::Malware, W::YourMail, W::Stopped) ||
                    (writer.machine && text.together(W::Virus, W::YourMail));
  if (!told) return false;
  const bool named = subject.has_any(W::Virus, W::Malware);
  const bool whole = text.together(W::Virus, W::YourMail, W::Stopped);
  if (writer.filter || writer.machine) {
    return named || (whole && subject.has_any(W::YourMail, W::Stopped, W::Attachment, W::Filter,
                                              W::Forbidden, W::Quarantine));
  }
  return named && whole && (writer.role || text.has(W::Malware));
}

bool is_content_notice(const NoticeWriter& writer, const NoticeWords& subject,
                       const NoticeWords& text) {
  if (!text.together(W::YourMail, W::Stopped) && !text.together(W::Attachment, W::Stopped)) {
    return false;
  }
  const bool about_content = subject.has_any(W::Forbidden, W::Attachment, W::Spam, W::Quarantine);
  const bool because = text.together(W::Stopped, W::Forbidden) ||
                       text.together(W::Stopped, W::Attachment) ||
                       text.together(W::Stopped, W::Spam);
  if (writer.filter) {
    return (because || text.together(W::Stopped, W::Filter) || text.has(W::Quarantine)) &&
           (about_content || subject.has_any(W::Stopped, W::YourMail, W::Filter));
  }
  return writer.machine && because && text.has(W::YourMail) &&
         (about_content || subject.has(W::Stopped));
}

// Several addresses: those of held messages beside the reader's own.
bool lists_messages(const NoticeWords& text, std::string_view normal) {
  return text.has(W::Column) || std::ranges::count(normal, '@') > 1;
}

// To the owner of a mailbox.  Lures look the same, but list nothing, or speak of an account.
bool is_digest(const NoticeWriter& writer, const NoticeWords& subject, const NoticeWords& text,
               const Findings& f) {
  const bool titled =
      subject.has(W::Quarantine) || (subject.has(W::Spam) && subject.has(W::Overview));
  if (!titled || text.has(W::Account) || !text.has_any(W::Quarantine, W::Spam)) return false;
  const bool list = lists_messages(text, f.text);
  if (f.signs.has(HeaderSign::FilterSender) || (writer.filter && writer.machine)) {
    return list || text.has(W::Action);
  }
  return (writer.filter || writer.machine) && list && text.has(W::Action);
}

}  // namespace

bool names_content_alone(const Findings& f) {
  const NoticeWords& subject = f.subject_groups();
  const NoticeWords& text = f.text_groups();
  if (subject.has_any(W::Virus, W::Malware) || text.has(W::Malware)) return false;
  return (!text.has(W::Virus) && text.has_any(W::Forbidden, W::Spam)) ||
         text.together(W::Attachment, W::Forbidden);
}

std::optional<KindDecision> decide_unknown_filter(const Findings& f) {
  if (is_reply_or_forward(f.subject) || !may_answer_by_words(f)) return std::nullopt;
  const NoticeWriter writer = find_writer(f);
  const NoticeWords& subject = f.subject_groups();
  if (!writer.filter && !writer.machine && !subject.has_any(W::Virus, W::Malware)) {
    return std::nullopt;
  }
  const NoticeWords& text = f.text_groups();
  std::optional<Kind> kind;
  if (is_digest(writer, subject, text, f)) {
    kind = Kind::ContentNotice;
  } else if (f.parts.attachment) {
    return std::nullopt;  // Worms send such notices, with themselves.
  } else if (is_virus_notice(writer, subject, text)) {
    kind = names_content_alone(f) ? Kind::ContentNotice : Kind::VirusNotice;
  } else if (is_content_notice(writer, subject, text)) {
    kind = Kind::ContentNotice;
  }
  if (!kind) return std::nullopt;
  KindDecision decision = make_decision(f, *kind, writer);
  decision.evidence.emplace_back(
      *kind == Kind::VirusNotice
          ? "Subject and text say that a virus was found in a message, and what became of it."
          : "Subject and text say that a message was stopped for what it holds or looks like.");
  return decision;
}

}  // namespace backstop::reading
