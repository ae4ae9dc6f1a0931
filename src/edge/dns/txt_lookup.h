// One question to this host's resolver, for commands: waits, but not long.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace backstop::dns {

// The TXT records of a name, the strings of each joined (RFC 7208 §3.3); empty when the name or the
// record does not exist.  At most limits::kDnsAnswerRecords.  Errors: Errc::Invalid for what is no
// name; Errc::Unavailable when nobody answers, at the latest after some six seconds.
Result<std::vector<std::string>> lookup_txt(const std::string& name);

// The TXT records in a DNS message (RFC 1035 §4.1).  Total: what is broken is left out.
std::vector<std::string> parse_txt_answer(std::span<const std::uint8_t> message);

}  // namespace backstop::dns
