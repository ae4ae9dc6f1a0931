// What the messages of one run have in common, seen from what comes back of them: how the forged
// address is made, what the spam was called, where its Message-ID says it is from.
//
// Pure and total; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/mail/address.h"
#include "core/reading/reading.h"

namespace backstop::watch {

// Bytes of each part, cut at a character.
inline constexpr std::size_t kFingerprintTextBytes = 120;

struct Fingerprint {
  std::string address = {};     // "x.x@example.com": how the forged local part is made.
  std::string subject = {};     // Of the original, normalised; "" when none came back.
  std::string message_id = {};  // Behind the '@' of the original's Message-ID: "mail0.example.net".
  // Where nothing of the original came back: the kind, and who wrote the answer (product or host).
  std::string answer = {};
  bool operator==(const Fingerprint&) const = default;

  // 16 hex digits, the same for the same fingerprint in every version: what a group is called.
  std::string name() const;
};

// `recipient`: the address of ours that it came to.
Fingerprint find_fingerprint(const reading::Reading& reading, const mail::Address& recipient);

// "x" for a run of letters (ASCII or not), "0" for one of digits, everything else as it is.
std::string find_pattern(std::string_view local_part);
// Without marks of answers and forwards ("Re:"), white space folded, digits as "0", ASCII letters
// small.
std::string normalise_subject(std::string_view subject);
// The last three labels at most, digits as "0".
std::string find_host_pattern(std::string_view host);

}  // namespace backstop::watch
