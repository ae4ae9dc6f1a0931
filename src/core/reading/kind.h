// Decides what a message is from what was found in it: structure first, words only as one sign of
// at least two.  Reports are settled before bounces, bounces before automatic answers.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mail/address.h"
#include "core/reading/header_signs.h"
#include "core/reading/notice_words.h"
#include "core/reading/phrases.h"
#include "core/reading/plain_bounce.h"
#include "core/reading/reading.h"
#include "core/reading/request_words.h"

namespace backstop::reading {

// What a From field says of its writer.  What makes more of a mail system stands later.
enum class SenderRole : std::uint8_t {
  Other,
  Postmaster,     // A role that people and programs write under.
  DeliveryAgent,  // A mail system itself: mailer-daemon, "Mail Delivery Subsystem", an empty path.
};
SenderRole sender_role(std::string_view raw_from);
// The same of what is parsed already: the field's text, decoded, and its first address, if any.
SenderRole sender_role(std::string_view text, const mail::Address* address);
// A local part, in lower case, under which only mail systems write.
bool is_agent_local(std::string_view local);

// The parts that make a report, wherever they stand outside of enclosed messages.
struct ReportParts {
  bool delivery_status = false;  // message/delivery-status with at least one field of RFC 3464.
  bool disposition = false;      // message/disposition-notification (RFC 8098).
  bool feedback = false;         // message/feedback-report (RFC 5965).
  bool tls_report = false;       // application/tlsrpt+gzip, +json (RFC 8460 §5.3).
  // A leaf that is neither text nor a message: no product that writes plain notices attaches one.
  bool attachment = false;
  bool aggregate_file = false;   // A file name of RFC 9990, as gzip, zip or XML.
  bool compressed_file = false;  // A file of gzip, zip or XML, by whatever name.
};

// What is known when a message has been read; views and pointers stay valid while it is decided, by
// one thread.
struct Findings {
  HeaderSigns signs;
  std::optional<bool> envelope_is_daemon;  // <>, mailer-daemon@, postmaster@; nothing: not known.
  bool envelope_is_postmaster = false;     // Of these, the one that people write under too.
  SenderRole from = SenderRole::Other;
  std::string_view from_local;  // Local part of the first From address, lower case.
  std::string_view from_name;   // Name and local part of From, in normal text (normal_text.h).
  std::string_view to;          // To, raw.
  std::string_view subject;     // In normal text.
  std::string_view text;        // The notice's own, in normal text; empty after the header alone.
  bool aggregate_subject = false;  // "Report Domain: ..." (RFC 9990).
  bool answers_mail = false;       // In-Reply-To or References name a message.
  std::string_view report_type;    // Of a top-level multipart/report, lower case.
  ReportParts parts;
  const std::vector<RecipientReport>* recipients = nullptr;  // Never null.
  Product product = Product::None;
  bool product_states_outcome = false;
  bool product_delayed = false;
  ReturnForm returned = ReturnForm::None;
  bool returned_inline = false;
  bool return_announced = false;  // In the text, by a product's line for it.
  PhraseHits words;               // Of Subject, From and the notice's own text.

  // What `subject` and `text` say by groups of stems; several of the deciders ask.
  const NoticeWords& subject_groups() const { return subject_groups_.of(subject); }
  const NoticeWords& text_groups() const { return text_groups_.of(text); }
  const RequestWords& subject_requests() const { return subject_requests_.of(subject); }
  const RequestWords& text_requests() const { return text_requests_.of(text); }

  mutable FoundOnce<NoticeWords> subject_groups_ = {};
  mutable FoundOnce<NoticeWords> text_groups_ = {};
  mutable FoundOnce<RequestWords> subject_requests_ = {};
  mutable FoundOnce<RequestWords> text_requests_ = {};
};

// Somebody's mail system speaks, by envelope, by its name, or by a field only bounces have.
bool has_daemon_sender(const Findings& findings);
// Its envelope sender is that of a mail system, known from the door, an mbox or Return-Path.
bool has_daemon_envelope(const Findings& findings);
// Adds what its sender and what it returns say to the evidence.
void note_sender(const Findings& findings, std::vector<std::string>& evidence);
void note_returned(const Findings& findings, std::vector<std::string>& evidence);

struct KindDecision {
  Kind kind = Kind::Ordinary;
  double confidence = 0.0;
  bool standard = false;
  std::string language = "und";
  std::vector<std::string> evidence = {};
};

KindDecision decide_kind(const Findings& findings);
// What is left: also for a message whose body needs_body did not ask for.
KindDecision decide_ordinary(const Findings& findings);

// Its parts, in the order decide_kind asks them; each gives nothing when the message is none of its
// kinds.  A message is only ever decided by at least two signs of different origin: envelope,
// header field, sender's name, structure, words of the subject, words of the text.
// Delivery and disposition, feedback and aggregate reports (kind_report.cc).
std::optional<KindDecision> decide_report(const Findings& findings);
// Virus and content notices (kind_notice.cc).
std::optional<KindDecision> decide_content_notice(const Findings& findings);
// Challenges and list confirmations (kind_request.cc).
std::optional<KindDecision> decide_request(const Findings& findings);
// Bounces and delays in no report (kind_bounce.cc).
std::optional<KindDecision> decide_plain_bounce(const Findings& findings);
// Auto-replies and acknowledgements of tickets (kind_answer.cc).
std::optional<KindDecision> decide_answer(const Findings& findings);

// Its subject is that of a reply, though it refers to no message, which mail programs do when
// people reply and simple autoresponders do not; or it has a ticket's number beside some field that
// answers have.  After the header alone.
bool has_subject_of_answer(const Findings& findings);

// Its sender's name and subject are such as unknown mail filters and challenges have.
bool may_be_notice(const Findings& findings);

// Whether the parts must be looked into, after the header alone: `words` has those of Subject and
// From.  Ordinary mail should not be, for the sake of speed; what is not, is ordinary.
bool needs_body(const Findings& findings);

// "receiver.example!example.com!1700000000!1700086399.xml.gz" (RFC 9990).
bool is_aggregate_file_name(std::string_view name);
// "Report Domain: example.com Submitter: ..." (RFC 9990).
bool is_aggregate_subject(std::string_view subject);

}  // namespace backstop::reading
