// RFC 5322 §3.3 and §4.3 dates, and what mailers write besides.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "core/base/ascii.h"
#include "core/base/char_set.h"
#include "core/base/lanes.h"
#include "core/mail/header_text.h"

namespace backstop::mail {
namespace {

// The first three letters of a word as a number; 0 for a shorter word.
constexpr std::uint32_t three_letters(std::string_view word) {
  if (word.size() < 3) return 0;
  std::uint32_t letters = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    letters = letters << 8 | static_cast<unsigned char>(ascii::to_lower(word[i]));
  }
  return letters;
}

constexpr std::array<std::uint32_t, 12> kMonths = {
    three_letters("jan"), three_letters("feb"), three_letters("mar"), three_letters("apr"),
    three_letters("may"), three_letters("jun"), three_letters("jul"), three_letters("aug"),
    three_letters("sep"), three_letters("oct"), three_letters("nov"), three_letters("dec")};
constexpr std::array<std::uint32_t, 7> kDays = {
    three_letters("mon"), three_letters("tue"), three_letters("wed"), three_letters("thu"),
    three_letters("fri"), three_letters("sat"), three_letters("sun")};

// What parts the words of a date.
constexpr CharSet kParts(" \t\r\n\v\f,()\"");
// More words than any date has.
constexpr unsigned kWordsMax = 32;

struct Zone {
  std::string_view name;
  int minutes;
};
// RFC 5322 §4.3 names the first ten; the others are what servers write instead of an offset.
constexpr Zone kZones[] = {
    {"ut", 0},     {"gmt", 0},    {"est", -300}, {"edt", -240}, {"cst", -360},  {"cdt", -300},
    {"mst", -420}, {"mdt", -360}, {"pst", -480}, {"pdt", -420}, {"utc", 0},     {"z", 0},
    {"wet", 0},    {"west", 60},  {"cet", 60},   {"cest", 120}, {"met", 60},    {"mest", 120},
    {"mez", 60},   {"mesz", 120}, {"eet", 120},  {"eest", 180}, {"msk", 180},   {"msd", 240},
    {"bst", 60},   {"jst", 540},  {"kst", 540},  {"hkt", 480},  {"sgt", 480},   {"aest", 600},
    {"aedt", 660}, {"nzst", 720}, {"nzdt", 780}, {"hst", -600}, {"akst", -540}, {"akdt", -480},
};

struct Fields {
  std::optional<unsigned> day, month, year, hour, minute, second;
  std::optional<int> offset_minutes;
  bool pm = false;
  bool am = false;
};

std::optional<unsigned> number_of(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  unsigned out = 0;
  for (const char c : text) {
    if (!ascii::is_digit(c)) return std::nullopt;
    out = out * 10 + static_cast<unsigned>(c - '0');
  }
  return out;
}

std::optional<unsigned> month_of(std::string_view word) {
  const std::uint32_t letters = three_letters(word);
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (letters == kMonths[i]) return i + 1;
  }
  return std::nullopt;
}

bool is_weekday(std::string_view word) {
  return std::ranges::find(kDays, three_letters(word)) != kDays.end();
}

// "12:34", "12:34:56", single digits too; fractions of a second are dropped.
bool read_time(std::string_view word, Fields& fields) {
  const std::size_t colon = word.find(':');
  if (colon == word.npos || fields.hour) return false;
  const std::size_t second_colon = word.find(':', colon + 1);
  const auto hour = number_of(word.substr(0, colon));
  const std::size_t minute_size = second_colon == word.npos ? word.npos : second_colon - colon - 1;
  const auto minute = number_of(word.substr(colon + 1, minute_size));
  std::optional<unsigned> second = 0;
  if (second_colon != word.npos) {
    const std::string_view text = word.substr(second_colon + 1);
    second = number_of(text.substr(0, text.find('.')));
  }
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return false;
  fields.hour = hour;
  fields.minute = minute;
  fields.second = second;
  return true;
}

