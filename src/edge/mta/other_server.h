// Mail servers that setup knows by sight but does not edit.
#pragma once

#include <optional>
#include <string>

namespace backstop::mta {

enum class OtherServer { Exim, Sendmail };

// Looks for their programs and files below `root`.
std::optional<OtherServer> find_other_server(const std::string& root);

// Where Sendmail's macro file lies, and whether it names our milter already.
inline constexpr const char* kSendmailMacros = "/etc/mail/sendmail.mc";
bool sendmail_names_us(const std::string& root);

// What belongs into sendmail.mc before its MAILER lines.  No F=: mail flows while we are down.
// `socket`: "local:/run/backstop/milter.sock" or "inet:8891@127.0.0.1".
std::string sendmail_lines(const std::string& socket);

}  // namespace backstop::mta
