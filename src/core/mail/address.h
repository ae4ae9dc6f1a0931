// Envelope addresses: RFC 5321 §4.1.2 paths, RFC 6531 (SMTPUTF8), and the one canonical form that
// proofs, look-ups and comparisons use.
//
// Pure and total; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace backstop::mail {

// A mailbox, or the null sender (both parts empty).  `local` is unquoted ("john smith", not
// "\"john smith\""), in the case received; `domain` as received, without a trailing dot; an address
// literal keeps its brackets.  `domain` is empty for a bare local part: "postmaster" (RFC 5321
// §4.1.1.3) and whatever else an MTA let pass without a domain.
struct Address {
  std::string local;
  std::string domain;

  bool is_null() const { return local.empty() && domain.empty(); }
  // "local@domain", the local part quoted when RFC 5321 requires it; "" for the null sender.
  std::string text() const;
  bool operator==(const Address&) const = default;
};

// Reads a path as MTAs hand it over: with or without angle brackets, with a source route
// (dropped, RFC 5321 §4.1.1.3), quoted local parts with quoted-pairs, UTF-8 (RFC 6531), "" and
// "<>" as the null sender.  Lenient in the local part, since real mail is: dots in any place, bytes
// that are not UTF-8, and, as MTAs' inner form has it, spaces and '@' without quotes (the last '@'
// splits).  Errors: Errc::Invalid; Errc::Limit past limits::kPathBytes.
Result<Address> parse_path(std::string_view text);

// A domain for comparison: lower case, no trailing dot, U-labels as A-labels (IDNA 2008 with UTS 46
// mapping).  What IDNA refuses is lower-cased in ASCII and kept, so that the function is total.
std::string canonical_domain(std::string_view domain);

// The one spelling of an address under which proofs are made (docs/formats/token.md): the unquoted
// local part in Unicode NFC and lower case, '@', canonical_domain.  "" for the null sender.
std::string canonical(const Address& address);

}  // namespace backstop::mail