// "+0100", "-0800", "+01:00", "+100".
bool read_offset(std::string_view word, Fields& fields) {
  if (word.size() < 2 || (word[0] != '+' && word[0] != '-')) return false;
  std::string digits;
  for (const char c : word.substr(1)) {
    if (c != ':') digits.push_back(c);
  }
  if (digits.size() <= 2) digits.append("00");
  const auto number = number_of(digits);
  if (!number || *number % 100 > 59) return false;
  const int minutes = static_cast<int>(*number / 100 * 60 + *number % 100);
  fields.offset_minutes = word[0] == '-' ? -minutes : minutes;
  return true;
}

bool read_zone(std::string_view word, Fields& fields) {
  for (const Zone& zone : kZones) {
    if (ascii::equals_folded(word, zone.name)) {
      if (!fields.offset_minutes) fields.offset_minutes = zone.minutes;
      return true;
    }
  }
  // "GMT+0200"
  const std::size_t sign = word.find_first_of("+-");
  if (sign != 0 && sign != word.npos && sign <= 4) return read_offset(word.substr(sign), fields);
  return false;
}

unsigned full_year(std::string_view word, unsigned number) {
  // RFC 5322 §4.3.
  if (word.size() == 2) return number < 50 ? number + 2000 : number + 1900;
  return word.size() == 3 ? number + 1900 : number;
}

void read_number(std::string_view word, unsigned number, Fields& fields) {
  if (!fields.day && word.size() <= 2 && number >= 1 && number <= 31) {
    fields.day = number;
  } else if (!fields.year && word.size() >= 2) {
    fields.year = full_year(word, number);
  }
}

void read_word(std::string_view word, Fields& fields) {
  if (const auto number = number_of(word)) return read_number(word, *number, fields);
  if (read_time(word, fields)) return;
  // An offset follows the time; "-" before it is a dash.
  if (fields.hour && !fields.offset_minutes && read_offset(word, fields)) return;
  if (ascii::equals_folded(word, "pm")) fields.pm = true;
  if (ascii::equals_folded(word, "am")) fields.am = true;
  if (!fields.month && ascii::is_alpha(word.front())) {
    fields.month = month_of(word);
    if (fields.month) return;
  }
  if (is_weekday(word)) return;
  if (fields.hour && read_zone(word, fields)) return;
  // "06-Nov-94", "2009-11-05", as RFC 850 and ISO 8601 have them; "2009/11/05".
  const std::size_t dash = word.find_first_of("-/");
  if (dash == word.npos || dash == 0 || fields.day) return;
  const std::size_t second = word.find(word[dash], dash + 1);
  if (second == word.npos || second == dash + 1 || second + 1 == word.size()) return;
  const std::string_view parts[] = {word.substr(0, dash), word.substr(dash + 1, second - dash - 1),
                                    word.substr(second + 1)};
  const bool year_first = parts[0].size() == 4;
  if (word[dash] == '/' && !year_first) return;  // Day and month could be either way round.
  const std::string_view day = year_first ? parts[2] : parts[0];
  const std::string_view year = year_first ? parts[0] : parts[2];
  fields.month = ascii::is_alpha(parts[1].front()) ? month_of(parts[1]) : number_of(parts[1]);
  fields.day = number_of(day);
  if (const auto number = number_of(year)) fields.year = full_year(year, *number);
}

std::optional<Instant> instant_of(Fields fields) {
  if (!fields.day || !fields.month || !fields.year || !fields.hour) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*fields.year)} /
                                         static_cast<int>(*fields.month) /
                                         static_cast<int>(*fields.day)};
  if (!date.ok()) return std::nullopt;
  unsigned hour = *fields.hour;
  if (fields.pm && hour < 12) hour += 12;
  if (fields.am && hour == 12) hour = 0;
  const Instant out = std::chrono::sys_days{date} + std::chrono::hours{hour} +
                      std::chrono::minutes{*fields.minute} + std::chrono::seconds{*fields.second} -
                      std::chrono::minutes{fields.offset_minutes.value_or(0)};
  const Instant first = std::chrono::sys_days{std::chrono::year{1970} / 1 / 1};
  const Instant end = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1};
  if (out < first || out >= end) return std::nullopt;
  return out;
}

