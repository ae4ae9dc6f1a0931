// Whether an outgoing message's envelope sender gets a tag, and with it.
//
// Pure; any thread.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/config/config.h"
#include "core/mail/address.h"
#include "core/proof/key_ring.h"
#include "core/transaction/effects.h"

namespace backstop::transaction {

// Domains of recipients that refuse tagged senders, by their canonical names.
using TagExemptDomains = std::set<std::string, std::less<>>;

struct TagRequest {
  const mail::Address& sender;  // Of the envelope.
  const std::vector<mail::Address>& recipients;
  bool knows_all_recipients = true;
  // Disposition-Notification-To: when it is not the Return-Path, mail programs ask their user
  // before they send a receipt (RFC 8098 §2.1).
  bool asks_for_receipt = false;
};

// The tagged sender.  Nothing when it goes as it is: its domain has no tags, it is exempt or cannot
// be tagged, or any of the recipients is of an exempt domain (the message has one sender for all of
// them).  `learnt`: beside the configured domains; may be null.
// REQUIRES: `key` may sign at `submitted`.
std::optional<mail::Address> tag_sender(const TagRequest& request, const config::Config& config,
                                        const TagExemptDomains* learnt, const proof::Key& key,
                                        Instant submitted);

// What the envelope becomes: its sender with a tag, the token as ENVID (RFC 3461 §4.4), or both;
// nothing when it goes as it is.  `envelope`: the sender as it came; where that has a tag of ours
// already it keeps that one.  `token`: that of the message; "" when the client gave an ENVID of its
// own, which is not replaced.
std::optional<ChangeSender> make_sender_change(const TagRequest& request,
                                               const mail::Address& envelope,
                                               const config::Config& config,
                                               const TagExemptDomains* learnt,
                                               const proof::Key& key, Instant submitted,
                                               const std::string& token);

}  // namespace backstop::transaction
