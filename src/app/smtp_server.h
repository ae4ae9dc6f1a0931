// A mail server as a command line names it.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "edge/smtp/client.h"

namespace backstop::app {

// "192.0.2.1:25", "[2001:db8::1]:25", or the address alone.  Errors: Errc::Invalid.
Result<smtp::Server> parse_smtp_server(std::string_view text);

}  // namespace backstop::app
