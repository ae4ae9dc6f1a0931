// The names of rules, known before the first message, so that a rule that nothing tries is missed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace backstop::sim {

// A name as a template argument.
template <std::size_t kSize>
struct RuleName {
  // NOLINTNEXTLINE(google-explicit-constructor): hold<"..."> is all that a caller writes.
  constexpr RuleName(const char (&literal)[kSize]) { std::copy_n(literal, kSize, text); }
  char text[kSize]{};
};

// Those that are held somewhere in this program.
std::vector<std::string_view>& rule_names();

// One for each name; the first use of it in the source puts it on the list when the program starts.
template <RuleName kName>
struct Listed {
  static const bool kDone;
};
template <RuleName kName>
const bool Listed<kName>::kDone = (rule_names().emplace_back(kName.text), true);

}  // namespace backstop::sim
