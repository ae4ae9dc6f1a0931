// When addresses of ours last sent, and last got an answer that was welcome: an address in use is
// never closed by a rule, and one that never sends can be answered at RCPT in an attack.
//
// Addresses are kept as hashes: nobody learns one from here.  Pure; reading by any thread while
// nobody writes.
//
// Invariants
//   (1) Memory is bounded by limits::kSenders.  What found no room makes nobody a never-sender.
//       Who is only answered takes a quarter of the room at most: strangers choose whom they
//       answer.
//   (2) Nobody is known as a never-sender before a whole kSenderSpan was watched without a day's
//       pause.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/rule_limits.h"
#include "core/base/time.h"
#include "core/mail/address.h"

namespace backstop::watch {

// A restart, an upgrade, a reboot.
inline constexpr std::chrono::hours kWatchPause{26};
// Who has not sent for so long does not send.
inline constexpr Days kSenderSpan{180};

class SenderBook {
 public:
  // `since`: what was sent before nobody saw.
  explicit SenderBook(Instant since) : since_(since), watched_(since) {}

  // Somebody watches, at least once a day.  After a pause of more than kWatchPause, or a clock that
  // stood elsewhere, nobody knows who sent meanwhile: the span begins anew.  True when that is
  // news.
  bool on_watch(Instant now);
  // Mail of that address left.  True when that is news of the day.
  bool on_sent(const mail::Address& address, Instant at);
  // An answer to it was genuine or late.  Likewise.
  bool on_welcome(const mail::Address& address, Instant at);

  // It sent within kSenderSpan.
  bool sends(const mail::Address& address, Instant now) const;
  // It neither sent nor was answered within kSenderSpan, all of which was watched.
  bool never_sends(const mail::Address& address, Instant now) const;
  Instant since() const { return since_; }
  std::size_t size() const { return addresses_.size(); }

  // Drops what is older than kSenderSpan.
  void forget(Instant now);
  bool operator==(const SenderBook& other) const {
    return since_ == other.since_ && watched_ == other.watched_ && addresses_ == other.addresses_;
  }

  // Lines of words, and back.  Nothing for a text that is not wholly that.
  std::string render() const;
  static std::optional<SenderBook> parse(std::string_view text);

 private:
  using Day = std::chrono::sys_days;
  struct Seen {
    std::optional<Day> sent;
    std::optional<Day> welcome;
    bool operator==(const Seen&) const = default;
  };

  Seen* open(const mail::Address& address, bool sent, Instant at);
  void count_welcome();
  const Seen* find(const mail::Address& address) const;

  Instant since_;    // Also: since when nothing was left out.
  Instant watched_;  // Up to when.
  std::size_t only_welcome_ = 0;
  Day swept_{};  // When it was looked for what is too old.
  std::map<std::uint64_t, Seen> addresses_;
};

}  // namespace backstop::watch