// The form of kLanes characters: "0" is any digit, "A" and "a" any letter, "+" one of "+,-", any
// other itself.
class LaneForm {
 public:
  constexpr explicit LaneForm(std::string_view form) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      const bool letter = form[i] == 'A' || form[i] == 'a';
      low_[i] = letter ? 'a' : form[i];
      high_[i] = letter ? 'z' : form[i] == '0' ? '9' : form[i] == '+' ? '-' : form[i];
      fold_[i] = letter ? 0x20 : 0;
    }
  }
  // REQUIRES: kLanes bytes from `at` on.
  bool fits(const char* at) const {
    const Lanes x = load_lanes(at) | load_lanes(fold_.data());
    return !any_lane((x < load_lanes(low_.data())) | (x > load_lanes(high_.data())));
  }

 private:
  std::array<char, kLanes> low_{};
  std::array<char, kLanes> high_{};
  std::array<char, kLanes> fold_{};
};

unsigned two_digits(const char* at) {
  return static_cast<unsigned>((at[0] - '0') * 10 + (at[1] - '0'));
}

// As nearly all are written (RFC 5322 §3.3): "Tue, 3 Nov 2026 09:05:00 +0100", the day of one or
// two digits, behind it nothing or a comment.  Nothing for all others.
std::optional<Fields> parse_usual(std::string_view text) {
  text = ascii::trim(text);
  constexpr std::string_view kForm = "Aaa, 00 Aaa 0000 00:00:00 +0000";
  constexpr std::size_t kDay = 5;
  const std::size_t shift = text.size() > kDay + 1 && text[kDay + 1] == ' ' ? 1 : 0;
  const std::size_t size = kForm.size() - shift;
  if (text.size() < size) return std::nullopt;
  const std::string_view behind = text.substr(size);
  if (!behind.empty() && !(behind.starts_with(" (") && behind.find(')') == behind.size() - 1))
    return std::nullopt;
  // The two overlap; in a form that is one byte shorter the second begins one byte earlier.
  static constexpr LaneForm kFirst(kForm.substr(0, kLanes));
  static constexpr LaneForm kFirstShifted("Aaa, 0 Aaa 0000 ");
  static constexpr LaneForm kLast(kForm.substr(kForm.size() - kLanes));
  const LaneForm& first = shift == 0 ? kFirst : kFirstShifted;
  if (!first.fits(text.data()) || !kLast.fits(text.data() + size - kLanes)) return std::nullopt;
  if (text[26 - shift] == ',') return std::nullopt;
  const auto number_at = [text, shift](std::size_t at) {
    return two_digits(text.data() + at - shift);
  };
  Fields fields;
  fields.day = shift == 0 ? number_at(kDay) : static_cast<unsigned>(text[kDay] - '0');
  fields.month = month_of(text.substr(8 - shift, 3));
  fields.year = number_at(12) * 100 + number_at(14);
  fields.hour = number_at(17);
  fields.minute = number_at(20);
  fields.second = number_at(23);
  const unsigned offset = number_at(27) * 60 + number_at(29);
  fields.offset_minutes =
      text[26 - shift] == '-' ? -static_cast<int>(offset) : static_cast<int>(offset);
  const bool usual = is_weekday(text.substr(0, 3)) && fields.month && *fields.day >= 1 &&
                     *fields.day <= 31 && *fields.hour <= 23 && *fields.minute <= 59 &&
                     *fields.second <= 60 && number_at(29) <= 59;
  return usual ? std::optional(fields) : std::nullopt;
}

// Word by word.  Kept out of the way of the usual ones.
[[gnu::noinline]] std::optional<Instant> parse_unusual(std::string_view raw) {
  Fields fields;
  unsigned words = 0;
  std::size_t depth = 0;
  std::size_t at = 0;
  while (at < raw.size() && words < kWordsMax) {
    const char c = raw[at];
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
    if (depth > 0 || ascii::is_space(c) || c == ',' || c == ')' || c == '"') {
      ++at;
      continue;
    }
    const std::size_t end = kParts.find_in(raw, at + 1);
    read_word(raw.substr(at, end - at), fields);
    ++words;
    at = end;
  }
  return instant_of(fields);
}

}  // namespace

std::optional<Instant> parse_date(std::string_view raw) {
  if (const auto usual = parse_usual(raw)) return instant_of(*usual);
  return parse_unusual(raw);
}

}  // namespace backstop::mail
