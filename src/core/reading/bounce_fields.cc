#include "core/reading/bounce_fields.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "core/base/ascii.h"
#include "core/reading/delivery_status.h"
#include "core/reading/failure_reason.h"
#include "core/reading/field_rows.h"
#include "core/reading/word_search.h"

namespace backstop::reading {
namespace {

// Reports of more recipients than a text lists one by one are complete by themselves.
constexpr std::size_t kCompletedRecipients = 100;

bool is_generic(std::string_view status) {
  return status.empty() || status.ends_with(".0.0");
}

struct ProductField {
  std::string_view field;  // Its name, lower case.
  std::string_view value;  // Lower case, anywhere in it; "" for any.
  std::string_view product;
};

// Fields by which products mark what they write.  Not Received, which any server on the way writes.
constexpr std::array kProductFields{
    ProductField{"x-mailer", "internet mail service", "Exchange"},
    ProductField{"x-mailer", "microsoft exchange server internet mail connector", "Exchange"},
    ProductField{"x-mailer", "novell groupwise", "GroupWise"},
    ProductField{"x-mailer", "m-filter", "m-FILTER"},
    ProductField{"x-mailer", "<smtp32 v", "IMail"},
    ProductField{"x-mailer", "surfcontrol", "SurfControl"},
    ProductField{"x-mailer", "zoho mail", "Zoho"},
    ProductField{"x-mailer", "communigate", "CommuniGate"},
    ProductField{"x-mailer", "mercury", "Mercury"},
    ProductField{"x-mailer", "spamlion", "SpamLion"},
    ProductField{"x-mailer", "lotus domino", "Domino"},
    ProductField{"x-mailer", "merak", "IceWarp"},
    ProductField{"x-mailer", "icewarp", "IceWarp"},
    ProductField{"x-mimeole", "produced by microsoft exchange", "Exchange"},
    ProductField{"x-ms-exchange-message-is-ndr", "", "Exchange"},
    ProductField{"x-mdaemon-deliver-to", "", "MDaemon"},
    ProductField{"x-mdsend-notifications-to", "", "MDaemon"},
    ProductField{"x-mx-bounce", "", "MX Logic"},
    ProductField{"x-mxl-notehash", "", "MX Logic"},
    ProductField{"x-nai-header", "modified by mcafee", "McAfee"},
    ProductField{"x-aol-ip", "", "AOL"},
    ProductField{"x-gmx-antispam", "", "GMX"},
    ProductField{"x-ahmailid", "", "Active!hunter"},
    ProductField{"x-sef-processed", "", "SurfControl"},
    ProductField{"x-zohomail", "", "Zoho"},
    ProductField{"x-mlserver", "fml", "FML"},
    ProductField{"x-powermta-virtualmta", "", "PowerMTA"},
    ProductField{"x-ses-outgoing", "", "Amazon SES"},
    ProductField{"x-failed-recipients", "", "Exim"},
    ProductField{"message-id", "javamail", "Apache James"},
    ProductField{"message-id", "<courier.", "Courier"},
    ProductField{"message-id", "<mdaemon", "MDaemon"},
    ProductField{"message-id", ".ezweb.ne.jp>", "KDDI"},
    ProductField{"message-id", ".haraka>", "Haraka"},
    ProductField{"message-id", ".tmda@", "TMDA"},
    ProductField{"from", "courier mail server at", "Courier"},
    ProductField{"from", "mailer-daemon@yahoo", "Yahoo"},
    ProductField{"from", "mailer-daemon@googlemail.com", "Gmail"},
    ProductField{"from", "postmaster@qq.com", "QQ"},
    ProductField{"from", "mailer-daemon@sina", "Sina"},
};

constexpr FieldRows<kProductFields> kProductRows;

constexpr std::size_t kSearchedBytes = 7;

// Whether any of the values of at least kSearchedBytes stands in it: in nearly none does one.
bool holds_product_value(std::string_view value) {
  static constexpr auto kSearch = make_word_search<4>([] {
    std::array<std::string_view, kProductFields.size()> values;
    std::ranges::transform(kProductFields, values.begin(), [](const ProductField& known) {
      return known.value.size() >= kSearchedBytes ? known.value : kProductFields.front().value;
    });
    return values;
  }());
  return kSearch.any_in_folded(value);
}

// A pipe, a file or an X.400 address, where nobody but its own server knows who that is.
bool is_no_mailbox(const RecipientReport& recipient) {
  const std::string& address = recipient.address;
  if (address.empty() || address.front() == '|' || address.front() == '/') return true;
  return address.find('@') == std::string::npos && recipient.original.empty() &&
         address.find_first_of("|/;= ") != std::string::npos;
}

// The text may say whom the sender wrote to, and quote an answer the report's part leaves out.
void complete_from_text(std::vector<RecipientReport>& recipients, std::string_view own_words,
                        const NoticeContext& context) {
  const auto told = read_recipient_lines(own_words, context);
  for (RecipientReport& recipient : recipients) {
    const RecipientReport* same = nullptr;
    for (const RecipientReport& one : told) {
      if (ascii::equals_folded(one.address, recipient.address) ||
          ascii::equals_folded(one.address, recipient.original))
        same = &one;
    }
    if (is_no_mailbox(recipient) && recipients.size() == 1 && told.size() == 1 &&
        told.front().address.find('"') == std::string::npos) {
      same = &told.front();
      if (recipient.original.empty()) recipient.original = recipient.address;
      recipient.address = same->address;
    }
    if (same != nullptr && recipient.diagnostic.empty()) recipient.diagnostic = same->diagnostic;
  }
}

}  // namespace

std::vector<RecipientReport> read_status_text(std::string_view text, std::string& reporting_mta) {
  // Where no line begins such a field, nothing is to be read.
  if (ascii::find_folded(text, "-recipient:") == std::string_view::npos) return {};
  DeliveryStatus status;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    // The block may be indented as a whole.
    const std::string_view bare = ascii::trim(line);
    const std::size_t colon = bare.find(": ");
    const bool field = colon != std::string_view::npos &&
                       bare.substr(0, colon).find(' ') == std::string_view::npos;
    status.feed(field ? bare : line);
    status.feed("\n");
  }
  status.end_part();
  auto recipients = status.take_recipients();
  std::erase_if(recipients,
                [](const RecipientReport& r) { return r.address.find('@') == std::string::npos; });
  if (!recipients.empty() && reporting_mta.empty()) reporting_mta = status.reporting_mta();
  return recipients;
}

