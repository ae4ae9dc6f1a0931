// What the watch tells: alarms, runs, and the figures of the sentence that a person reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace backstop::watch {

enum class AttackKind : std::uint8_t {
  Backscatter,    // Answers to mail that somebody else sent in our name.
  Dictionary,     // Somebody tries which addresses exist.
  Callout,        // Servers that ask whether a forged sender exists, and send nothing.
  OwnNewsletter,  // Answers to mail of our own.  No attack: it is told so that nobody mistakes it.
  HelpDesk,       // Acknowledgements of tickets that somebody opened in the name of one mailbox.
};
inline constexpr unsigned kAttackKinds = static_cast<unsigned>(AttackKind::HelpDesk) + 1;
std::string_view name_of(AttackKind kind);  // "backscatter"; "own-newsletter"
std::optional<AttackKind> parse_attack_kind(std::string_view name);
// False for OwnNewsletter.
constexpr bool is_attack(AttackKind kind) {
  return kind != AttackKind::OwnNewsletter;
}

// Which rule saw it.
enum class Path : std::uint8_t {
  Fast,         // Many within minutes.
  Slow,         // More within hours than the domain is used to.
  Connections,  // Four times the usual connections, three quarters of the recipients refused.
};
std::string_view name_of(Path path);

struct Figures {
  std::uint64_t count = 0;    // Recipients that were counted.
  std::uint64_t clients = 0;  // Different ones; about so many once there are more than 30.
  Seconds over{};             // In how long.
  double normal_per_hour = 0;
  // How often the normal rate; of Path::Connections that of connections.  0 where nothing is
  // normal yet.
  double factor = 0;
};

// Why an alarm ended.
struct AllClear {
  Instant quiet_since{};
  std::optional<Instant> newest_original;  // That came back; nothing when none had a date.
};

struct Change {
  enum class What : std::uint8_t {
    AlarmRaised,
    AlarmEnded,
    RunBegun,
    RunGrown,   // Ten times the messages, or another domain.
    RunMerged,  // It was found to be a part of `into`.
    RunEnded,
  };
  What what = What::AlarmRaised;
  Instant at{};
  AttackKind kind = AttackKind::Backscatter;
  Path path = Path::Fast;
  std::string domain = {};   // Of an alarm; of a run the one that made the change.
  std::string mailbox = {};  // Of HelpDesk: the local part.
  Instant since{};           // When it began.
  Figures figures = {};
  std::uint32_t run = 0;  // 0 for none.
  std::uint32_t into = 0;
  std::optional<AllClear> all_clear = {};
};
std::string_view name_of(Change::What what);  // "alarm-raised"

// "31 forged-sender bounces from 28 servers in 4 min, normally 1/h".  Not escaped: `mailbox` is
// foreign.
std::string say(const Change& change);

}  // namespace backstop::watch
