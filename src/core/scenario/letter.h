// One made-up message with its envelope, and the truth about it, which only its writer knows.
#pragma once

#include <string>

#include "core/base/time.h"
#include "core/reading/reading.h"

namespace backstop::scenario {

struct Letter {
  std::string client = {};  // An address.
  std::string client_name = {};
  std::string login = {};   // "" for a stranger.
  std::string sender = {};  // "" is the null sender.
  std::string recipient = {};
  std::string header = {};  // Fields; lines end in CRLF.
  std::string body = {};
  std::string queue_id = {};
  // The truth:
  reading::Kind kind = reading::Kind::Ordinary;
  bool returns_enough = false;      // Full or headers, with From and Received.
  bool address_exists = false;      // Of the recipient.
  bool sender_passes_dkim = false;  // It is signed for the domain of its From field.
};

// A message of ours as it lies with whoever got it.
struct SentLetter {
  Instant at{};
  std::string sender = {};  // Of the envelope, as it left.
  std::string recipient = {};
  std::string header = {};  // As it left: our token on top.
  std::string body = {};
  std::string message_id = {};  // Without brackets.
  std::string subject = {};
};

}  // namespace backstop::scenario
