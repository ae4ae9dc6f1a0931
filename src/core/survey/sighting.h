// What a survey keeps of one message that is not ordinary.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/ip.h"
#include "core/base/time.h"
#include "core/reading/reading.h"
#include "core/survey/message_head.h"

namespace backstop::survey {

// Whether the message is backscatter or would be, had we not sent what it answers: a notice that
// goes to whoever a message claims to be from.  Feedback and aggregate reports are asked for.
bool is_backscatter(reading::Kind kind);

struct Sighting {
  reading::Kind kind = reading::Kind::Bounce;
  std::optional<Instant> time = {};
  std::string language = {};
  std::string product = {};
  // The address the notice answers.  The Return-Path of what it returns; else its From, unless the
  // notice is addressed to another domain, which is where a forged envelope alone shows; else the
  // first of the notice's own To.  Lower case.
  std::string forged_address = {};
  // Who sent it: the reporting server, else the domain of From, else that of the envelope.  Lower
  // case.
  std::string source = {};
  // The first hop of what it returns, when that has an address of the open internet.
  std::optional<IpAddress> bot = {};
  // Of its first recipient; only of bounces and delays.
  std::optional<reading::FailureReason> reason = {};
  // The report's own words say that the original was spam or a virus.
  bool source_knew = false;
  // We sent what it answers; nothing when that could not be asked.
  std::optional<bool> genuine = {};
};

// `from_line` as in find_time.
Sighting make_sighting(const reading::Reading& reading, const MessageHead& head,
                       std::string_view from_line);

}  // namespace backstop::survey
