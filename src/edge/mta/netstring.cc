#include "edge/mta/netstring.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/base/limits.h"

namespace backstop::mta {
namespace {

constexpr std::string_view kNoNetstring = "sent no netstring; this is no socketmap client";
constexpr std::string_view kOversized = "announced a request over the limit";

// Digits of limits::kMapRequestBytes: more announce too much, or hide a zero before.
constexpr std::size_t kDigits = 4;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct Head {
  std::size_t bytes = 0;  // "5:"
  std::size_t text = 0;
  std::string_view complaint = {};
};

// Nothing while more must come.
std::optional<Head> parse_head(std::string_view begin) {
  std::size_t digits = 0;
  std::size_t text = 0;
  while (digits < begin.size() && digits <= kDigits && is_digit(begin[digits])) {
    text = text * 10 + static_cast<std::size_t>(begin[digits] - '0');
    ++digits;
  }
  if (digits > kDigits || text > limits::kMapRequestBytes) return Head{.complaint = kOversized};
  if (digits == begin.size()) return std::nullopt;
  const bool leading_zero = digits > 1 && begin.front() == '0';
  if (digits == 0 || leading_zero || begin[digits] != ':') return Head{.complaint = kNoNetstring};
  return Head{.bytes = digits + 1, .text = text};
}

}  // namespace

std::optional<std::string_view> NetstringReader::next(std::string_view& input) {
  if (!complaint_.empty()) return std::nullopt;
  if (delivered_) held_.clear();
  delivered_ = false;
  for (;;) {
    const std::string_view begin = held_.empty() ? input : std::string_view(held_);
    if (begin.empty()) return std::nullopt;
    const auto head = parse_head(begin);
    if (head && !head->complaint.empty()) return complain(head->complaint);
    const std::size_t whole = head ? head->bytes + head->text + 1 : 0;
    if (head && begin.size() >= whole) {
      if (begin[whole - 1] != ',') return complain(kNoNetstring);
      if (held_.empty()) {
        input.remove_prefix(whole);
      } else {
        delivered_ = true;
      }
      return begin.substr(head->bytes, head->text);
    }
    if (input.empty()) return std::nullopt;
    // A head byte by byte, since nothing says yet how much of the input is of this string.
    const std::size_t wanted = head ? whole - held_.size() : 1;
    const std::size_t taken = std::min(wanted, input.size());
    held_.append(input.substr(0, taken));
    input.remove_prefix(taken);
  }
}

std::nullopt_t NetstringReader::complain(std::string_view complaint) {
  complaint_ = complaint;
  held_.clear();
  return std::nullopt;
}

void append_netstring(std::string& out, std::string_view text) {
  fmt::format_to(std::back_inserter(out), "{}:{},", text.size(), text);
}

}  // namespace backstop::mta
