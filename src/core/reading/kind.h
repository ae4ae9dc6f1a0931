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

#include "core/reading/header_signs.h"
#include "core/reading/plain_bounce.h"
#include "core/reading/reading.h"

namespace backstop::reading {

// What a From field says of its writer.
enum class SenderRole : std::uint8_t {
  Other,
  Postmaster,     // A role that people and programs write under.
  DeliveryAgent,  // A mail system itself: mailer-daemon, "Mail Delivery Subsystem", an empty path.
};
SenderRole sender_role(std::string_view raw_from);

// The parts that make a report, wherever they stand outside of enclosed messages.
struct ReportParts {
  bool delivery_status = false;  // message/delivery-status with at least one field of RFC 3464.
  bool disposition = false;      // message/disposition-notification (RFC 8098).
  bool feedback = false;         // message/feedback-report (RFC 5965).
  bool tls_report = false;       // application/tlsrpt+gzip, +json (RFC 8460 §5.3).
  // A leaf that is neither text nor a message: no product that writes plain notices attaches one.
  bool attachment = false;
  bool aggregate_file = false;  // A file name of RFC 9990, as gzip, zip or XML.
};

// What is known when a message has been read.
struct Findings {
  HeaderSigns signs;
  std::optional<bool> envelope_is_daemon;  // <>, mailer-daemon@, postmaster@; nothing: not known.
  bool envelope_is_postmaster = false;     // Of these, the one that people write under too.
  SenderRole from = SenderRole::Other;
  bool aggregate_subject = false;  // "Report Domain: ..." (RFC 9990).
  std::string report_type;         // Of a top-level multipart/report, lower case.
  ReportParts parts;
  const std::vector<RecipientReport>* recipients = nullptr;  // Never null.
  Product product = Product::None;
  bool product_states_outcome = false;
  bool product_delayed = false;
  ReturnForm returned = ReturnForm::None;
  bool returned_inline = false;
  bool return_announced = false;  // In the text, by a product's line for it.
};

struct KindDecision {
  Kind kind = Kind::Ordinary;
  double confidence = 0.0;
  bool standard = false;
  std::string language = "und";
  std::vector<std::string> evidence = {};
};

KindDecision decide_kind(const Findings& findings);

// "receiver.example!example.com!1700000000!1700086399.xml.gz" (RFC 9990).
bool is_aggregate_file_name(std::string_view name);
// "Report Domain: example.com Submitter: ..." (RFC 9990).
bool is_aggregate_subject(std::string_view subject);

}  // namespace backstop::reading
