#include "core/watch/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <optional>

namespace backstop::watch {
namespace {

constexpr std::uint32_t kHours = kHoursPerWeek * kBaselineWeeks;
constexpr std::uint8_t kUnknown = 255;
constexpr std::uint32_t kExact = 128;  // Codes under this are the count itself.
constexpr std::uint32_t kMostCode = 254;
constexpr std::uint32_t kDay = 24;

// Exact to 127, then to a sixteenth, up to some 30,000.
std::uint8_t encode(std::uint32_t count) {
  if (count < kExact) return static_cast<std::uint8_t>(count);
  const auto octave = static_cast<std::uint32_t>(std::bit_width(count)) - 8;
  if (octave > 7) return kMostCode;
  const std::uint32_t code = kExact + octave * 16 + ((count >> (octave + 3)) & 15U);
  return static_cast<std::uint8_t>(std::min(code, kMostCode));
}

std::uint32_t decode(std::uint8_t code) {
  if (code < kExact) return code;
  const std::uint32_t octave = (code - kExact) / 16;
  return (16 + (code - kExact) % 16) << (octave + 3);
}

std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data() + text.size() || *end != ' ') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return value;
}

}  // namespace

void Baseline::close(Hour hour, std::uint32_t count, bool is_attack) {
  if (hours_.empty() && count == 0 && !is_attack) return;
  if (hours_.empty()) hours_.assign(kHours, 0);
  std::uint32_t steps = count / unit_;
  if (unit_ == 1) {
    const auto most = static_cast<std::uint32_t>(2 * normal(hour)) + kBaselineGrowth;
    steps = std::min({steps, most, kBaselineHourMost});
  }
  hours_[hour % kHours] = is_attack ? kUnknown : encode(steps);
}

void Baseline::move_to(Hour hour, bool is_attack) {
  if (began_ == 0) {
    began_ = hour_ = hour;
    return;
  }
  if (hour <= hour_) return;
  close(hour_, std::exchange(present_, 0), is_attack);
  const Hour from = hour - hour_ > kHours ? hour - kHours : hour_ + 1;
  for (Hour empty = from; empty < hour && !(hours_.empty() && !is_attack); ++empty)
    close(empty, 0, is_attack);
  hour_ = hour;
}

void Baseline::exclude_since(Hour hour) {
  present_ = 0;
  if (hours_.empty() || hour >= hour_) return;
  for (Hour attacked = std::max(hour, before(hour_, kHours)); attacked < hour_; ++attacked)
    hours_[attacked % kHours] = kUnknown;
}

double Baseline::normal(Hour hour) const {
  if (!is_known(hour) || hours_.empty()) return 0;
  std::array<std::uint8_t, kBaselineWeeks> known{};
  std::size_t n = 0;
  for (std::uint32_t week = 1; week <= kBaselineWeeks; ++week) {
    const Hour same = before(hour, week * kHoursPerWeek);
    if (same < began_ || same >= hour_) continue;
    if (const std::uint8_t code = hours_[same % kHours]; code != kUnknown) known.at(n++) = code;
  }
  if (n == 0) return 0;
  const auto middle = known.begin() + static_cast<std::ptrdiff_t>((n - 1) / 2);
  std::nth_element(known.begin(), middle, known.begin() + static_cast<std::ptrdiff_t>(n));
  return double{unit_ * 1.0} * decode(*middle);
}

double Baseline::normal_of_day(Hour hour) const {
  if (is_known(hour)) return normal(hour);
  if (began_ == 0 || hours_.empty()) return 0;
  std::vector<std::uint8_t> known;
  const Hour from = std::max(began_ + 1, before(hour, kHours));
  for (Hour one = from; one < hour_; ++one) {
    if (const std::uint8_t code = hours_[one % kHours]; code != kUnknown) known.push_back(code);
  }
  if (known.size() < kDay) return 0;
  const auto middle = known.begin() + static_cast<std::ptrdiff_t>(known.size() / 2);
  std::nth_element(known.begin(), middle, known.end());
  return double{unit_ * 1.0} * decode(*middle);
}

std::string Baseline::render() const {
  if (began_ == 0) return "-";
  std::string out = fmt::format("{} {} {} ", began_, hour_, present_);
  if (hours_.empty()) return out + "-";
  for (const std::uint8_t code : hours_)
    fmt::format_to(std::back_inserter(out), "{:02x}", code);
  return out;
}

bool Baseline::parse(std::string_view text) {
  if (text == "-") return true;
  const auto began = take_number(text);
  const auto hour = began ? take_number(text) : std::nullopt;
  const auto present = hour ? take_number(text) : std::nullopt;
  if (!present || *began == 0 || *hour < *began) return false;
  std::vector<std::uint8_t> hours;
  if (text != "-") {
    if (text.size() != std::size_t{2} * kHours) return false;
    hours.resize(kHours);
    for (std::size_t i = 0; i < kHours; ++i) {
      const char* const digits = text.data() + 2 * i;
      const auto [end, error] = std::from_chars(digits, digits + 2, hours[i], 16);
      if (error != std::errc() || end != digits + 2) return false;
    }
  }
  began_ = *began;
  hour_ = *hour;
  present_ = *present;
  hours_ = std::move(hours);
  return true;
}

}  // namespace backstop::watch
