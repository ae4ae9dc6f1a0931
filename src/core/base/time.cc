#include "core/base/time.h"

#include <fmt/core.h>

#include <array>
#include <charconv>

#include "core/base/ascii.h"

namespace backstop {
namespace {

constexpr std::string_view kInstantForm = "write a time as 2026-11-21T03:23:34Z";
constexpr std::string_view kDurationForm =
    "write a duration as a whole number and a unit: 90s, 15m, 12h, 21d or 2w";

constexpr Instant kInstantsEnd = std::chrono::sys_days(std::chrono::year_month_day(
    std::chrono::year(10000), std::chrono::January, std::chrono::day(1)));

// Takes exactly `count` digits off the front of `text`.
std::optional<unsigned> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  unsigned value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!ascii::is_digit(text[i])) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || ascii::to_lower(text.front()) != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take_char(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take_char(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || *year < 1970) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

// RFC 3339 §5.6 time-numoffset; nothing unless all of `text` is one.
std::optional<Seconds> parse_offset(std::string_view text) {
  if (take_char(text, 'z')) return text.empty() ? std::optional(Seconds(0)) : std::nullopt;
  const bool west = !text.empty() && text.front() == '-';
  if (!west && (text.empty() || text.front() != '+')) return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_digits(text, 2);
  if (!hours || !take_char(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  const Seconds offset{*hours * 3600L + *minutes * 60L};
  return west ? -offset : offset;
}

std::optional<Instant> parse_instant_form(std::string_view text) {
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  if (text.empty()) return Instant(*date);
  if (!take_char(text, 't') && !take_char(text, ' ')) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || !take_char(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take_char(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  if (take_char(text, '.')) {
    if (text.empty() || !ascii::is_digit(text.front())) return std::nullopt;
    while (!text.empty() && ascii::is_digit(text.front()))
      text.remove_prefix(1);
  }
  const auto offset = parse_offset(text);
  if (!offset) return std::nullopt;
  const Instant local = Instant(*date) + Seconds(*hour * 3600L + *minute * 60L + *second);
  const Instant instant = local - *offset;
  // An offset, or a leap second, may lead out of the years that can be written.
  if (instant < Instant{} || instant >= kInstantsEnd) return std::nullopt;
  return instant;
}

struct Unit {
  char letter;
  std::int64_t seconds;
};
// From large to small, so that the first exact one is the shortest.
constexpr std::array<Unit, 4> kUnits{{{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
constexpr std::int64_t kWeekSeconds = 7 * 86400;
constexpr std::int64_t kDurationMax = 100LL * 366 * 86400;

}  // namespace

Result<Instant> parse_instant(std::string_view text) {
  if (const auto instant = parse_instant_form(ascii::trim(text))) return *instant;
  return fail(Errc::Invalid, "", std::string(kInstantForm));
}

std::string render_instant(Instant instant) {
  const auto day = std::chrono::floor<Days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(instant - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

Result<Seconds> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && number >= 0 && end - rest == 1 && ascii::is_digit(text.front())) {
    std::int64_t unit = *rest == 'w' ? kWeekSeconds : 0;
    for (const Unit& known : kUnits) {
      if (*rest == known.letter) unit = known.seconds;
    }
    if (unit != 0 && number <= kDurationMax / unit) return Seconds(number * unit);
  }
  return fail(Errc::Invalid, "", std::string(kDurationForm));
}

std::string render_duration(Seconds duration) {
  for (const Unit& unit : kUnits) {
    if (duration.count() != 0 && duration.count() % unit.seconds == 0) {
      return fmt::format("{}{}", duration.count() / unit.seconds, unit.letter);
    }
  }
  return "0s";
}

}  // namespace backstop
