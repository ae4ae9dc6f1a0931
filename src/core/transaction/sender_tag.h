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

}  // namespace backstop::transaction
