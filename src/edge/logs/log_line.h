// One line of a mail server's log, as far as it tells what became of a message: Postfix, Exim and
// Sendmail, with traditional and ISO time stamps.
//
// What a line holds was partly written by strangers: it is read by its fixed order of fields, so
// that an address or a reply cannot pretend to be another field.  Parsing is total.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace backstop::logs {

enum class LogEvent : std::uint8_t {
  Arrival,     // Taken from a client or a program: `client`, `login`.  Postfix alone has a line of
               // its own for it.
  Named,       // Its Message-ID (Postfix).
  Accepted,    // In the queue, with its sender; Exim and Sendmail give client and Message-ID too.
  Delivery,    // What became of one recipient, for now: `recipient`, `relay`, `dsn`, `status`,
               // `text`.
  Refused,     // By us, a filter or a rule: `text`; sender and recipient where they are given.
  Notice,      // A bounce or delay notice was made of it: `notice_id` is the notice's own queue id.
  Done,        // Out of the queue.
  Connection,  // Somebody connected: `client`.
  Left,  // A client named recipients that were taken, and left before DATA: `client`; sender and
         // recipient where they are given.
};
std::string_view name_of(LogEvent event);

// Views into the line that was parsed.  Addresses and Message-IDs stand without their brackets;
// nothing in here is escaped.  A value that the line does not give is empty.
struct LogLine {
  Instant at{};
  LogEvent event = LogEvent::Done;
  std::string_view program;   // "postfix/smtp", "exim", "sm-mta"
  std::string_view queue_id;  // "" for a refusal before there was one.
  // Accepted and Refused.  `has_sender` with "" is the null sender.
  bool has_sender = false;
  bool is_empty = false;  // Accepted: no message came, the client left before DATA (Sendmail).
  bool has_recipients = false;  // Then: recipients had been taken.
  std::string_view sender;
  std::string_view message_id;
  std::string_view client;  // "mx.example.org[192.0.2.1]", "host [192.0.2.1]"
  std::string_view login;   // Who authenticated.
  std::string_view recipient;
  std::string_view original_recipient;  // Before aliases.
  std::string_view relay;   // Who took it or would not: a host, a transport, "none", "".
  std::string_view dsn;     // "5.1.1"
  std::string_view status;  // One of kSent to kExpired below, or the server's own word.
  std::string_view text;    // What the other side said, or why.
  std::string_view notice_id;
  std::string_view parent;  // Accepted: this is the notice made of that queue id (Exim).
};

// Alike for all servers.
inline constexpr std::string_view kSent = "sent";
inline constexpr std::string_view kDeferred = "deferred";
inline constexpr std::string_view kBounced = "bounced";
inline constexpr std::string_view kExpired = "expired";

// Time stamps without a zone are the host's local time, as syslog and Exim write them.
enum class LogZone : std::uint8_t { Local, Utc };

// Remembers only the last hour it converted, so that a million lines ask for it a few times.
// One thread.
class LineParser {
 public:
  // `now`: a stamp without a year is of the newest year that is not after it (with a day's grace
  // for clocks that differ).
  explicit LineParser(Instant now, LogZone zone = LogZone::Local) : now_(now), zone_(zone) {}

  void set_now(Instant now) { now_ = now; }

  // Nothing for any other line, and for one longer than limits::kLogLineBytes.
  std::optional<LogLine> parse(std::string_view line);
  // The time stamp at the start of a line alone, and what follows it; for any line.
  std::optional<Instant> parse_time(std::string_view line);

 private:
  struct Stamp;
  std::optional<Instant> take_time(std::string_view& line);
  std::optional<Instant> find_instant(const Stamp& stamp);
  std::optional<Instant> find_in_year(const Stamp& stamp, int year);

  Instant now_;
  LogZone zone_;
  long cached_hour_ = -1;
  Instant cached_start_{};
};

}  // namespace backstop::logs
