#include "core/reading/notice_fields.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"
#include "core/reading/delivery_status.h"

namespace backstop::reading {

void NoticeFields::feed(std::string_view bytes) {
  lines_.feed(bytes, [this](std::string_view line) { on_line(line); });
}

void NoticeFields::finish() {
  lines_.finish([this](std::string_view line) { on_line(line); });
  fields_.flush([this](const TextField& field) { on_field(field); });
  // Some programs leave out the final recipient, which RFC 8098 §3.2.4 wants.
  if (recipients_.empty()) add_recipient(original_recipient_);
}

void NoticeFields::on_line(std::string_view line) {
  const auto take = [this](const TextField& field) { on_field(field); };
  if (ascii::trim(line).empty()) {
    fields_.flush(take);
  } else {
    fields_.take(line, take);
  }
}

void NoticeFields::on_field(const TextField& field) {
  const auto is = [&field](std::string_view name) {
    return ascii::equals_folded(field.name, name);
  };
  if (is("original-message-id") && original_message_id_.empty()) {
    if (auto ids = mail::parse_message_ids(field.raw, 1); !ids.empty()) {
      original_message_id_ = std::move(ids.front());
    }
  } else if (is("reporting-mta") && reporting_mta_.empty()) {
    reporting_mta_ = parse_typed_text(field.raw);
  } else if (is("original-recipient")) {
    original_recipient_ = parse_typed_address(field.raw);
    if (!recipients_.empty()) recipients_.back().original = original_recipient_;
  } else if (is("final-recipient") || is("original-rcpt-to") || is("removal-recipient")) {
    add_recipient(parse_typed_address(field.raw));
  }
}

void NoticeFields::add_recipient(std::string address) {
  const bool known = std::ranges::any_of(recipients_, [&address](const RecipientReport& recipient) {
    return ascii::equals_folded(recipient.address, address);
  });
  if (address.empty() || known || recipients_.size() >= limits::kReportRecipients) return;
  recipients_.push_back(RecipientReport{.address = std::move(address),
                                        .action = "",
                                        .status = "",
                                        .diagnostic = "",
                                        .original = original_recipient_});
}

}  // namespace backstop::reading
