#include "core/reading/reading.h"

#include "core/base/assert.h"

namespace backstop::reading {

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::Bounce:
      return "bounce";
    case Kind::Delay:
      return "delay";
    case Kind::DeliveryReport:
      return "delivery-report";
    case Kind::ReadReceipt:
      return "read-receipt";
    case Kind::AutoReply:
      return "auto-reply";
    case Kind::TicketAck:
      return "ticket-ack";
    case Kind::Challenge:
      return "challenge";
    case Kind::VirusNotice:
      return "virus-notice";
    case Kind::ContentNotice:
      return "content-notice";
    case Kind::SubscriptionConfirm:
      return "subscription-confirm";
    case Kind::FeedbackReport:
      return "feedback-report";
    case Kind::AggregateReport:
      return "aggregate-report";
    case Kind::Ordinary:
      return "ordinary";
  }
  BS_ASSERT(false);
}

std::string_view name_of(FailureReason reason) {
  switch (reason) {
    case FailureReason::Unknown:
      return "unknown";
    case FailureReason::UserUnknown:
      return "user-unknown";
    case FailureReason::UserDisabled:
      return "user-disabled";
    case FailureReason::UserMoved:
      return "user-moved";
    case FailureReason::MailboxFull:
      return "mailbox-full";
    case FailureReason::HostUnknown:
      return "host-unknown";
    case FailureReason::TooLarge:
      return "too-large";
    case FailureReason::Spam:
      return "spam";
    case FailureReason::Virus:
      return "virus";
    case FailureReason::Content:
      return "content";
    case FailureReason::SenderRefused:
      return "sender-refused";
    case FailureReason::ClientRefused:
      return "client-refused";
    case FailureReason::AuthenticationFailed:
      return "authentication-failed";
    case FailureReason::Policy:
      return "policy";
    case FailureReason::RelayDenied:
      return "relay-denied";
    case FailureReason::RateLimited:
      return "rate-limited";
    case FailureReason::Network:
      return "network";
    case FailureReason::Expired:
      return "expired";
    case FailureReason::ProtocolError:
      return "protocol-error";
    case FailureReason::Loop:
      return "loop";
    case FailureReason::SystemError:
      return "system-error";
  }
  BS_ASSERT(false);
}

KindForm form_of(Kind kind) {
  switch (kind) {
    case Kind::Bounce:
    case Kind::Delay:
    case Kind::DeliveryReport:
    case Kind::ReadReceipt:
    case Kind::VirusNotice:
    case Kind::ContentNotice:
      return KindForm::Returning;
    case Kind::AutoReply:
    case Kind::TicketAck:
    case Kind::Challenge:
    case Kind::SubscriptionConfirm:
      return KindForm::Answering;
    case Kind::FeedbackReport:
    case Kind::AggregateReport:
    case Kind::Ordinary:
      return KindForm::Neither;
  }
  BS_ASSERT(false);
}

std::string_view name_of(ReturnForm form) {
  switch (form) {
    case ReturnForm::Full:
      return "full";
    case ReturnForm::Headers:
      return "headers";
    case ReturnForm::Fragment:
      return "fragment";
    case ReturnForm::None:
      return "none";
  }
  BS_ASSERT(false);
}

bool Returned::returned_enough() const {
  const bool block_came_back = form == ReturnForm::Full || form == ReturnForm::Headers;
  return block_came_back && read_to_end && from.has_value() && received_count >= 1;
}

}  // namespace backstop::reading
