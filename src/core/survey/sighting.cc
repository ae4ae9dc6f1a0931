#include "core/survey/sighting.h"

#include "core/base/ascii.h"
#include "core/mail/from_line.h"
#include "core/mail/header_text.h"

namespace backstop::survey {
namespace {

using mail::Address;

std::optional<Address> first_address(std::string_view raw) {
  if (raw.empty()) return std::nullopt;
  auto addresses = mail::parse_address_list(raw, 1);
  if (addresses.empty() || addresses.front().is_null()) return std::nullopt;
  return std::move(addresses.front());
}

bool names_somebody(const std::optional<Address>& address) {
  return address && !address->is_null();
}

std::string find_forged(const reading::Returned& returned, std::string_view raw_to) {
  if (names_somebody(returned.return_path)) return ascii::lower(returned.return_path->text());
  const std::optional<Address> to = first_address(raw_to);
  // A copy for the postmaster names nobody who was forged.
  const bool to_counts =
      to && !to->domain.empty() && !ascii::equals_folded(to->local, "postmaster");
  for (const auto* address : {&returned.from, &returned.sender}) {
    if (!names_somebody(*address)) continue;
    if (!to_counts || ascii::equals_folded((*address)->domain, to->domain)) {
      return ascii::lower((*address)->text());
    }
  }
  return to ? ascii::lower(to->text()) : std::string();
}

std::string find_source(const reading::Reading& reading, const MessageHead& head,
                        std::string_view from_line) {
  if (!reading.reporting_mta.empty()) return ascii::lower(reading.reporting_mta);
  if (const auto from = first_address(head.from); from && !from->domain.empty()) {
    return ascii::lower(from->domain);
  }
  const auto envelope = mail::parse_path(mail::from_line_sender(from_line));
  return envelope ? ascii::lower(envelope->domain) : std::string();
}

}  // namespace

bool is_backscatter(reading::Kind kind) {
  return reading::form_of(kind) != reading::KindForm::Neither;
}

Sighting make_sighting(const reading::Reading& reading, const MessageHead& head,
                       std::string_view from_line) {
  Sighting sighting{.kind = reading.kind, .time = find_time(head, from_line)};
  if (!is_backscatter(reading.kind)) return sighting;
  sighting.language = reading.language;
  sighting.product = reading.product;
  sighting.forged_address = find_forged(reading.returned, head.to);
  sighting.source = find_source(reading, head, from_line);
  if (reading.returned.received_first_ip && is_global(*reading.returned.received_first_ip)) {
    sighting.bot = reading.returned.received_first_ip;
  }
  if (reading.kind == reading::Kind::Bounce || reading.kind == reading::Kind::Delay) {
    sighting.reason = reading.recipients.empty() ? reading::FailureReason::Unknown
                                                 : reading.recipients.front().reason;
  }
  sighting.source_knew = reading.source_knew;
  return sighting;
}

}  // namespace backstop::survey
