// What a message is: its kind, and what it says, as values.  What it proves is core/proof, what is
// done about it core/policy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ip.h"
#include "core/base/time.h"
#include "core/mail/address.h"
#include "core/mail/defects.h"
#include "core/mail/raw_header.h"

namespace backstop::reading {

// What a message is, by its form (docs/glossary.md).
enum class Kind : std::uint8_t {
  Bounce,
  Delay,
  DeliveryReport,
  ReadReceipt,
  AutoReply,
  TicketAck,
  Challenge,
  VirusNotice,
  ContentNotice,
  SubscriptionConfirm,
  FeedbackReport,
  AggregateReport,
  Ordinary,
};
inline constexpr unsigned kKindCount = static_cast<unsigned>(Kind::Ordinary) + 1;
std::string_view name_of(Kind kind);  // "delivery-report"

// How a kind relates to the message it is about.
enum class KindForm : std::uint8_t {
  Returning,  // Can carry the original: bounce, delay, delivery-report, read-receipt, notices.
  Answering,  // Can only refer to it: auto-reply, ticket-ack, challenge, subscription-confirm.
  Neither,
};
KindForm form_of(Kind kind);

// How much of the original came back.
enum class ReturnForm : std::uint8_t {
  Full,      // Header and body.
  Headers,   // A header block with at least one Received.
  Fragment,  // Less: a block without Received (rebuilt or quoted), or cut off.
  None,
};
std::string_view name_of(ReturnForm form);

// Why a message was not delivered, whatever status and words the reporting server chose for it.
enum class FailureReason : std::uint8_t {
  Unknown,  // Nothing in the report tells.
  UserUnknown,
  UserDisabled,  // Suspended, inactive, closed.
  UserMoved,
  MailboxFull,
  HostUnknown,  // No such domain, no mail exchanger, null MX.
  TooLarge,
  Spam,                  // The server judged the content to be spam.
  Virus,                 // ... or to be dangerous: virus, forbidden attachment.
  Content,               // ... or not allowed: words, format, encryption wanted.
  SenderRefused,         // The sender's address or domain is not wanted.
  ClientRefused,         // The sending host is not wanted: listed, bad reputation, no reverse name.
  AuthenticationFailed,  // SPF, DKIM or DMARC.
  Policy,                // Refused by a rule that none of the others names.
  RelayDenied,
  RateLimited,    // Too many messages or connections; greylisted.
  Network,        // No connection, no route, TLS failed.
  Expired,        // Tried until the queue's time was over; no earlier reason told.
  ProtocolError,  // Bad command, bad address syntax.
  Loop,
  SystemError,  // Of the receiving system: disk, configuration, failed program.
};
inline constexpr unsigned kFailureReasonCount =
    static_cast<unsigned>(FailureReason::SystemError) + 1;
std::string_view name_of(FailureReason reason);  // "user-unknown"

struct DkimReference {
  std::string domain;
  std::string selector;
};

// One Received line of the returned header.
struct Hop {
  std::string by;
  std::string id;
  std::optional<IpAddress> from_ip;
  std::optional<Instant> date;
};

// The outermost returned message.  Strings are decoded to UTF-8 where the field is text.
struct Returned {
  ReturnForm form = ReturnForm::None;
  // The header block was read to its end, within limits, nothing of it cut or passed over.
  bool read_to_end = false;
  bool inline_in_text = false;  // Stood in the text, not in a part of its own.
  std::string message_id;       // Without brackets; "" if there is none.
  std::optional<mail::Address> from;
  std::vector<mail::Address> to;
  std::optional<Instant> date;
  std::string subject;
  std::optional<mail::Address> return_path;
  std::optional<mail::Address> sender;
  unsigned received_count = 0;
  std::vector<Hop> hops;  // The topmost first; at most limits::kReturnedHops.
  bool is_list = false;   // It carries a List-* field (RFC 2369, RFC 2919).
  // Of the bottommost Received whose client has an address of the open internet; if none has, of
  // the bottommost that names a client.
  std::optional<IpAddress> received_first_ip;
  std::vector<DkimReference> dkim;
  std::vector<std::string> tokens;  // Values of Backstop-Token, outermost block only.
  std::size_t header_bytes = 0;
  // Its fields as they came, when a DKIM-Signature is among them; else empty.
  mail::RawHeader raw;

  // Full or headers, read to its end, with From and at least one Received: enough to have carried
  // a proof, had the original been ours.
  bool returned_enough() const;
};

// One recipient of a delivery report (RFC 3464 §2.3).
struct RecipientReport {
  std::string address;     // Final-Recipient, else Original-Recipient; without its type.
  std::string action;      // failed, delayed, delivered, relayed, expanded; "" unknown.
  std::string status;      // "5.1.1"; "" unknown.
  std::string diagnostic;  // Diagnostic-Code without its type, unfolded.
  // Original-Recipient: whom the sender wrote to, where a forward made another of it.  "" unknown.
  std::string original = {};
  std::string remote_mta = {};  // Who answered so (RFC 3464 §2.3.5); "" unknown.
  FailureReason reason = FailureReason::Unknown;
  std::optional<Instant> last_attempt = {};      // RFC 3464 §2.3.7.
  std::optional<Instant> will_retry_until = {};  // RFC 3464 §2.3.9.
};

struct Reading {
  Kind kind = Kind::Ordinary;
  double confidence = 0.0;  // 0 to 1.
  std::string language = "und";
  bool standard = false;              // In the form an RFC gives for this kind.
  std::vector<std::string> evidence;  // Sentences a person can follow.
  std::string from;                   // The From field as text, at most limits::kShownFieldBytes.
  std::string subject;                // Likewise.
  std::optional<Instant> date;        // The Date field.
  std::string reporting_mta;
  std::string envelope_id;  // Original-Envelope-Id (RFC 3464 §2.2.1), decoded; "" unknown.
  std::string product;      // What probably wrote it: "Postfix", "Exchange"; "" unknown.
  std::optional<Instant>
      arrival_date;  // When the reporting server took the original (RFC 3464 §2.2.5).
  std::vector<RecipientReport> recipients;
  // The report's own words say that the original was spam or a virus: who sent it back knew.
  bool source_knew = false;
  std::string source_knew_words;  // Those words, of one recipient or the text.
  Returned returned;
  std::vector<std::string>
      references;              // Message-IDs of In-Reply-To, References, Original-Message-ID.
  std::string auto_submitted;  // The field's keyword, lower case; "" if there is none.
  mail::Defects defects;
};

}  // namespace backstop::reading
