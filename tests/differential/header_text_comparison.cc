#include "tests/differential/header_text_comparison.h"

#include <algorithm>
#include <vector>

#include "core/base/ascii.h"
#include "core/mail/header_text.h"
#include "core/mail/utf8.h"
#include "tests/differential/gmime_oracle.h"
#include "tests/differential/walked_message.h"

namespace backstop::differential {
namespace {

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items)
    out += "[" + item + "]";
  return out;
}

FieldAnswer compare_text(const std::string& raw) {
  FieldAnswer out{"text",
                  with_single_blanks(mail::decode_text(raw)),
                  with_single_blanks(gmime::decode_text(raw)),
                  {}};
  if (out.ours == out.theirs) return out;
  const std::string text = mail::unfold(raw);
  // RFC 2047 §2: each encoded word is complete.  GMime decodes the base64 of adjacent words as one
  // stream and loses what stands behind the first padding.
  if (text.find("==?") != text.npos || text.find("=?=") != text.npos) {
    out.reason = "padding inside adjacent words";
  } else if (!mail::is_utf8(text)) {
    // RFC 5322 gives 8-bit bytes no meaning: ours are windows-1252, GMime's those of its locale.
    out.reason = "8-bit bytes without a charset";
  } else if (out.ours.find("\xef\xbf\xbd") != out.ours.npos) {
    // Bytes that are not of the charset named: U+FFFD, or '?' for each byte.
    out.reason = "bytes that are not of their charset";
  } else if (ascii::find_folded(text, "=?iso-2022-jp") != text.npos) {
    // Vendor characters (circled digits, half-width kana): read as ISO-2022-JP-3 by us alone.
    out.reason = "ISO-2022-JP beyond RFC 1468";
  }
  return out;
}

std::string parameter_of(const std::string& raw, std::string_view name) {
  for (const auto& [key, value] : mail::parse_structured(raw).parameters) {
    if (key == name) return value;
  }
  return {};
}

bool is_quoted_whole(std::string_view text) {
  return std::count(text.begin(), text.end(), '"') % 2 == 0;
}

FieldAnswer compare_parameters(const std::string& raw, bool disposition) {
  FieldAnswer out{"parameter", {}, {}, {}};
  for (const char* name : {"charset", "name", "boundary", "report-type", "filename"}) {
    out.ours += std::string(name) + "=" + parameter_of(raw, name) + ";";
    out.theirs += std::string(name) + "=" +
                  (disposition ? gmime::disposition_parameter(raw, name)
                               : gmime::content_type_parameter(raw, name)) +
                  ";";
  }
  if (out.ours == out.theirs) return out;
  const std::string text = mail::unfold(raw);
  const mail::StructuredValue value = mail::parse_structured(raw);
  if (!mail::is_utf8(text)) {
    out.reason = "8-bit bytes without a charset";
  } else if (text.find("*=") != text.npos && text.find("=?") != text.npos) {
    // Both forms of one parameter: RFC 6266 §4.3 prefers RFC 2231's, GMime the first.
    out.reason = "plain and extended form of one parameter";
  } else if (!is_quoted_whole(text) || text.find('(') != text.npos || text.find(';') == text.npos ||
             text.find("; protected;") != text.npos ||
             (!disposition && value.value.find('/') == std::string::npos) || value.value.empty()) {
    // RFC 2045 §5.1's grammar is not met (no semicolon, no subtype, an open quote, a parameter
    // without a value), or a comment stands in a value: we read on, GMime drops or keeps.
    out.reason = "parameters outside the grammar";
  } else if (text.find("boundary=\"") != text.npos &&
             parameter_of(raw, "boundary").find(' ') != std::string::npos) {
    // RFC 2046 §5.1.1 allows a blank inside a quoted boundary; GMime cuts there.
    out.reason = "blank in a boundary";
  } else if (text.find("?=\t=?") != text.npos || text.find("?= =?") != text.npos) {
    out.reason = "padding inside adjacent words";
  }
  return out;
}

