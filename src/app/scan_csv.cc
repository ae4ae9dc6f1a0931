#include "app/scan_csv.h"

#include <fmt/format.h>

#include "core/base/ascii.h"
#include "core/base/escape.h"
#include "core/mail/utf8.h"

namespace backstop::app {
namespace {

constexpr std::string_view kRedacted = "[redacted]";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Who answers by a program of their own, and says in it where they are.
bool is_personal(reading::Kind kind) {
  return kind == reading::Kind::AutoReply || kind == reading::Kind::TicketAck;
}

class Row {
 public:
  explicit Row(std::string& out) : out_(out) {}
  ~Row() { out_.push_back('\n'); }
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  void put(std::string_view value) {
    if (!first_) out_.push_back(',');
    first_ = false;
    append_csv_value(out_, value);
  }

 private:
  std::string& out_;
  bool first_ = true;
};

// Spreadsheets look past blanks and quotes for the first character of a formula (OWASP, "CSV
// injection"); full-width forms are taken for their plain ones by some.
bool begins_like_a_formula(std::string_view value) {
  const std::size_t first = value.find_first_not_of(" \t\r\n\"'");
  if (first == value.npos) return false;
  value.remove_prefix(first);
  if (std::string_view("=+-@|%").find(value.front()) != std::string_view::npos) return true;
  for (const std::string_view wide : {"\uFF1D", "\uFF0B", "\uFF0D", "\uFF20", "\u2212"}) {
    if (value.starts_with(wide)) return true;
  }
  return begins_deceiving(value);
}

// Appends `value` as valid UTF-8 without what deceives; a quote twice.
void append_plain(std::string& out, std::string_view value) {
  while (!value.empty()) {
    const std::size_t size = mail::utf8_sequence(value);
    const char c = value.front();
    if (size == 0) {
      out += kReplacement;
    } else if (ascii::is_space(c)) {
      out += ' ';
    } else if (begins_deceiving(value)) {
      out += kReplacement;
    } else {
      if (c == '"') out += '"';
      out.append(value.substr(0, size));
    }
    value.remove_prefix(std::max<std::size_t>(size, 1));
  }
}

}  // namespace

void append_csv_value(std::string& out, std::string_view value) {
  const bool formula = begins_like_a_formula(value);
  const bool plain = !formula && value.find_first_of(",\"\r\n\t ;'") == value.npos;
  if (!plain) out += '"';
  if (formula) out += '\'';
  append_plain(out, value);
  if (!plain) out += '"';
}

std::string_view csv_header() {
  return "source,offset,kind,confidence,standard,language,time,product,reporting_mta,recipients,"
         "recipient,action,status,reason,diagnostic,forged_address,returned,returned_message_id,"
         "returned_from,returned_subject,returned_date,first_ip,from,subject,verdict\n";
}

void append_csv_row(std::string& out, const CsvMessage& message, const reading::Reading& reading,
                    const survey::Sighting& sighting, Redaction redaction) {
  const bool hide = redaction == Redaction::On && is_personal(reading.kind);
  const auto personal = [hide](std::string_view value) {
    return hide && !value.empty() ? kRedacted : value;
  };
  const auto instant = [](const std::optional<Instant>& time) {
    return time ? render_instant(*time) : std::string();
  };
  static const reading::RecipientReport nobody{};
  const reading::RecipientReport& recipient =
      reading.recipients.empty() ? nobody : reading.recipients.front();
  const reading::Returned& returned = reading.returned;
  const bool failed = sighting.reason.has_value();

  Row row(out);
  row.put(message.place.source);
  row.put(message.place.offset ? std::to_string(*message.place.offset) : "");
  row.put(reading::name_of(reading.kind));
  row.put(fmt::format("{:.2f}", reading.confidence));
  row.put(reading.standard ? "yes" : "no");
  row.put(reading.language);
  row.put(instant(sighting.time));
  row.put(reading.product);
  row.put(reading.reporting_mta);
  row.put(std::to_string(reading.recipients.size()));
  row.put(personal(recipient.address));
  row.put(recipient.action);
  row.put(recipient.status);
  row.put(failed ? reading::name_of(*sighting.reason) : "");
  row.put(personal(recipient.diagnostic));
  row.put(sighting.forged_address);
  row.put(reading::name_of(returned.form));
  row.put(returned.message_id);
  row.put(returned.from ? returned.from->text() : "");
  row.put(returned.subject);
  row.put(instant(returned.date));
  row.put(returned.received_first_ip ? returned.received_first_ip->text() : "");
  row.put(personal(message.from));
  row.put(personal(message.subject));
  row.put(message.verdict);
}

}  // namespace backstop::app
