#include "core/scenario/values.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/reading/kind_name.h"
#include "core/scenario/estimate.h"

namespace backstop::scenario {
namespace {

enum class FigureSort : std::uint8_t { Amount, Measure };

struct FigureRow {
  FigureSort sort;
  std::string_view name;
  std::string_view text;
};
constexpr FigureRow kFigures[] = {
#define BACKSTOP_FIGURE(enumerator, sort, name, text) {FigureSort::sort, name, text},
#include "core/scenario/figures.inc"
#undef BACKSTOP_FIGURE
};

constexpr std::array<std::string_view, kForgings> kForgingNames{"held", "fresh", "names", "real",
                                                                "roles"};
constexpr std::array<std::string_view, kLocalStyles> kStyleNames{"random", "firstname-lastname",
                                                                 "dotted", "word-digits"};
constexpr std::array<std::string_view, kReturns> kReturnNames{"full", "headers", "little"};
constexpr std::array<std::string_view, 3> kWayNames{"server", "service", "forward"};
// The longer ones first: "<" begins "<=".
constexpr std::array<std::string_view, 5> kComparisonNames{"=", "<=", ">=", "<", ">"};

Result<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    return fail(Errc::Invalid, "", "'" + std::string(text) + "' is no number");
  return number;
}

template <std::size_t N>
Result<std::size_t> find_word(std::string_view text, const std::array<std::string_view, N>& words) {
  const auto found = std::ranges::find(words, text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string list;
  for (const std::string_view word : words)
    list += (list.empty() ? "" : ", ") + std::string(word);
  return fail(Errc::Invalid, "",
              "'" + std::string(text) + "' is not known here; there are: " + list);
}

// "NAME SHARE, NAME SHARE": a name alone has the weight 1.
template <class T, class Parse>
Result<void> read_mix(std::string_view text, Mix<T>& to, const Parse& parse) {
  to.clear();
  double whole = 0;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view entry = trim(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t blank = std::min(entry.find(' '), entry.size());
    BS_TRY(T what, parse(entry.substr(0, blank)));
    double weight = 1;
    if (const std::string_view share = trim(entry.substr(blank)); !share.empty())
      BS_TRY_VOID(read_share(share, weight));
    to.push_back({std::move(what), weight});
    whole += weight;
  }
  if (whole <= 0)
    return fail(Errc::Invalid, "", "write what there is and its share, as 'bounce 60%, delay 40%'");
  return {};
}

template <class E, std::size_t N>
auto parse_enum(const std::array<std::string_view, N>& words) {
  return [&words](std::string_view text) -> Result<E> {
    BS_TRY(const std::size_t index, find_word(text, words));
    return static_cast<E>(index);
  };
}

Result<reading::Kind> parse_kind(std::string_view text) {
  if (const auto kind = reading::parse_kind(text)) return *kind;
  return fail(Errc::Invalid, "", "'" + std::string(text) + "' is no kind of message");
}

// Of an expectation: a share, a time in seconds, or a number.
Result<double> parse_measure(std::string_view text) {
  if (text.ends_with('%')) return parse_share(text);
  if (!text.empty() && ascii::is_alpha(text.back())) {
    BS_TRY(const Seconds seconds, parse_duration(text));
    return static_cast<double>(seconds.count());
  }
  return parse_number(text);
}

}  // namespace

std::string_view name_of(Forging forging) {
  return kForgingNames[static_cast<std::size_t>(forging)];
}
std::string_view name_of(LocalStyle style) {
  return kStyleNames[static_cast<std::size_t>(style)];
}
std::string_view name_of(Returns returns) {
  return kReturnNames[static_cast<std::size_t>(returns)];
}
std::string_view name_of(Figure figure) {
  return kFigures[static_cast<std::size_t>(figure)].name;
}
std::string_view sentence_of(Figure figure) {
  return kFigures[static_cast<std::size_t>(figure)].text;
}
bool is_amount(Figure figure) {
  return kFigures[static_cast<std::size_t>(figure)].sort == FigureSort::Amount;
}
unsigned figure_count() {
  return static_cast<unsigned>(std::size(kFigures));
}
std::string_view name_of(Comparison comparison) {
  return kComparisonNames[static_cast<std::size_t>(comparison)];
}

bool Expectation::holds(std::optional<double> found) const {
  if (!value || !found) return value.has_value() == found.has_value();
  // What is written as 99.9% is no binary fraction.
  const double off = 1e-9 * std::max(1.0, std::abs(*value));
  switch (comparison) {
    case Comparison::Equal:
      return std::abs(*found - *value) <= off;
    case Comparison::AtMost:
      return *found <= *value + off;
    case Comparison::AtLeast:
      return *found >= *value - off;
    case Comparison::Less:
      return *found < *value;
    case Comparison::More:
      return *found > *value;
  }
  return false;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

Result<void> read_value(std::string_view text, Seconds& to) {
  if (text == "0") {
    to = Seconds{0};
    return {};
  }
  BS_TRY(to, parse_duration(text));
  return {};
}

Result<void> read_value(std::string_view text, bool& to) {
  if (text != "yes" && text != "no") return fail(Errc::Invalid, "", "write yes or no");
  to = text == "yes";
  return {};
}

Result<void> read_value(std::string_view text, Instant& to) {
  BS_TRY(to, parse_instant(text));
  return {};
}

Result<void> read_text(std::string_view text, std::string& to) {
  const bool fits = !text.empty() && text.size() <= 200 && text.front() != '.' &&
                    text.back() != '.' && text.find("..") == text.npos &&
                    std::ranges::all_of(text, [](char c) {
                      return (c >= 'a' && c <= 'z') || ascii::is_digit(c) || c == '.' || c == '-';
                    });
  if (!fits) return fail(Errc::Invalid, "", "write a domain name in small letters");
  to = text;
  return {};
}

Result<void> read_share(std::string_view text, double& to) {
  BS_TRY(to, parse_share(text));
  return {};
}

Result<void> read_amount(std::string_view text, double& to) {
  if (text == "0") {
    to = 0;
    return {};
  }
  BS_TRY(to, parse_amount(text));
  return {};
}

Result<void> read_count(std::string_view text, std::uint64_t& to, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > most)
    return fail(Errc::Invalid, "", "write a whole number from 1 to " + std::to_string(most));
  to = number;
  return {};
}

Result<void> read_number(std::string_view text, double& to, double least, double most) {
  BS_TRY(const double number, parse_number(text));
  if (number < least || number > most)
    return fail(Errc::Invalid, "",
                "write a number from " + std::to_string(static_cast<int>(least)) + " to " +
                    std::to_string(static_cast<int>(most)));
  to = number;
  return {};
}

Result<void> read_range(std::string_view text, Seconds& least, Seconds& most) {
  const std::size_t between = text.find(" to ");
  if (between == text.npos) return fail(Errc::Invalid, "", "write a range, as '10m to 60m'");
  BS_TRY(least, parse_duration(trim(text.substr(0, between))));
  BS_TRY(most, parse_duration(trim(text.substr(between + 4))));
  // Shorter ones are not told apart from steady sending, and are counted in millions.
  if (least < std::chrono::minutes{1} || least > most)
    return fail(Errc::Invalid, "",
                "the first must be a minute at least, and not exceed the second");
  return {};
}

Result<void> read_kinds(std::string_view text, Mix<reading::Kind>& to) {
  return read_mix(text, to, parse_kind);
}

Result<void> read_languages(std::string_view text, Mix<std::string>& to) {
  return read_mix(text, to, [](std::string_view name) -> Result<std::string> {
    const bool fits = name.size() == 2 && std::ranges::all_of(name, ascii::is_alpha);
    if (!fits) return fail(Errc::Invalid, "", "a language has two letters, as 'de'");
    return std::string(name);
  });
}

Result<void> read_returns(std::string_view text, Mix<Returns>& to) {
  return read_mix(text, to, parse_enum<Returns>(kReturnNames));
}

Result<void> read_forges(std::string_view text, Mix<Forging>& to) {
  return read_mix(text, to, parse_enum<Forging>(kForgingNames));
}

Result<void> read_style(std::string_view text, LocalStyle& to) {
  BS_TRY(to, parse_enum<LocalStyle>(kStyleNames)(text));
  return {};
}

Result<void> read_way(std::string_view text, OwnMail::Way& to) {
  BS_TRY(to, parse_enum<OwnMail::Way>(kWayNames)(text));
  return {};
}

Result<Expectation> parse_expectation(std::string_view text) {
  Expectation out{.text = std::string(text)};
  const std::size_t sign = text.find_first_of("<>=");
  if (sign == text.npos)
    return fail(Errc::Invalid, "", "write an expectation, as 'genuine.lost = 0'");
  const std::string_view name = trim(text.substr(0, sign));
  const auto row = std::ranges::find(kFigures, name, &FigureRow::name);
  if (row == std::end(kFigures))
    return fail(Errc::Invalid, "", "there is no figure '" + std::string(name) + "'");
  out.figure = static_cast<Figure>(row - std::begin(kFigures));
  const std::size_t behind = text.find_first_not_of("<>=", sign);
  const std::size_t end = std::min(behind, text.size());
  BS_TRY(const std::size_t comparison, find_word(text.substr(sign, end - sign), kComparisonNames));
  out.comparison = static_cast<Comparison>(comparison);
  const std::string_view value = trim(text.substr(end));
  if (value == "none") {
    if (out.comparison == Comparison::Equal) return out;
    return fail(Errc::Invalid, "", "nothing is less or more than none: write '= none'");
  }
  BS_TRY(out.value, parse_measure(value));
  return out;
}

}  // namespace backstop::scenario
