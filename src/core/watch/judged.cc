#include "core/watch/judged.h"

#include <algorithm>

namespace backstop::watch {
namespace {

// When whoever answers took the original in: the lines below the topmost Received, and Date, were
// written by others.
std::optional<Instant> find_original_at(const reading::Reading& reading) {
  const reading::Returned& returned = reading.returned;
  if (!returned.hops.empty() && returned.hops.front().date) return returned.hops.front().date;
  return reading.arrival_date ? reading.arrival_date : returned.date;
}

}  // namespace

Judged::Judged(const reading::Reading& reading, Verdict verdict) {
  const reading::Returned& returned = reading.returned;
  if (returned.from) from_ = returned.from->text();
  for (const auto* address : {&returned.from, &returned.return_path, &returned.sender}) {
    if (!*address || (*address)->domain.empty()) continue;
    std::string domain = mail::canonical_domain((*address)->domain);
    if (std::ranges::find(domains_, domain) == domains_.end())
      domains_.push_back(std::move(domain));
  }
  views_.assign(domains_.begin(), domains_.end());
  message_ = JudgedMessage{.kind = reading.kind,
                           .verdict = verdict,
                           .subject = returned.subject,
                           .message_id = returned.message_id,
                           .from = from_,
                           .sender_domains = views_,
                           .original_at = find_original_at(reading),
                           .source = reading.reporting_mta,
                           .source_knew = reading.source_knew,
                           .language = reading.language};
  const bool names_reason =
      reading.kind == reading::Kind::Bounce || reading.kind == reading::Kind::Delay;
  if (names_reason && !reading.recipients.empty())
    message_.reason = reading.recipients.front().reason;
}

}  // namespace backstop::watch
