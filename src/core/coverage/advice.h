// What a path is, and the one step that fixes it, in sentences for a person.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/coverage/domain_view.h"

namespace backstop::coverage {

enum class MailServer : std::uint8_t { Unknown, Postfix, Exim, Sendmail };

// Not escaped: a path's name is printable ASCII already, an address may be anything.

// "Mail whose Message-IDs end in @esp.example".
std::string say_path(const PathView& path, std::string_view domain);
// What was seen and said of it: "unsigned 12 times, last 2026-11-21, by news@shop.test".
std::string say_evidence(const PathView& path);
// What to do about an open path, commands and settings as they are to be typed; "" for one that is
// not open.
std::string say_step(const PathView& path, std::string_view domain, MailServer server);

// Why the list is whole, or is not; and what to do when it is not ("" when it is).
std::string say_wholeness(const DomainView& view);
std::string say_wholeness_step(const DomainView& view);

}  // namespace backstop::coverage
