// Mail servers that setup knows by sight but does not edit.
#pragma once

#include <optional>
#include <string>

namespace backstop::mta {

enum class OtherServer { Exim, Sendmail };

// Looks for their programs and files below `root`.
std::optional<OtherServer> find_other_server(const std::string& root);

// Where Sendmail's macro file lies, and whether it names our milter: by the file of ours that it
// includes, or by a line of its own.
inline constexpr const char* kSendmailMacros = "/etc/mail/sendmail.mc";
enum class SendmailNames { Nothing, OurFile, OurMilter };
SendmailNames sendmail_names_us(const std::string& root);

}  // namespace backstop::mta
