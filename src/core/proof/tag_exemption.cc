#include "core/proof/tag_exemption.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/base/tag_limits.h"

namespace backstop::proof {
namespace {

// What is said of senders; lower case.
constexpr auto kBlame = std::to_array<std::string_view>({"prvs=",
                                                         "batv",
                                                         "in reply to mail from",
                                                         "sender address rejected",
                                                         "sender rejected",
                                                         "sender verify fail",
                                                         "sender not allowed",
                                                         "sender is not",
                                                         "invalid sender",
                                                         "bad sender",
                                                         "unknown sender",
                                                         "not a subscriber",
                                                         "not subscribed",
                                                         "not a member",
                                                         "members only",
                                                         "member of the list",
                                                         "subscribers only",
                                                         "only subscribers",
                                                         "only members",
                                                         "not allowed to post",
                                                         "not authorized to post",
                                                         "not permitted to post",
                                                         "post to this list"});

// The words of `line`, at most five.
std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> out;
  while (!line.empty() && out.size() < 5) {
    const auto end = line.find(' ');
    if (end != 0) out.push_back(line.substr(0, end));
    line = end == std::string_view::npos ? std::string_view() : line.substr(end + 1);
  }
  return out;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= limits::kPathBytes &&
         std::ranges::none_of(text, [](char c) { return ascii::is_control(c) || c == ' '; });
}

}  // namespace

bool blames_sender(std::string_view dsn, std::string_view text) {
  // RFC 3463 §3.2: bad sender's mailbox syntax, bad sender's system.
  if (dsn == "5.1.7" || dsn == "5.1.8") return true;
  if (!dsn.empty() && !dsn.starts_with('5')) return false;
  const std::string folded = ascii::lower(text);
  return std::ranges::any_of(
      kBlame, [&](std::string_view words) { return folded.find(words) != std::string::npos; });
}

void TagExemptions::exempt(const std::string& domain, Instant until) {
  const auto place = std::ranges::lower_bound(exemptions_, domain, {}, &TagExemption::domain);
  if (place != exemptions_.end() && place->domain == domain) {
    place->until = std::max(place->until, until);
  } else if (exemptions_.size() < limits::kTagRefusalsKept) {
    exemptions_.insert(place, {domain, until});
  }
}

bool TagExemptions::add(const TagRefusal& refusal) {
  if (!is_name(refusal.domain) || !is_name(refusal.sender)) return false;
  if (refusals_.size() >= limits::kTagRefusalsKept) refusals_.erase(refusals_.begin());
  refusals_.push_back(refusal);
  std::set<std::chrono::sys_days> days;
  std::set<std::string_view> senders;
  std::size_t count = 0;
  for (const TagRefusal& one : refusals_) {
    if (one.domain != refusal.domain || one.at + kTagRefusalSpan < refusal.at) continue;
    ++count;
    days.insert(std::chrono::floor<Days>(one.at));
    senders.insert(one.sender);
  }
  if (count < kTagRefusals || days.size() < kTagRefusalDays || senders.size() < kTagRefusalSenders)
    return false;
  exempt(refusal.domain, refusal.at + kTagExemptFor);
  return true;
}

bool TagExemptions::remove(std::string_view domain) {
  std::erase_if(refusals_, [&](const TagRefusal& one) { return one.domain == domain; });
  return std::erase_if(exemptions_, [&](const TagExemption& one) { return one.domain == domain; }) >
         0;
}

bool TagExemptions::expire(Instant now) {
  const auto over =
      std::erase_if(exemptions_, [&](const TagExemption& one) { return one.until <= now; });
  const auto old = std::erase_if(
      refusals_, [&](const TagRefusal& one) { return one.at + kTagRefusalSpan < now; });
  return over + old > 0;
}

std::string TagExemptions::render() const {
  std::string out;
  for (const TagExemption& one : exemptions_)
    out += fmt::format("exempt {} {}\n", one.domain, render_instant(one.until));
  for (const TagRefusal& one : refusals_)
    out += fmt::format("refused {} {} {}\n", one.domain, render_instant(one.at), one.sender);
  return out;
}

TagExemptions TagExemptions::parse(std::string_view text, unsigned* unreadable) {
  TagExemptions out;
  unsigned bad = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = ascii::trim(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string_view> words = split(line);
    const auto at =
        words.size() >= 3 ? parse_instant(words[2]) : Result<Instant>(fail(Errc::Invalid, "", ""));
    const bool named = at && is_name(words[1]);
    if (named && words.size() == 3 && words[0] == "exempt") {
      out.exempt(std::string(words[1]), *at);
    } else if (named && words.size() == 4 && words[0] == "refused" && is_name(words[3]) &&
               out.refusals_.size() < limits::kTagRefusalsKept) {
      out.refusals_.push_back({*at, std::string(words[1]), std::string(words[3])});
    } else {
      ++bad;
    }
  }
  if (unreadable != nullptr) *unreadable = bad;
  return out;
}

}  // namespace backstop::proof
