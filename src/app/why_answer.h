// All that `backstop why` found out.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/transaction/history_row.h"
#include "edge/logs/mail_log.h"

namespace backstop::app {

struct WhyAnswer {
  std::string asked;  // "queue id 4fzX…", "Message-ID <…>", "mail to anna@example.com"
  // Where something is missing, why; for a person.
  std::vector<std::string> notes;
  std::vector<transaction::HistoryRow> rows;  // Newest first.
  bool rows_cut = false;                      // There are more.
  // Answers that came to mail of ours among `rows`.
  std::vector<transaction::HistoryRow> answers;
  // Queue ids of mail of ours that the ledger knows; nothing when it could not be asked.
  std::optional<std::set<std::string>> recorded;
  std::optional<Instant> history_from;  // How far back the history goes.
  bool has_history = false;
  std::vector<logs::LoggedMessage> logged;
  std::vector<logs::LookedAt> files;
  std::vector<std::string> logs;  // Those that were to be read.
  bool logs_cut = false;

  bool found() const { return !rows.empty() || !logged.empty(); }
};

// For a person; several messages as a list, a few of them whole.
std::string render_why_page(const WhyAnswer& answer);
// One JSON object on one line, without its end.
std::string render_why_json(const WhyAnswer& answer);

}  // namespace backstop::app
