// What a mail server saw of one thing, as the watch takes it: from transactions, from logs or from
// a simulation.
//
// Of one recipient of one transaction there is exactly one event, the last that is known of it:
//   Refused  it was refused at RCPT;
//   Taken    it was taken, and no judged message came of it (`data` says how far it went);
//   Judged   a message came for it, and was judged.
// Connections are events of their own, where whoever watches sees them.
//
// Plain values; views and pointers need to hold during the call only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/ip.h"
#include "core/base/time.h"
#include "core/reading/reading.h"

namespace backstop::watch {

enum class Seen : std::uint8_t { Connection, Refused, Taken, Judged };

// What is known of the address of ours.
enum class AddressState : std::uint8_t { Unknown, Exists, Nonexistent, Retired };
std::string_view name_of(AddressState state);  // "nonexistent"

// Whether the client went on to DATA, or tried to.  A sender call-out asks RCPT and leaves.
enum class Data : std::uint8_t { Unknown, Reached, NotReached };

// What shows that it answers mail of ours.
enum class Proof : std::uint8_t {
  None,
  Token,  // And an envelope id that is one.
  Ledger,
  Dkim,
  Tag,
  // The original left by a path of ours that is known and does not sign (an ESP).  Its name can be
  // forged: it explains nothing where the address does not exist.
  LearntPath,
};

// As core/policy has them.
enum class Verdict : std::uint8_t { NotBackscatter, Genuine, Late, Replayed, Unproven, Forged };

enum class Authentication : std::uint8_t { Unknown, Pass, Fail };

// Of a message that was judged.
struct JudgedMessage {
  reading::Kind kind = reading::Kind::Ordinary;
  Verdict verdict = Verdict::Unproven;
  // Of the original, as far as it came back; "" for what did not.
  std::string_view subject = {};
  std::string_view message_id = {};                       // Without brackets.
  std::string_view from = {};                             // "local@domain".
  std::span<const std::string_view> link_hosts = {};      // Of the links in its text.
  std::span<const std::string_view> sender_domains = {};  // That it names as its sender.
  bool has_text = false;  // Its text came back, and was looked at for links and for us.
  bool names_us = false;  // Its text names the domain it is forged of, otherwise than as a sender.
  // When whoever answers took it in: the date of its topmost Received, else that of its arrival or
  // sending.  Forgeable.
  std::optional<Instant> original_at = {};
  std::string_view source = {};    // The server that reports; "" unknown, then the client is.
  bool source_knew = false;        // It says itself that the original was spam or a virus.
  std::string_view language = {};  // "de"; "" or "und" unknown.
  std::optional<reading::FailureReason> reason = {};
  // DKIM for the domain of its From: what a help desk sends has it.
  Authentication sender_dkim = Authentication::Unknown;
};

struct Event {
  Instant at{};
  Seen what = Seen::Connection;
  std::optional<IpAddress> client = {};  // IPv6 clients of one /64 count as one.
  // "<>", and what is treated alike: postmaster@, mailer-daemon@.
  bool null_sender = false;
  std::string_view local = {};   // Of the recipient, as received.
  std::string_view domain = {};  // Of ours and canonical; "" for a connection.
  AddressState address = AddressState::Unknown;
  Proof proof = Proof::None;
  Data data = Data::Unknown;
  const JudgedMessage* message = nullptr;  // Of Judged alone.
};

}  // namespace backstop::watch
