// The same questions, answered by GMime 3.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/differential/walked_message.h"

namespace backstop::differential::gmime {

void start();
// Nothing when GMime finds no message.
std::optional<WalkedMessage> walk(std::string_view bytes);

std::string decode_text(const std::string& raw);
// "" when there is none.
std::string content_type_parameter(const std::string& raw, const char* name);
std::string disposition_parameter(const std::string& raw, const char* name);
std::vector<std::string> message_ids(const std::string& raw);
// Addresses as GMime spells them, groups flattened.
std::vector<std::string> addresses(const std::string& raw);
// Seconds since 1970.
std::optional<std::int64_t> date(const std::string& raw);

}  // namespace backstop::differential::gmime
