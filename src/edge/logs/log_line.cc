#include "edge/logs/log_line.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/limits.h"
#include "edge/logs/line_text.h"

namespace backstop::logs {

// A time stamp as it stands there.
struct LineParser::Stamp {
  int year = 0;  // 0: none is given.
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::optional<Seconds> offset;  // From UTC, where a zone is given.
};

namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
// A stamp without a year may be this far ahead of us: clocks differ.
constexpr std::chrono::hours kGrace{24};
// Years that are tried for 29 February: it can be missing for eight around a century.
constexpr int kYearsBack = 8;

std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, count)) {
    if (!ascii::is_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

// "06:35:32" and a fraction, which is cut off.
template <class Stamp>
bool take_clock(std::string_view& text, Stamp& stamp) {
  const auto hour = take_digits(text, 2);
  if (!hour || !take_prefix(text, ":")) return false;
  const auto minute = take_digits(text, 2);
  if (!minute || !take_prefix(text, ":")) return false;
  const auto second = take_digits(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return false;
  stamp.hour = *hour;
  stamp.minute = *minute;
  stamp.second = *second;
  if (take_prefix(text, ".")) {
    while (!text.empty() && ascii::is_digit(text.front()))
      text.remove_prefix(1);
  }
  return true;
}

// "Z", "+01:00", "+0100"; nothing taken for anything else.
std::optional<Seconds> take_zone(std::string_view& text) {
  if (take_prefix(text, "Z")) return Seconds{0};
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  std::string_view rest = text.substr(1);
  const auto hours = take_digits(rest, 2);
  take_prefix(rest, ":");
  const auto minutes = take_digits(rest, 2);
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  const Seconds offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  const bool behind = text.front() == '-';
  text = rest;
  return behind ? -offset : offset;
}

// "Nov 21 " and "Nov  1 ".
template <class Stamp>
bool take_month_and_day(std::string_view& text, Stamp& stamp) {
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(0, 3));
  if (month == kMonths.end() || text.size() < 7 || text[3] != ' ') return false;
  text.remove_prefix(4);
  std::optional<int> day;
  if (text.front() == ' ') {
    text.remove_prefix(1);
    day = take_digits(text, 1);
  } else {
    day = take_digits(text, 2);
  }
  if (!day || !take_prefix(text, " ")) return false;
  stamp.month = static_cast<int>(month - kMonths.begin()) + 1;
  stamp.day = *day;
  return true;
}

template <class Stamp>
bool take_date(std::string_view& text, Stamp& stamp) {
  const auto year = take_digits(text, 4);
  if (!year || *year < 1970 || !take_prefix(text, "-")) return false;
  const auto month = take_digits(text, 2);
  if (!month || !take_prefix(text, "-")) return false;
  const auto day = take_digits(text, 2);
  if (!day) return false;
  stamp.year = *year;
  stamp.month = *month;
  stamp.day = *day;
  return true;
}

// "postfix/smtp[123]: " and "exim: "; "" when there is none.
std::string_view take_program(std::string_view& text) {
  std::string_view rest = text;
  std::string_view tag = take_until(rest, ": ");
  if (tag.empty() || tag.find(' ') != tag.npos) return {};
  text = rest;
  return take_until(tag, "[");
}

bool is_sendmail(std::string_view program) {
  return program == "sendmail" || program.starts_with("sm-") || program == "sendmail-mta";
}

}  // namespace

std::string_view name_of(LogEvent event) {
  switch (event) {
    case LogEvent::Arrival:
      return "arrival";
    case LogEvent::Named:
      return "named";
    case LogEvent::Accepted:
      return "accepted";
    case LogEvent::Delivery:
      return "delivery";
    case LogEvent::Refused:
      return "refused";
    case LogEvent::Notice:
      return "notice";
    case LogEvent::Done:
      return "done";
    case LogEvent::Connection:
      return "connection";
    case LogEvent::Left:
      return "left";
  }
  BS_ASSERT(false);
}

std::optional<Instant> LineParser::find_in_year(const Stamp& stamp, int year) {
  namespace chr = std::chrono;
  const chr::year_month_day date{chr::year{year}, chr::month{static_cast<unsigned>(stamp.month)},
                                 chr::day{static_cast<unsigned>(stamp.day)}};
  if (!date.ok()) return std::nullopt;
  const chr::sys_days day{date};
  const Seconds past = chr::minutes{stamp.minute} + Seconds{stamp.second};
  if (stamp.offset) return day + chr::hours{stamp.hour} + past - *stamp.offset;
  if (zone_ == LogZone::Utc) return day + chr::hours{stamp.hour} + past;
  const long hour = day.time_since_epoch().count() * 24 + stamp.hour;
  if (hour != cached_hour_) {
    std::tm local{};
    local.tm_year = year - 1900;
    local.tm_mon = stamp.month - 1;
    local.tm_mday = stamp.day;
    local.tm_hour = stamp.hour;
    local.tm_isdst = -1;
    cached_start_ = Instant{Seconds{std::mktime(&local)}};
    cached_hour_ = hour;
  }
  return cached_start_ + past;
}

std::optional<Instant> LineParser::find_instant(const Stamp& stamp) {
  if (stamp.year != 0) return find_in_year(stamp, stamp.year);
  const Instant latest = now_ + kGrace;
  const std::chrono::year_month_day date{std::chrono::floor<Days>(latest)};
  // The local year may be one ahead of ours.
  const int newest = static_cast<int>(date.year()) + 1;
  for (int year = newest; year >= newest - kYearsBack - 1; --year) {
    const auto instant = find_in_year(stamp, year);
    if (instant && *instant <= latest) return instant;
  }
  return std::nullopt;
}

std::optional<Instant> LineParser::take_time(std::string_view& line) {
  Stamp stamp;
  if (line.empty()) return std::nullopt;
  if (!ascii::is_digit(line.front())) {
    if (!take_month_and_day(line, stamp) || !take_clock(line, stamp)) return std::nullopt;
    return find_instant(stamp);
  }
  if (!take_date(line, stamp)) return std::nullopt;
  if (!take_prefix(line, "T") && !take_prefix(line, " ")) return std::nullopt;
  if (!take_clock(line, stamp)) return std::nullopt;
  stamp.offset = take_zone(line);
  if (!stamp.offset && line.size() > 1 && (line[1] == '+' || line[1] == '-')) {
    line.remove_prefix(1);  // Exim's log_timezone: "06:35:32 +0100".
    stamp.offset = take_zone(line);
    if (!stamp.offset) return std::nullopt;
  }
  return find_instant(stamp);
}

std::optional<Instant> LineParser::parse_time(std::string_view line) {
  return line.size() > limits::kLogLineBytes ? std::nullopt : take_time(line);
}

std::optional<LogLine> LineParser::parse(std::string_view line) {
  if (line.size() > limits::kLogLineBytes) return std::nullopt;
  line = ascii::trim(line);
  // Exim's own log has no host and no program; its date and time have a blank between.
  const bool own_file = line.size() > 10 && line[10] == ' ' && line[4] == '-';
  LogLine out;
  const auto at = take_time(line);
  if (!at || !take_prefix(line, " ")) return std::nullopt;
  out.at = *at;
  if (own_file) {
    out.program = "exim";
    return parse_exim(line, out) ? std::optional(out) : std::nullopt;
  }
  take_until(line, " ");  // The host.
  out.program = take_program(line);
  if (out.program.starts_with("exim")) {
    // Exim stamps what it gives to syslog too, unless told not to.
    std::string_view rest = line;
    if (take_time(rest) && take_prefix(rest, " ")) line = rest;
    return parse_exim(line, out) ? std::optional(out) : std::nullopt;
  }
  const bool known = is_sendmail(out.program)             ? parse_sendmail(line, out)
                     : out.program.find('/') != line.npos ? parse_postfix(line, out)
                                                          : false;
  return known ? std::optional(out) : std::nullopt;
}

}  // namespace backstop::logs
