#include "core/watch/sender_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/base/word_line.h"

namespace backstop::watch {
namespace {

using Day = std::chrono::sys_days;

Day day_of(Instant at) {
  return std::chrono::floor<Days>(at);
}

// FNV-1a, 64 bits.  Who makes two addresses collide makes an address of their choice one in use,
// which closes nothing to anybody.
std::uint64_t hash_of(const mail::Address& address) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : mail::canonical(address))
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

std::string render_day(std::optional<Day> day) {
  return day ? render_instant(*day).substr(0, 10) : "-";
}

bool read_day(std::string_view word, std::optional<Day>& day) {
  if (word == "-") return true;
  const auto at = parse_instant(word);
  if (!at || word.size() != 10) return false;
  day = day_of(*at);
  return true;
}

std::optional<std::uint64_t> parse_hash(std::string_view word) {
  std::uint64_t hash = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), hash, 16);
  if (word.size() != 16 || error != std::errc() || end != word.data() + word.size())
    return std::nullopt;
  return hash;
}

bool is_within(std::optional<Day> day, Instant now) {
  return day && now < *day + kSenderSpan;
}

}  // namespace

bool SenderBook::on_watch(Instant now) {
  const bool paused = now > watched_ + kWatchPause || now + kWatchPause < watched_;
  if (paused) since_ = now;
  const bool is_news = paused || day_of(now) != day_of(watched_);
  watched_ = now;
  return is_news;
}

SenderBook::Seen* SenderBook::open(const mail::Address& address, bool sent, Instant at) {
  const std::uint64_t hash = hash_of(address);
  const auto found = addresses_.find(hash);
  if (found != addresses_.end()) return &found->second;
  const auto is_full = [&] {
    return addresses_.size() >= limits::kSenders ||
           (!sent && only_welcome_ >= limits::kSenders / 4);
  };
  // Once a day: whoever answers made-up addresses must not make each answer a search.
  if (is_full() && day_of(at) != swept_) {
    swept_ = day_of(at);
    forget(at);
  }
  if (is_full()) {
    since_ = std::max(since_, at);
    return nullptr;
  }
  if (!sent) ++only_welcome_;
  return &addresses_[hash];
}

void SenderBook::count_welcome() {
  only_welcome_ = static_cast<std::size_t>(
      std::ranges::count_if(addresses_, [](const auto& entry) { return !entry.second.sent; }));
}

const SenderBook::Seen* SenderBook::find(const mail::Address& address) const {
  const auto found = addresses_.find(hash_of(address));
  return found == addresses_.end() ? nullptr : &found->second;
}

bool SenderBook::on_sent(const mail::Address& address, Instant at) {
  Seen* const seen = open(address, true, at);
  if (seen == nullptr || (seen->sent && *seen->sent >= day_of(at))) return false;
  if (!seen->sent && seen->welcome) --only_welcome_;
  seen->sent = day_of(at);
  return true;
}

bool SenderBook::on_welcome(const mail::Address& address, Instant at) {
  Seen* const seen = open(address, false, at);
  if (seen == nullptr || (seen->welcome && *seen->welcome >= day_of(at))) return false;
  seen->welcome = day_of(at);
  return true;
}

bool SenderBook::sends(const mail::Address& address, Instant now) const {
  const Seen* const seen = find(address);
  return seen != nullptr && is_within(seen->sent, now);
}

bool SenderBook::never_sends(const mail::Address& address, Instant now) const {
  if (now < since_ + kSenderSpan) return false;
  const Seen* const seen = find(address);
  return seen == nullptr || (!is_within(seen->sent, now) && !is_within(seen->welcome, now));
}

void SenderBook::forget(Instant now) {
  std::erase_if(addresses_, [now](const auto& entry) {
    return !is_within(entry.second.sent, now) && !is_within(entry.second.welcome, now);
  });
  count_welcome();
}

std::string SenderBook::render() const {
  std::string out = fmt::format("since {} {}\n", render_instant(since_), render_instant(watched_));
  for (const auto& [hash, seen] : addresses_)
    out += fmt::format("address {:016x} {} {}\n", hash, render_day(seen.sent),
                       render_day(seen.welcome));
  return out;
}

std::optional<SenderBook> SenderBook::parse(std::string_view text) {
  const auto head = take_word_line(text);
  if (!head || head->size() != 3 || (*head)[0] != "since") return std::nullopt;
  const auto since = parse_instant((*head)[1]);
  const auto watched = parse_instant((*head)[2]);
  if (!since || !watched) return std::nullopt;
  SenderBook out(*since);
  out.watched_ = *watched;
  while (const auto line = take_word_line(text)) {
    if (line->size() != 4 || (*line)[0] != "address") return std::nullopt;
    const auto hash = parse_hash((*line)[1]);
    Seen seen;
    if (!hash || !read_day((*line)[2], seen.sent) || !read_day((*line)[3], seen.welcome) ||
        out.addresses_.size() >= limits::kSenders || !out.addresses_.emplace(*hash, seen).second)
      return std::nullopt;
  }
  out.count_welcome();
  return out;
}

}  // namespace backstop::watch
