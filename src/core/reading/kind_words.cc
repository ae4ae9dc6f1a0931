#include "core/reading/kind_words.h"

#include "core/reading/delivery_words.h"
#include "core/reading/notice_words.h"
#include "core/reading/notice_writer.h"
#include "core/reading/request_marks.h"
#include "core/reading/subject_marks.h"

namespace backstop::reading {
namespace {

using W = NoticeWord;

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

}  // namespace

std::optional<KindDecision> decide_unknown_challenge(const Findings& f) {
  if (is_forward(f.subject) || !may_answer_by_words(f) || f.parts.attachment ||
      f.signs.has(HeaderSign::TicketSystem)) {
    return std::nullopt;
  }
  const NoticeWriter writer = find_writer(f);
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