FieldAnswer compare_message_ids(const std::string& raw) {
  FieldAnswer out{"message-ids",
                  joined(mail::parse_message_ids(raw, 100'000)),
                  joined(gmime::message_ids(raw)),
                  {}};
  if (out.ours == out.theirs) return out;
  const std::string_view text = ascii::trim(raw);
  if (text.find('<') == text.npos) {
    out.reason = "identifier without brackets";  // Not RFC 5322 §3.6.4; servers write it.
  } else if (text.find("<>") != text.npos) {
    out.reason = "empty identifier";
  } else {
    // Phrases (obs-references, RFC 5322 §4.5.4), blanks, several '@' or none inside the brackets:
    // GMime stops at the first, we take what stands between brackets.
    const bool simple = std::all_of(text.begin(), text.end(), [](char c) { return c > ' '; }) &&
                        std::count(text.begin(), text.end(), '@') == 1 &&
                        std::count(text.begin(), text.end(), '<') == 1 &&
                        text.find(".>") == text.npos;
    if (!simple) out.reason = "identifiers outside the grammar";
  }
  return out;
}

FieldAnswer compare_date(const std::string& raw) {
  const auto ours = mail::parse_date(raw);
  const auto theirs = gmime::date(raw);
  FieldAnswer out{"date",
                  ours ? std::to_string(ours->time_since_epoch().count()) : "none",
                  theirs ? std::to_string(*theirs) : "none",
                  {}};
  if (out.ours == out.theirs) return out;
  const std::string text = ascii::lower(raw);
  const auto has = [&text](std::string_view part) { return text.find(part) != text.npos; };
  if (has(" am") || has(" pm")) {
    out.reason = "twelve hours";  // GMime reads "PM" over.
  } else if (has("gmt+") || has("gmt-") || has("jst")) {
    out.reason = "zone outside RFC 5322";  // GMime reads it as UTC.
  } else if (!theirs) {
    out.reason = "three-digit year";  // RFC 5322 §4.3: 1900 is added.
  } else if (!ours) {
    out.reason = "time or day that is none";  // "029 Apr", "10:00:t": no date for us.
  }
  return out;
}

// In one spelling: GMime shows A-labels as U-labels and keeps the quotes as they were.
std::string comparable(std::string_view address) {
  std::string out;
  const std::size_t sign = address.rfind('@');
  for (const char c : address.substr(0, sign)) {
    if (c != '"' && c != '\\') out.push_back(c);
  }
  if (sign != address.npos) out += "@" + mail::canonical_domain(address.substr(sign + 1));
  return out;
}

FieldAnswer compare_addresses(const std::string& raw) {
  std::vector<std::string> ours;
  for (const mail::Address& address : mail::parse_address_list(raw, 100'000)) {
    ours.push_back(
        comparable(address.local + (address.domain.empty() ? "" : "@") + address.domain));
  }
  std::vector<std::string> theirs;
  for (const std::string& address : gmime::addresses(raw))
    theirs.push_back(comparable(address));
  FieldAnswer out{"addresses", joined(ours), joined(theirs), {}};
  if (out.ours == out.theirs) return out;
  if (!mail::is_utf8(raw)) {
    out.reason = "8-bit bytes without a charset";
  } else if (theirs.size() < ours.size() || out.theirs.find("\"]") != std::string::npos) {
    // Forms outside RFC 5322 §3.4 that servers write: dots at the ends of a local part, no angle
    // brackets behind a name, blanks.  GMime drops the whole address, and those behind it.
    out.reason = "address outside the grammar";
  } else if (raw.find(": <") != raw.npos || raw.find(":<") != raw.npos) {
    out.reason = "address as the name of a group";
  }
  return out;
}

}  // namespace

FieldAnswer compare_field(std::string_view name, const std::string& raw) {
  const auto is = [name](std::string_view other) { return ascii::equals_folded(name, other); };
  if (raw.find('\0') != raw.npos) return {};  // GMime's functions end there.
  if (is("subject")) return compare_text(raw);
  if (is("content-type")) return compare_parameters(raw, false);
  if (is("content-disposition")) return compare_parameters(raw, true);
  if (is("date")) return compare_date(raw);
  if (is("message-id") || is("in-reply-to") || is("references")) return compare_message_ids(raw);
  if (is("from") || is("to") || is("cc") || is("sender") || is("reply-to")) {
    return compare_addresses(raw);
  }
  return {};
}

}  // namespace backstop::differential
