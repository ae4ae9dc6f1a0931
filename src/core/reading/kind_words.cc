#include "core/reading/kind_words.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/base/ascii.h"
#include "core/reading/delivery_words.h"
#include "core/reading/notice_words.h"
#include "core/reading/request_marks.h"
#include "core/reading/subject_marks.h"

namespace backstop::reading {
namespace {

using W = NoticeWord;

// What is known of the writer.
struct Writer {
  bool filter = false;   // Named after a filter, or in the role of one.
  bool machine = false;  // A mail system, or marked as automatic.
  bool role = false;     // A role that programs write under.
};

bool is_program_role(std::string_view local) {
  static constexpr std::array<std::string_view, 9> kRoles{
      "administrator", "admin",  "postmaster", "security",    "gateway",
      "mailgateway",   "system", "alert",      "notification"};
  return is_sending_role(local) || std::ranges::find(kRoles, local) != kRoles.end();
}

Writer find_writer(const Findings& f) {
  return {.filter = f.signs.has(HeaderSign::FilterSender) || f.signs.has(HeaderSign::FilterField) ||
                    f.words.has(Kind::VirusNotice, Where::From) ||
                    f.words.has(Kind::ContentNotice, Where::From) || names_mail_filter(f.from_name),
          .machine = has_daemon_sender(f) || f.signs.has(HeaderSign::AutoSubmitted),
          .role = is_program_role(f.from_local)};
}

// A reply code of RFC 5321 stands in it, as a word: "550", "451".
bool has_reply_code(std::string_view text) {
  constexpr std::size_t kDigits = 3;
  for (std::size_t at = 0; at + kDigits <= text.size(); ++at) {
    const bool begins = at == 0 || !ascii::is_alnum(text[at - 1]);
    const bool ends = at + kDigits == text.size() || !ascii::is_alnum(text[at + kDigits]);
    if (begins && ends && (text[at] == '4' || text[at] == '5') && ascii::is_digit(text[at + 1]) &&
        ascii::is_digit(text[at + 2])) {
      return true;
    }
  }
  return false;
}

// A bounce gives a server's answer, or a product's own words of a delivery.
bool tells_of_delivery(const Findings& f) {
  if (f.parts.delivery_status || (f.product != Product::None && f.product_states_outcome)) {
    return true;
  }
  return std::ranges::any_of(*f.recipients, [](const RecipientReport& recipient) {
    return !recipient.status.empty() || has_reply_code(recipient.diagnostic);
  });
}

bool may_answer_by_words(const Findings& f) {
  return !f.signs.has(HeaderSign::List) && !f.signs.has(HeaderSign::Newsletter) &&
         !tells_of_delivery(f);
}

KindDecision make_decision(const Findings& f, Kind kind, const Writer& writer) {
  KindDecision decision{.kind = kind, .confidence = 0.9};
  if (writer.filter) decision.evidence.emplace_back("The From field names a mail filter.");
  if (has_daemon_sender(f)) note_sender(f, decision.evidence);
  if (f.signs.has(HeaderSign::AutoSubmitted)) {
    decision.evidence.emplace_back("Auto-Submitted marks it as automatic.");
  }
  return decision;
}

bool is_virus_notice(const Writer& writer, const NoticeWords& subject, const NoticeWords& text) {
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

bool is_content_notice(const Writer& writer, const NoticeWords& subject, const NoticeWords& text) {
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

// Of a null sender, or with an address to answer that carries a token: where a text asks for
// something about a message of the reader's, the other things that challenges say make up for one
// that this does not.
bool is_challenge_by_sum(const Findings& f, const NoticeWords& text, bool asks, unsigned reasons) {
  constexpr unsigned kEnough = 3;
  const bool token = f.signs.has(HeaderSign::ConfirmAddress);
  if (!has_daemon_envelope(f) && !token) return false;
  if (!text.has_any(W::YourMail, W::Mail)) return false;
  // What a person who is away, or a mail system that gave up, says besides.
  const bool other = f.words.has(Kind::AutoReply) ||
                     f.words.count_fixed(Kind::Bounce, Where::Text) > 0 ||
                     (find_delivery_words(f.text).no_such && !asks);
  const unsigned sum = reasons + unsigned{text.has(W::Pending)} + unsigned{asks} +
                       2 * unsigned{token} + unsigned{asks && text.has(W::Link)};
  return sum >= kEnough + unsigned{other} && (reasons > 0 || token || asks);
}

// Several addresses: those of held messages beside the reader's own.
bool lists_messages(const NoticeWords& text, std::string_view normal) {
  return text.has(W::Column) || std::ranges::count(normal, '@') > 1;
}

// To the owner of a mailbox.  Lures look the same, but list nothing, or speak of an account.
bool is_digest(const Writer& writer, const NoticeWords& subject, const NoticeWords& text,
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
  const Writer writer = find_writer(f);
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

std::optional<KindDecision> decide_unknown_challenge(const Findings& f) {
  if (is_forward(f.subject) || !may_answer_by_words(f) || f.parts.attachment ||
      f.signs.has(HeaderSign::TicketSystem)) {
    return std::nullopt;
  }
  const Writer writer = find_writer(f);
  const bool automatic = has_daemon_envelope(f) || f.signs.has(HeaderSign::AutoSubmitted) ||
                         f.signs.has(HeaderSign::Autoreply) ||
                         f.signs.has(HeaderSign::ChallengeSender) ||
                         f.signs.has(HeaderSign::ConfirmAddress);
  if (!automatic && !writer.filter) return std::nullopt;
  const NoticeWords& text = f.text_groups();
  if (!text.has(W::Confirm) || text.has_any(W::Moderator, W::Account, W::Virus)) {
    return std::nullopt;
  }
  const NoticeWords& subject = f.subject_groups();
  const bool asks = subject.has_any(W::Confirm, W::Pending, W::Unknown) ||
                    f.signs.has(HeaderSign::ChallengeSubject);
  if (!asks && f.words.has(Kind::TicketAck)) return std::nullopt;
  const unsigned reasons =
      unsigned{text.has(W::Human)} + unsigned{text.has(W::Once)} + unsigned{text.has(W::Unknown)};
  const bool told = text.together(W::YourMail, W::Pending) &&
                    text.together(W::Pending, W::Confirm) && reasons > 0 &&
                    reasons + unsigned{text.has(W::Link)} + unsigned{asks} >= 2;
  if (!told && !is_challenge_by_sum(f, text, asks, reasons)) return std::nullopt;
  KindDecision decision = make_decision(f, Kind::Challenge, writer);
  decision.evidence.emplace_back(
      "The text says that a message waits until its sender has confirmed it.");
  return decision;
}

std::optional<KindDecision> decide_unknown_subscription(const Findings& f) {
  const bool list = is_list_role(f.from_local);
  // Who sells or writes news does not send without a sender.
  const bool null_sender = has_daemon_envelope(f) && f.from == SenderRole::Other;
  if ((!list && !null_sender && !is_sending_role(f.from_local)) || f.answers_mail ||
      is_reply_or_forward(f.subject) || f.parts.attachment || f.signs.has(HeaderSign::List) ||
      f.signs.has(HeaderSign::TicketSystem) || !f.recipients->empty()) {
    return std::nullopt;
  }
  const NoticeWords& subject = f.subject_groups();
  if (!subject.has(W::Confirm) || !subject.has(W::Subscribe)) return std::nullopt;
  const NoticeWords& text = f.text_groups();
  const bool asks = text.together(W::Subscribe, W::Confirm, W::Link) ||
                    (list && text.together(W::Subscribe, W::Confirm)) ||
                    (null_sender && text.has(W::Confirm));
  if (!asks || text.has_any(W::Account, W::Bought, W::Moderator)) return std::nullopt;
  KindDecision decision{.kind = Kind::SubscriptionConfirm, .confidence = 0.85};
  decision.evidence.emplace_back(null_sender && !list
                                     ? "The envelope sender is empty."
                                     : "It is sent in the role of a list or newsletter.");
  decision.evidence.emplace_back("Subject and text ask to confirm a subscription.");
  return decision;
}

bool may_be_notice(const Findings& f) {
  if (f.signs.has(HeaderSign::List) || f.signs.has(HeaderSign::Newsletter)) return false;
  const NoticeWords& subject = f.subject_groups();
  if (subject.has_any(W::Virus, W::Malware, W::Quarantine)) return true;
  if (subject.has(W::Confirm) && subject.has(W::Subscribe)) return true;
  return subject.has_any(W::Spam, W::Stopped, W::Forbidden, W::Attachment, W::YourMail,
                         W::Confirm) &&
         names_mail_filter(f.from_name);
}

}  // namespace backstop::reading
