// What a mail server's logs tell of attacks, and how it is shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/watch/change.h"
#include "core/watch/run.h"

namespace backstop::app {

struct LoggedAttack {
  watch::AttackKind kind = watch::AttackKind::Backscatter;
  watch::Path path = watch::Path::Fast;
  std::string domain;  // "" when the lines do not name it.
  Instant first{};
  Instant last{};
  bool stands = false;  // No all-clear was reached in these logs.
  std::uint64_t n = 0;  // Recipients.
  std::uint64_t clients = 0;
  double factor = 0;                                               // 0: nothing was normal yet.
  watch::AddressPattern pattern = watch::AddressPattern::Unknown;  // Of forged addresses.
};

// Bounces that our server made to one outside sender.
struct Emitted {
  std::string to;
  std::string cause;    // Why the first was made.
  std::string message;  // Queue id of its original.
  std::uint64_t n = 0;
};

// An account or host of ours that sends as spam is sent.
struct Outscatter {
  std::string who;
  std::uint64_t distinct_senders = 0;
  std::uint64_t recipients = 0;
  double invalid_ratio = 0;  // Of its recipients elsewhere those that do not exist.
};

struct LogReport {
  std::uint64_t lines = 0;
  std::uint64_t parsed = 0;  // That tell something.
  std::uint64_t bytes = 0;   // Unpacked.
  std::uint64_t connections = 0;
  std::uint64_t null_sender = 0;  // Recipients of the null sender, refused ones too.
  std::uint64_t explained = 0;    // Of these, answers to mail that the logs show leaving.
  std::optional<Instant> first;
  std::optional<Instant> last;
  std::vector<LoggedAttack> attacks;
  std::uint64_t attacks_left_out = 0;
  // Nothing where the lines do not tell of messages; the most frequent first.
  std::optional<std::vector<Emitted>> emitted;
  std::uint64_t emitted_total = 0;
  std::optional<std::vector<Outscatter>> outscatter;
  std::vector<watch::RunView> runs;
  bool complete = true;  // Nobody stopped it.
};

std::string render_logs_json(const LogReport& report);
// For a person; folded to a terminal's width.
std::string render_logs_page(const LogReport& report);

}  // namespace backstop::app