bool are_lines_wanted(const std::vector<RecipientReport>& recipients) {
  if (recipients.empty()) return true;
  if (recipients.size() > kCompletedRecipients) return false;
  return std::ranges::any_of(recipients, [](const RecipientReport& r) {
    return r.diagnostic.empty() || is_no_mailbox(r);
  });
}

void complete_recipients(std::vector<RecipientReport>& recipients, std::string_view own_words,
                         const NoticeContext& context) {
  if (recipients.empty()) {
    recipients = read_recipient_lines(own_words, context);
    return;
  }
  if (are_lines_wanted(recipients)) complete_from_text(recipients, own_words, context);
  for (RecipientReport& recipient : recipients) {
    if (is_generic(recipient.status)) {
      const std::string told = find_status(recipient.diagnostic);
      if (!told.empty() && (recipient.status.empty() || told.front() == recipient.status.front()))
        recipient.status = told;
    }
    if (recipient.remote_mta.empty()) recipient.remote_mta = find_remote_host(recipient.diagnostic);
    recipient.reason = decide_failure_reason(recipient.diagnostic, recipient.status);
  }
  if (recipients.size() == 1 && recipients.front().status.empty()) {
    recipients.front().status = find_status(own_words);
  }
}

void note_source_knew(Reading& into, const PhraseHits& words) {
  for (const RecipientReport& recipient : into.recipients) {
    if (!says_source_knew(recipient.reason)) continue;
    into.source_knew = true;
    into.source_knew_words = words_of_source_knew(recipient.diagnostic);
    return;
  }
  for (const PhraseHit& hit : words.all()) {
    if (hit.phrase->where != Where::Text || !says_source_knew(hit.phrase->reason)) continue;
    into.source_knew = true;
    into.source_knew_words = hit.phrase->literal;
    return;
  }
}

std::string product_of_words(const PhraseHits& words) {
  const std::string_view bounce = words.product(Kind::Bounce);
  return std::string(bounce.empty() ? words.product(Kind::Delay) : bounce);
}

std::string_view product_of_field(std::string_view name, std::string_view value) {
  std::optional<bool> holds_value;
  for (const ProductField& known : kProductRows.of(name)) {
    if (known.value.empty()) return known.product;
    if (known.value.size() >= kSearchedBytes) {
      if (!holds_value) holds_value = holds_product_value(value);
      if (!*holds_value) continue;
    }
    if (ascii::find_folded(value, known.value) != std::string_view::npos) return known.product;
  }
  return "";
}

}  // namespace backstop::reading
