#include "core/reading/notice_writer.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/base/ascii.h"
#include "core/reading/request_marks.h"

namespace backstop::reading {
namespace {

bool is_program_role(std::string_view local) {
  static constexpr std::array<std::string_view, 9> kRoles{
      "administrator", "admin",  "postmaster", "security",    "gateway",
      "mailgateway",   "system", "alert",      "notification"};
  return is_sending_role(local) || std::ranges::find(kRoles, local) != kRoles.end();
}

bool is_trade_role(std::string_view local) {
  static constexpr std::array<std::string_view, 16> kRoles{
      "news",   "newsletter", "marketing", "sales",  "sale",    "billing", "shop",     "orders",
      "events", "bestellung", "invoice",   "ventas", "pedidos", "ordini",  "vertrieb", "promo"};
  return std::ranges::find(kRoles, local) != kRoles.end();
}

// A reply code of RFC 5321 stands in it, as a word: "550", "451".
bool has_reply_code(std::string_view text) {
  constexpr std::size_t kDigits = 3;
  for (std::size_t at = 0; at + kDigits <= text.size(); ++at) {
    const bool begins = at == 0 || !ascii::is_alnum(text[at - 1]);
    const bool ends = at + kDigits == text.size() || !ascii::is_alnum(text[at + kDigits]);
    if (begins && ends && (text[at] == '4' || text[at] == '5') && ascii::is_digit(text[at + 1]) &&
        ascii::is_digit(text[at + 2])) {
      return true;
    }
  }
  return false;
}

// A bounce gives a server's answer, or a product's own words of a delivery.
bool tells_of_delivery(const Findings& f) {
  if (f.parts.delivery_status) return true;
  if (f.product != Product::None && f.product_states_outcome && !f.recipients->empty()) return true;
  return std::ranges::any_of(*f.recipients, [](const RecipientReport& recipient) {
    return !recipient.status.empty() || has_reply_code(recipient.diagnostic);
  });
}

}  // namespace

NoticeWriter find_writer(const Findings& f) {
  return {.filter = f.signs.has(HeaderSign::FilterSender) || f.signs.has(HeaderSign::FilterField) ||
                    f.words.has(Kind::VirusNotice, Where::From) ||
                    f.words.has(Kind::ContentNotice, Where::From) || names_mail_filter(f.from_name),
          .machine = has_daemon_sender(f) || f.signs.has(HeaderSign::AutoSubmitted),
          .strong = has_daemon_envelope(f) || f.signs.has(HeaderSign::FilterField) ||
                    f.from == SenderRole::DeliveryAgent,
          .role = is_program_role(f.from_local),
          .trade = is_trade_role(f.from_local)};
}

bool may_answer_by_words(const Findings& f) {
  return !f.signs.has(HeaderSign::List) && !f.signs.has(HeaderSign::Newsletter) &&
         !tells_of_delivery(f);
}

KindDecision make_decision(const Findings& f, Kind kind, const NoticeWriter& writer) {
  KindDecision decision{.kind = kind, .confidence = 0.9};
  if (writer.filter) decision.evidence.emplace_back("The From field names a mail filter.");
  if (has_daemon_sender(f)) note_sender(f, decision.evidence);
  if (f.signs.has(HeaderSign::AutoSubmitted)) {
    decision.evidence.emplace_back("Auto-Submitted marks it as automatic.");
  }
  return decision;
}

}  // namespace backstop::reading
