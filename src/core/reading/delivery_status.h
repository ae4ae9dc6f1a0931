// Reads the fields of a delivery report: message/delivery-status (RFC 3464 §2) and
// message/global-delivery-status (RFC 6533 §4), whatever part or text carries them.
//
// Resumable by chunk; total.  Holds the recipients read, at most limits::kReportRecipients, and the
// fields of the group still open.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/reading/reading.h"
#include "core/reading/text_lines.h"

namespace backstop::reading {

class DeliveryStatus {
 public:
  // Transfer-decoded content, in chunks of any size.
  void feed(std::string_view bytes);
  // The part or text ended; another may follow, whose recipients are added.
  void end_part();

  const std::string& reporting_mta() const { return reporting_mta_; }
  // Original-Envelope-Id: the ENVID under which the original was sent; "" without one.
  const std::string& envelope_id() const { return envelope_id_; }
  std::optional<Instant> arrival_date() const { return arrival_date_; }
  const std::vector<RecipientReport>& recipients() const { return recipients_; }
  std::vector<RecipientReport> take_recipients() { return std::move(recipients_); }
  // Fields of RFC 3464 that were seen at all.
  unsigned fields_seen() const { return fields_seen_; }
  // Recipients beyond the limit were passed over.
  bool left_out() const { return left_out_; }

 private:
  void on_line(std::string_view line);
  void on_field(const TextField& field);
  void begin_recipient_if(bool has_it);
  void end_group();
  void close_recipient();

  LineSplitter lines_;
  FieldLines fields_;
  RecipientReport open_;
  bool open_has_final_ = false;
  bool open_has_original_ = false;
  bool open_is_recipient_ = false;
  bool open_is_routed_ = false;
  std::string reporting_mta_;
  std::string envelope_id_;
  std::optional<Instant> arrival_date_;
  std::vector<RecipientReport> recipients_;
  unsigned fields_seen_ = 0;
  bool left_out_ = false;
};

// "rfc822; user@example.com": the address without its type and brackets.  Undoes what the type
// calls for: \x{..} of utf-8 (RFC 6533 §3), xtext (RFC 3461 §4) of Original-Recipient.
std::string parse_typed_address(std::string_view raw);
// "smtp; 550 no such user" and "dns; mx.example.com": the text without its type, unfolded.
std::string parse_typed_text(std::string_view raw);
// "5.1.1 (bad mailbox)" -> "5.1.1"; "" when it is no status code (RFC 3463 §2).
std::string parse_status(std::string_view raw);
// The last RFC 3463 code that an SMTP reply in a text carries ("550 5.1.1 ...", "(#5.1.1)"), or "".
std::string find_status(std::string_view text);
// The keyword of Action, lower case; "" when RFC 3464 §2.3.3 does not know it.
std::string parse_action(std::string_view raw);

}  // namespace backstop::reading
