// An SPF record as text (RFC 7208 §4.6, §5): which terms say who may send for a domain.
//
// Pure and total; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ip.h"

namespace backstop::coverage {

enum class SpfMechanism : std::uint8_t { All, Include, A, Mx, Ptr, Ip4, Ip6, Exists };

struct SpfTerm {
  char qualifier = '+';  // '+', '-', '~' or '?'.
  SpfMechanism mechanism = SpfMechanism::All;
  std::string domain;  // Lower case, macros as they stand; "" where the term names none.
  std::optional<IpNetwork> network;  // Of Ip4 and Ip6.
  unsigned v4_bits = 32;             // Of A and Mx.
  unsigned v6_bits = 128;
  std::string text;  // As published, lower case, without a '+' before it.
};

struct SpfRecord {
  std::vector<SpfTerm> terms;  // At most limits::kSpfTerms.
  std::string redirect;        // Of the modifier; "" without one.
  std::string fault;  // What makes it a permerror (RFC 7208 §4.6), in words; "" for nothing.
};

// True for a text that begins with "v=spf1" and a blank, or is that (§4.5).
bool is_spf_record(std::string_view text);

// REQUIRES: is_spf_record(text).  Terms behind a fault are not read: the record means nothing then.
SpfRecord parse_spf_record(std::string_view text);

// True when a name has macros (§7), so that it stands for another with every message.
bool has_spf_macros(std::string_view domain);

}  // namespace backstop::coverage
