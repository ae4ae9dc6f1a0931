#include "core/scenario/estimate.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "core/base/assert.h"

namespace backstop::scenario {
namespace {

// What published runs had.  A run of two million is the example of most texts on the matter; lists
// of spammers had from a fifth to a good half of dead addresses, the worst bought ones two fifths;
// of the servers that cannot deliver, one in eleven took the message first and sent it back in
// 2007; since the large providers refuse in the dialogue it is fewer.
constexpr Ranged kMessages{2'000'000, 100'000, 100'000'000};
constexpr Ranged kUndeliverable{0.40, 0.20, 0.53};
constexpr Ranged kBackscatter{0.04, 0.005, 0.10};
constexpr Ranged kCopies{1, 1, 1};
// A run of one to three days, and the queues of other people's servers after it.
constexpr Ranged kDays{6, 5, 7};
constexpr Ranged kPeakToMean{6.9, 5, 8};
// Answers for one message sent: the least and the most that was measured.
constexpr Ranged kYield{0.036, 0.0025, 0.05};

constexpr double kGivenShareError = 0.25;
constexpr double kHoursPerDay = 24;
constexpr double kMostAmount = 1e12;

Ranged find_share(const std::optional<double>& given, const Ranged& usual) {
  if (!given) return usual;
  return {.value = *given,
          .low = *given * (1 - kGivenShareError),
          .high = std::min(1.0, *given * (1 + kGivenShareError)),
          .is_given = true};
}

Ranged find_number(const std::optional<double>& given, const Ranged& usual) {
  if (!given) return {.value = usual.value, .low = usual.value, .high = usual.value};
  return {.value = *given, .low = *given, .high = *given, .is_given = true};
}

std::uint64_t round_whole(double number) {
  return static_cast<std::uint64_t>(std::llround(number));
}

}  // namespace

Estimate make_estimate(const RunFacts& facts) {
  BS_ASSERT(!facts.messages || *facts.messages >= 1);
  BS_ASSERT(!facts.copies || *facts.copies >= 1);
  Assumptions is{.messages = find_number(facts.messages, kMessages),
                 .undeliverable = find_share(facts.undeliverable, kUndeliverable),
                 .backscatter = find_share(facts.backscatter, kBackscatter),
                 .copies = find_number(facts.copies, kCopies),
                 .days = kDays,
                 .peak_to_mean = kPeakToMean};
  const auto product = [&](double Ranged::* end) {
    return is.messages.*end * is.undeliverable.*end * is.backscatter.*end * is.copies.*end;
  };
  const double value = product(&Ranged::value);
  const double low = product(&Ranged::low);
  const double high = product(&Ranged::high);
  // The same answers in five days are more an hour than in seven.
  const Ranged per_hour{.value = value / (is.days.value * kHoursPerDay),
                        .low = low / (is.days.high * kHoursPerDay),
                        .high = high / (is.days.low * kHoursPerDay)};
  const Ranged peak{.value = per_hour.value * is.peak_to_mean.value,
                    .low = per_hour.low * is.peak_to_mean.low,
                    .high = per_hour.high * is.peak_to_mean.high};
  return {.notifications = round_whole(value),
          .low = round_whole(low),
          .high = round_whole(high),
          .per_hour = per_hour,
          .peak_hour = peak,
          .assumptions = is};
}

RunSize estimate_run(std::uint64_t received) {
  const auto n = static_cast<double>(received);
  return {.messages = round_whole(n / kYield.value),
          .low = round_whole(n / kYield.high),
          .high = round_whole(n / kYield.low),
          .yield = kYield};
}

Result<double> parse_share(std::string_view text) {
  const bool percent = text.ends_with('%');
  const std::string_view digits = percent ? text.substr(0, text.size() - 1) : text;
  double number = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number,
                                            std::chars_format::fixed);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  const double share = percent ? number / 100 : number;
  // Written so that what is no number is refused as well.
  if (whole && share >= 0 && share <= 1) return share;
  if (whole && !percent && number > 1 && number <= 100)
    return fail(Errc::Invalid, "",
                "a share is from 0 to 1, or a percentage: write " + std::string(text) + "%, or " +
                    std::string(text) + " divided by 100");
  return fail(Errc::Invalid, "", "a share is from 0 to 1, as 0.40, or a percentage, as 40%");
}

Result<double> parse_amount(std::string_view text) {
  double unit = 1;
  std::string digits(text);
  if (text.ends_with('k')) unit = 1e3;
  if (text.ends_with('M')) unit = 1e6;
  if (unit > 1) digits.pop_back();
  std::erase(digits, ',');
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, 10);
  const double amount = static_cast<double>(number) * unit;
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  if (whole && amount >= 1 && amount <= kMostAmount) return amount;
  return fail(Errc::Invalid, "",
              "this is a whole number from 1 to 1,000,000,000,000, as 2000000 or 2M");
}

}  // namespace backstop::scenario
