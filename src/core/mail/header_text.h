// What stands inside header fields: unfolding, RFC 2047 encoded words, RFC 2231 parameters,
// structured values, dates, address lists and Received.
//
// Pure and total: what cannot be read is left out or kept as it stands, never an error.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/ip.h"
#include "core/base/time.h"
#include "core/mail/address.h"
#include "core/mail/defects.h"

namespace backstop::mail {

// RFC 5322 §2.2.3: line ends before WSP removed; white space at both ends trimmed.
std::string unfold(std::string_view raw);

// `bytes` of a charset (any case, IANA names and common aliases) as valid UTF-8; what cannot be
// converted becomes U+FFFD and, if given, a defect.  Unknown charset: as windows-1252.
std::string decode_charset(std::string_view bytes, std::string_view charset,
                           Defects* defects = nullptr);

// Unfolds and decodes encoded words (RFC 2047, with RFC 2231 language tags) into UTF-8.  Adjacent
// words of one charset are joined before decoding, as mailers that cut characters in two need it.
// Raw 8-bit bytes are kept when they are UTF-8, else read as windows-1252.  At most
// limits::kDecodedFieldBytes.
std::string decode_text(std::string_view raw);

// A value with parameters, as Content-Type, Content-Disposition.  Comments dropped; RFC 2231
// continuations, charsets and percent-encoding undone; RFC 2047 in quoted values too, since mailers
// write it.  A parameter named twice: the first wins.
struct StructuredValue {
  std::string value;                                            // Lower case, "text/plain".
  std::vector<std::pair<std::string, std::string>> parameters;  // Names lower case.
};
StructuredValue parse_structured(std::string_view raw);

// The addresses of From, To, Sender, Reply-To and alike, groups flattened, comments and display
// names dropped; at most `count_max`.
std::vector<Address> parse_address_list(std::string_view raw, std::size_t count_max = 100);

// RFC 5322 §3.3 with the obsolete forms, and what mailers write besides (no weekday, single-digit
// times, "UT", named zones, a trailing comment).  Nothing when it is no date of 1970 to 9999.
std::optional<Instant> parse_date(std::string_view raw);

// Every Message-ID-like "<...>" of a field, brackets dropped; for a Message-ID without brackets the
// trimmed value when it has no white space.
std::vector<std::string> parse_message_ids(std::string_view raw, std::size_t count_max = 100);

// RFC 5321 §4.4 trace information, as real servers write it.
struct Received {
  std::string from_name;             // HELO name after "from".
  std::optional<IpAddress> from_ip;  // Of the TCP-info, "[192.0.2.1]" or alike.
  std::string by;
  std::string with;  // "ESMTPS".
  std::string id;
  std::optional<Address> for_address;
  std::optional<Instant> date;  // After the last semicolon.
};
Received parse_received(std::string_view raw);

// The same but for whom it was, as views into `raw`.
struct Trace {
  std::string_view from_name;
  std::optional<IpAddress> from_ip;
  std::string_view by;
  std::string_view with;
  std::string_view id;
  std::optional<Instant> date;
};
Trace parse_trace(std::string_view raw);

}  // namespace backstop::mail
