// Reasons: permanent identifiers for why something was judged or done, used alike in log, header,
// reply, metric and manual.  The one table is reasons.tsv; an identifier once released stays.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace backstop::policy {

enum class Reason : std::uint8_t {
#define BACKSTOP_REASON(enumerator, identifier, sentence, advice) enumerator,
#include "core/policy/reasons.inc"
#undef BACKSTOP_REASON
};

std::string_view name_of(Reason reason);      // "no-proof-of-origin"
std::string_view sentence_of(Reason reason);  // What it means.
std::string_view advice_of(Reason reason);    // What to do about it.
std::optional<Reason> parse_reason(std::string_view identifier);
unsigned reason_count();

}  // namespace backstop::policy
