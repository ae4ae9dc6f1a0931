#include "core/reading/kind_words.h"

#include <algorithm>

#include "core/reading/answer_words.h"
#include "core/reading/delivery_words.h"
#include "core/reading/notice_words.h"
#include "core/reading/notice_writer.h"
#include "core/reading/request_marks.h"
#include "core/reading/request_words.h"
#include "core/reading/subject_marks.h"

namespace backstop::reading {
namespace {

using N = NoticeWord;
using R = RequestWord;

// By what its header says, how many of the ideas of a challenge a text must have; nothing: it is
// none, whatever it says.
std::optional<unsigned> ideas_wanted(const Findings& f, const RequestWords& subject) {
  constexpr unsigned kOfAutomat = 3;
  constexpr unsigned kOfToken = 4;
  constexpr unsigned kOfFilter = 5;
  constexpr unsigned kOfAnswer = 5;
  constexpr unsigned kOfMailSystem = 6;
  constexpr unsigned kOfProgram = 7;
  if (f.signs.has(HeaderSign::ConfirmAddress) || f.signs.has(HeaderSign::ChallengeSender)) {
    return kOfToken;
  }
  const bool titled = subject.has_any(R::Verify, R::Human, R::Reply, R::Code);
  if (has_daemon_envelope(f) || f.signs.has(HeaderSign::AutoReplied) ||
      f.signs.has(HeaderSign::Autoreply)) {
    if (f.from != SenderRole::Other) return kOfMailSystem;
    return find_writer(f).filter && !titled ? kOfFilter : kOfAutomat;
  }
  if (f.signs.has(HeaderSign::AutoSubmitted)) return kOfProgram;
  // People ask to be confirmed what they wrote, in the subject of what they answer.
  constexpr std::size_t kShortText = 1536;
  if (!f.answers_mail || f.text.size() > kShortText) return std::nullopt;
  if (titled && !is_reply_or_forward(f.subject)) return kOfAnswer;
  if (find_writer(f).filter) return kOfProgram;
  return std::nullopt;
}

// What a mail system says that gave up, which asks for things as well.
bool tells_of_failure(const Findings& f, const RequestWords& subject, const RequestWords& text) {
  const bool human = text.has_any(R::Human, R::Once) || subject.has(R::Human);
  if (std::ranges::any_of(*f.recipients, [](const RecipientReport& recipient) {
        return recipient.reason != FailureReason::Unknown;
      })) {
    return !human;
  }
  const DeliveryWords delivery = find_delivery_words(f.text);
  const bool asked = subject.has_any(R::Verify, R::Reply, R::Human, R::Code, R::Unknown);
  if (delivery.no_such) return !human && !subject.has_any(R::Verify, R::Reply, R::Unknown);
  const bool given_up = delivery.failed || (delivery.late && text.count_asks() < 2);
  return given_up && !human && !asked && text.count_reasons() < 2;
}

// What is asked to be confirmed is something else.
bool is_other_matter(const RequestWords& subject, const RequestWords& text, unsigned ideas,
                     bool automat) {
  constexpr unsigned kMany = 6;
  if (text.has(R::Moderator) || subject.has(R::Subscribe)) return true;
  if (text.has(R::Subscribe) && !text.has(R::Unknown) && ideas < kMany &&
      !subject.has_any(R::Human, R::Sender, R::Guard, R::Held, R::Deliver)) {
    return true;
  }
  // The subject may be that of what was sent.
  return !automat && (text.has_any(R::Bought, R::Member) || subject.has(R::Member));
}

// What is to be done is done on a page of the web, for the sake of a message or of its sender.
bool leads_to_page(const RequestWords& text) {
  return text.has(R::Link) && ((text.has(R::Code) && text.has(R::Deliver)) ||
                               (text.has(R::Click) && text.has(R::Unknown)));
}

// Of what has few ideas of a challenge: it says more of an absence, or of a request.
bool tells_of_person_or_desk(const Findings& f) {
  using A = AnswerWord;
  const AnswerWords words(f.text);
  return words.tell_absence() || words.has(A::Moved) || words.together(A::Request, A::Received) ||
         words.together(A::YourMail, A::Received) ||
         (words.has(A::Number) && words.has_any(A::Received, A::Request));
}

// Of no role that says so: it asks for a subscription to be confirmed, and says no more than that.
bool asks_in_short(const Findings& f, const RequestWords& subject, const RequestWords& text) {
  constexpr std::size_t kShortText = 1024;
  if (f.text.size() > kShortText || f.signs.has(HeaderSign::Newsletter)) return false;
  const bool named = subject.has(R::Subscribe);
  if (text.has(R::Ignore)) return true;
  if (!text.has(R::Link)) return false;
  const bool leads = text.has(R::Click) || f.text.find(": http") != std::string_view::npos;
  if (named && subject.has(R::Verify) && leads) return true;
  // People ask each other to confirm what they wrote for a newsletter, and do not write of clicks.
  return named ? is_office_role(f.from_local) && text.together(R::Subscribe, R::Verify)
               : text.has(R::Click) && text.together(R::Subscribe, R::Click);
}

// Who may ask for a subscription to be confirmed, by role.
bool may_confirm_subscription(const Findings& f) {
  return !f.answers_mail && !is_reply_or_forward(f.subject) && !f.parts.attachment &&
         !f.signs.has(HeaderSign::List) && !f.signs.has(HeaderSign::TicketSystem) &&
         f.recipients->empty();
}

}  // namespace

std::optional<KindDecision> decide_unknown_challenge(const Findings& f) {
  if (is_forward(f.subject) || !may_answer_by_words(f) || f.parts.attachment ||
      f.signs.has(HeaderSign::TicketSystem)) {
    return std::nullopt;
  }
  const bool token = f.signs.has(HeaderSign::ConfirmAddress);
  // What is known of mail systems is settled by that.
  if (!token && f.words.count_fixed(Kind::Bounce, Where::Text) > 1 &&
      !f.words.has(Kind::Challenge)) {
    return std::nullopt;
  }
  const RequestWords& subject = f.subject_requests();
  auto wanted = ideas_wanted(f, subject);
  if (!wanted) return std::nullopt;
  const bool automat = has_daemon_envelope(f) || f.signs.has(HeaderSign::AutoReplied);
  if (f.words.has(Kind::TicketAck) || f.words.count_fixed(Kind::AutoReply, Where::Subject) > 0) {
    ++*wanted;
  }
  const RequestWords& text = f.text_requests();
  const unsigned asks = text.count_asks();
  constexpr unsigned kAsksCounted = 2;
  constexpr unsigned kTitlesCounted = 3;
  const unsigned ideas = text.count_reasons() + text.count_states() + std::min(asks, kAsksCounted) +
                         std::min(subject.count_titles(), kTitlesCounted) + 2 * unsigned{token} +
                         unsigned{leads_to_page(text)};
  if (asks == 0 || ideas < *wanted) return std::nullopt;
  const bool of_mail = text.has(R::Mail) || subject.has(R::Mail) ||
                       (automat && (text.has_any(R::Sender, R::Deliver, R::Unknown, R::Human) ||
                                    subject.has(R::Human)));
  if (!of_mail) return std::nullopt;
  constexpr unsigned kFew = 3;
  if ((ideas == kFew || f.words.has(Kind::TicketAck)) && !token && tells_of_person_or_desk(f)) {
    return std::nullopt;
  }
  const bool why = text.count_reasons() + subject.count_titles() > 0 || token ||
                   (text.has(R::Deliver) && (asks > 1 || text.has_any(R::Held, R::Code)));
  if (!why || is_other_matter(subject, text, ideas, automat) ||
      tells_of_failure(f, subject, text) || f.text_groups().has_any(N::Virus, N::Account)) {
    return std::nullopt;
  }
  KindDecision decision = make_decision(f, Kind::Challenge, find_writer(f));
  if (!automat && f.answers_mail) {
    decision.evidence.emplace_back("It refers to the message that it answers.");
  }
  decision.evidence.emplace_back(
      "The text says that a message waits until its sender has confirmed it.");
  return decision;
}

std::optional<KindDecision> decide_unknown_subscription(const Findings& f) {
  if (!may_confirm_subscription(f)) return std::nullopt;
  const RequestWords& subject = f.subject_requests();
  const bool list = is_list_role(f.from_local);
  // Who sells or writes news does not send without a sender.
  const bool null_sender = has_daemon_envelope(f) && f.from == SenderRole::Other;
  const bool role = list || null_sender || is_sending_role(f.from_local);
  const bool named = subject.has(R::Subscribe) || (role && subject.has(R::Group));
  if (!named && !subject.has(R::Verify) && !(role && subject.has(R::Click))) return std::nullopt;
  const RequestWords& text = f.text_requests();
  const bool topic = named || text.has(R::Subscribe) || (list && text.has(R::Group));
  const bool verify = subject.has(R::Verify) || text.has(R::Verify);
  const bool click = text.has(R::Link) && text.has_any(R::Click, R::Verify);
  const bool reply = text.has(R::Reply) && (list || null_sender);
  if (!topic || !(click || reply || (null_sender && text.has(R::Verify)))) return std::nullopt;
  if (!verify && !(list && reply) && !(named && text.has(R::Ignore))) return std::nullopt;
  const bool titled = subject.has(R::Subscribe) && subject.has(R::Verify);
  if (text.has_any(R::Bought, R::Moderator) || subject.has_any(R::Bought, R::Member) ||
      (text.has(R::Member) && !titled) || f.text_groups().has(N::Account)) {
    return std::nullopt;
  }
  const bool challenges = text.count_reasons() > 0 || text.has_any(R::Sender, R::Held);
  if (challenges && !list && !named) return std::nullopt;
  if (!role && !asks_in_short(f, subject, text)) return std::nullopt;
  KindDecision decision{.kind = Kind::SubscriptionConfirm, .confidence = role ? 0.85 : 0.75};
  if (null_sender && !list) {
    decision.evidence.emplace_back("The envelope sender is empty.");
  } else if (role) {
    decision.evidence.emplace_back("It is sent in the role of a list or newsletter.");
  }
  decision.evidence.emplace_back("Subject and text ask to confirm a subscription.");
  return decision;
}

bool may_be_notice(const Findings& f) {
  if (f.signs.has(HeaderSign::List) || f.signs.has(HeaderSign::Newsletter)) return false;
  const NoticeWords& subject = f.subject_groups();
  if (subject.has_any(N::Virus, N::Malware, N::Quarantine)) return true;
  const RequestWords& request = f.subject_requests();
  if (request.has(R::Subscribe)) return true;
  if (request.has(R::Verify) && !is_reply_or_forward(f.subject)) return true;
  if (request.has_any(R::Click, R::Group) &&
      (is_sending_role(f.from_local) || is_list_role(f.from_local))) {
    return true;
  }
  return (request.has(R::Verify) ||
          subject.has_any(N::Spam, N::Stopped, N::Forbidden, N::Attachment, N::YourMail)) &&
         names_mail_filter(f.from_name);
}

}  // namespace backstop::reading
