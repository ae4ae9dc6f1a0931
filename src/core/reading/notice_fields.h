// The few fields that are kept of a message/disposition-notification (RFC 8098 §3.1) and of a
// message/feedback-report (RFC 5965 §3): whom they are about and which message they answer.
//
// Resumable by chunk; total.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/reading/reading.h"
#include "core/reading/text_lines.h"

namespace backstop::reading {

class NoticeFields {
 public:
  // Transfer-decoded content, in chunks of any size.
  void feed(std::string_view bytes);
  // REQUIRES: called once, after the last feed.
  void finish();

  const std::string& reporting_mta() const { return reporting_mta_; }
  // Without brackets; "" if the notice names none.
  const std::string& original_message_id() const { return original_message_id_; }
  // Whom it is about, each once: an address without action, status and diagnostic.
  const std::vector<RecipientReport>& recipients() const { return recipients_; }

 private:
  void on_line(std::string_view line);
  void on_field(const TextField& field);
  void add_recipient(std::string address);

  LineSplitter lines_;
  FieldLines fields_;
  std::string reporting_mta_;
  std::string original_message_id_;
  std::string original_recipient_;
  std::vector<RecipientReport> recipients_;
};

}  // namespace backstop::reading
