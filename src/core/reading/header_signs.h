// What the fields of a message's own header say about it being automatic.  Runs for every header
// field of all mail, so that the door may let ordinary mail go at the end of its headers.
//
// Not thread-safe; one object per message.  Holds a few bits.
#pragma once

#include <cstdint>
#include <string_view>

namespace backstop::reading {

enum class HeaderSign : std::uint8_t {
  AutoSubmitted,     // Auto-Submitted, anything but `no` (RFC 3834 §5).
  AutoReplied,       // Auto-Submitted: auto-replied.
  Report,            // Content-Type: multipart/report (RFC 6522).
  FailedRecipients,  // X-Failed-Recipients: Exim's bounces, and those who copied it.
  Autoreply,         // A field by which autoresponders mark their answers.
  NullReturnPath,    // Return-Path: <> (RFC 5321 §4.4), written at final delivery.
  DaemonFrom,        // From: mailer-daemon@.
  List,              // Distributed by a mailing list (RFC 2919, RFC 2369).
  // Of requests, notices and reports (request_marks.h):
  ListAdministrivia,   // X-List-Administrivia: yes, of Mailman's own messages.
  ListConfirmAddress,  // An address with the confirmation token of a list manager.
  ListConfirmSubject,  // A subject with such a token.
  ConfirmAddress,      // An address with some other confirmation token.
  ChallengeSubject,    // A subject with the token of a program that challenges senders.
  ChallengeField,      // A field that only such a program writes.
  ChallengeSender,     // An address of a service that challenges senders.
  FilterField,         // A field in which a mail filter says that it wrote the message.
  FilterSender,        // An address that is a mail filter's role.
  ReportSender,        // An address that reports on DMARC or TLS.
  TlsReportField,      // TLS-Report-Domain, TLS-Report-Submitter (RFC 8460 §5.3).
  AbuseReportField,    // X-ARF, X-XARF.
  CertifiedFailure,    // X-Ricevuta: an Italian certified mailbox was not reached (RFC 6109).
  CertifiedReceipt,    // X-Ricevuta: of acceptance, of delivery (RFC 6109).
  // On ordinary mail too, so that none of these alone makes a message be read:
  Bulk,          // Precedence: bulk or junk.
  AsksNoAnswer,  // X-Auto-Response-Suppress, as Exchange and help desks set it.
  MailboxRule,   // A rule of an Exchange mailbox wrote it: out of office, template, forward.
  TicketSystem,  // A help desk wrote it: an acknowledgement, an agent's words, an update.
  Newsletter,    // List-Unsubscribe, which hardly any answer to one person has.
};

class HeaderSigns {
 public:
  // One field of the outermost header; `raw` as in mail::FieldView.
  void on_field(std::string_view name, std::string_view raw);

  bool has(HeaderSign sign) const { return (bits_ & bit(sign)) != 0; }

  // True when the message must be followed past its headers, whoever its envelope sender is.  Never
  // for mail that merely passed a list, or that asks not to be answered (X-Auto-Response-Suppress
  // stands on ordinary Exchange mail).
  bool looks_automatic() const;

  // True when its words are worth reading, even where its header alone makes it nothing.
  bool may_answer() const;

 private:
  static constexpr unsigned bit(HeaderSign sign) { return 1U << static_cast<unsigned>(sign); }
  unsigned bits_ = 0;
};

}  // namespace backstop::reading
