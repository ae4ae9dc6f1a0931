// A Reading as lines of text, for the goldens of this folder's tests.
#pragma once

#include <string>

#include "core/reading/reading.h"

namespace backstop::reading {

// One "name: value" line per fact; everything a Reading holds is in it.
inline std::string render_golden(const Reading& r) {
  std::string out;
  const auto line = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\n");
  };
  const auto yes = [](bool value) { return std::string_view(value ? "yes" : "no"); };
  line("kind", name_of(r.kind));
  line("confidence", std::to_string(r.confidence).substr(0, 4));
  line("language", r.language);
  line("standard", yes(r.standard));
  for (const std::string& sentence : r.evidence)
    line("evidence", sentence);
  line("reporting-mta", r.reporting_mta);
  if (!r.envelope_id.empty()) line("envelope-id", r.envelope_id);
  line("product", r.product);
  if (r.arrival_date) line("arrival-date", render_instant(*r.arrival_date));
  if (r.source_knew) line("source-knew", r.source_knew_words);
  for (const RecipientReport& recipient : r.recipients) {
    line("recipient", recipient.address + " | " + recipient.action + " | " + recipient.status +
                          " | " + recipient.diagnostic);
    line("recipient.reason", name_of(recipient.reason));
    line("recipient.remote-mta", recipient.remote_mta);
  }
  const Returned& back = r.returned;
  line("returned", name_of(back.form));
  if (back.form != ReturnForm::None) {
    line("returned.read-to-end", yes(back.read_to_end));
    line("returned.enough", yes(back.returned_enough()));
    line("returned.inline", yes(back.inline_in_text));
    line("returned.message-id", back.message_id);
    line("returned.from", back.from ? back.from->text() : "-");
    for (const mail::Address& to : back.to)
      line("returned.to", to.text());
    line("returned.date", back.date ? render_instant(*back.date) : "-");
    line("returned.subject", back.subject);
    line("returned.return-path", back.return_path ? "<" + back.return_path->text() + ">" : "-");
    line("returned.sender", back.sender ? back.sender->text() : "-");
    line("returned.received", std::to_string(back.received_count));
    line("returned.first-ip", back.received_first_ip ? back.received_first_ip->text() : "-");
    for (const DkimReference& dkim : back.dkim) {
      line("returned.dkim", dkim.domain + " " + dkim.selector);
    }
    for (const std::string& token : back.tokens)
      line("returned.token", token);
  }
  for (const std::string& id : r.references)
    line("reference", id);
  line("auto-submitted", r.auto_submitted);
  for (const std::string_view defect : r.defects.names())
    line("defect", defect);
  return out;
}

}  // namespace backstop::reading
