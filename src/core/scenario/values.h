// The values of a scenario's options: texts to numbers, spans, mixes.
//
// Pure and total; any thread.  Errors: Errc::Invalid with a sentence, `where` empty.
#pragma once

#include <cmath>
#include <string_view>

#include "core/base/ascii.h"
#include "core/scenario/scenario.h"

namespace backstop::scenario {

// Without blanks at either end.
std::string_view trim(std::string_view text);

Result<void> read_value(std::string_view text, Seconds& to);  // "30h", "10m", 0 as "0".
Result<void> read_value(std::string_view text, bool& to);     // "yes", "no"
Result<void> read_value(std::string_view text, Instant& to);
Result<void> read_text(std::string_view text, std::string& to);  // A domain name, lower case.
Result<void> read_share(std::string_view text, double& to);      // "9%", "0.09"
Result<void> read_amount(std::string_view text, double& to);     // "2000000", "2M"; 0 too.
Result<void> read_count(std::string_view text, std::uint64_t& to, std::uint64_t most);
// A number with a fraction, in these bounds.
Result<void> read_number(std::string_view text, double& to, double least, double most);
// "10m to 60m"
Result<void> read_range(std::string_view text, Seconds& least, Seconds& most);

Result<void> read_kinds(std::string_view text, Mix<reading::Kind>& to);
Result<void> read_languages(std::string_view text, Mix<std::string>& to);
Result<void> read_returns(std::string_view text, Mix<Returns>& to);
Result<void> read_forges(std::string_view text, Mix<Forging>& to);
Result<void> read_style(std::string_view text, LocalStyle& to);
Result<void> read_way(std::string_view text, OwnMail::Way& to);

// "genuine.lost = 0", "backscatter.refused-of-enough >= 99.9%", "seconds-to-alarm < 60s".
Result<Expectation> parse_expectation(std::string_view text);

// One of the mix, by a number from 0 to below 1.  REQUIRES: the mix is not empty.
template <class T>
const T& pick(const Mix<T>& mix, double unit) {
  double whole = 0;
  for (const auto& each : mix)
    whole += each.weight;
  double left = unit * whole;
  for (const auto& each : mix) {
    left -= each.weight;
    if (left < 0) return each.what;
  }
  return mix.back().what;
}

}  // namespace backstop::scenario
