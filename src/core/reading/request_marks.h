// What the form of single header fields says of programs that ask for a confirmation, filter mail
// or report: addresses with a token, subjects with a token, roles and services in addresses.
//
// Pure and total; runs over the header of all mail, so each gives up at the first glance.
#pragma once

#include <cstdint>
#include <string_view>

namespace backstop::reading {

enum class ConfirmForm : std::uint8_t {
  None,
  List,    // Of a list manager: ezmlm -sc. and -uc., mlmmj +confsub-, Mailman -confirm+.
  Sender,  // "confirm" and a token, as TMDA and others have: `raw` may be any confirmation.
};

// What the addresses of a field say of its writer; of many addresses the first few count.
struct AddressMarks {
  ConfirmForm confirms = ConfirmForm::None;  // What the first local part with a token is of.
  bool filter = false;     // The role of a mail filter ("mailscanner@", "virus-alert@").
  bool challenge = false;  // Of a service that challenges senders, by local part or domain.
  bool report = false;     // Of a program that reports on DMARC or TLS.
};
// `raw`: a field of addresses (From, Reply-To, Return-Path).
AddressMarks find_address_marks(std::string_view raw);

// `raw`: a Subject.  What its token is of: "confirm 1cdd89380e82...", "verify#rytsCps...".
ConfirmForm confirm_subject_form(std::string_view raw);

// The field in which MailScanner says that it wrote the message itself: X-<site>-MailScanner with
// one word, "generated" or its translation; of what it only scanned it says "Found to be clean".
bool is_scanner_origin(std::string_view name, std::string_view raw);

// `local`, in lower case, is a role of list managers: "hobby-request", "board+owner", "majordomo".
bool is_list_role(std::string_view local);
// `local`, in lower case, is one under which newsletters and services write: "no-reply", "news".
bool is_sending_role(std::string_view local);
// `local`, in lower case, is one under which an organisation is written to: "info", "kontakt".
bool is_office_role(std::string_view local);

}  // namespace backstop::reading
