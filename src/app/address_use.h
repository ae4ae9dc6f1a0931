// Whether an address of ours is in use: by what the mail server says of it, and by whether it sent.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/config/config.h"
#include "core/mail/address.h"
#include "edge/smtp/client.h"

namespace backstop::app {

struct AddressUse {
  bool sends = false;  // It sent within watch::kSenderSpan, as the daemon saw.
  // The mail server takes it at RCPT; nothing where that says nothing, since it takes anybody or
  // not even the postmaster, and where `sends` has said it.
  std::optional<bool> exists;
};

// Asks the mail server with RCPT alone; nothing is sent.  Errors: Errc::Unavailable when it cannot
// be asked, or answers neither yes nor no; as read_sealed() for what the daemon saw.
Result<AddressUse> find_address_use(const config::Config& config, const mail::Address& address,
                                    const smtp::Server& server, Instant now);

}  // namespace backstop::app
