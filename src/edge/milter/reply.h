// The bytes of the milter protocol that we send.  Each function appends one whole packet.  Pure.
//
// Names and values come from core/transaction; what could not stand in a packet (NUL, and for
// replies anything but printable ASCII) is replaced or cut here, so that no text of a message can
// end a packet's string early.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "edge/milter/packet.h"

namespace backstop::milter {

void append_continue(std::string& out);
void append_accept(std::string& out);
void append_skip(std::string& out);
void append_discard(std::string& out);

// REPLYCODE "550 5.7.1 text" on one line of at most limits::kMilterReplyBytes, '%' doubled because
// Sendmail formats the text; REJECT or TEMPFAIL when code and enhanced code do not fit each other.
// REQUIRES: 400 <= code <= 599.
void append_refusal(std::string& out, unsigned code, std::string_view enhanced,
                    std::string_view text);

// INSHEADER: as the topmost field, above the MTA's own Received.
void append_insert_field(std::string& out, std::string_view name, std::string_view value);
// CHGHEADER with an empty value: removes the nth field of that name, from 1.
void append_remove_field(std::string& out, std::string_view name, unsigned occurrence);
// The envelope sender's new path, with its brackets, and ESMTP parameters parted by blanks.  Where
// there are none, those it has stay.  Where there are any, Postfix changes only these (it knows RET
// and ENVID), and Sendmail forgets what else the client gave: see kept_parameters.
void append_change_sender(std::string& out, std::string_view path,
                          std::string_view parameters = {});
// Of the client's `arguments` (Envelope) those that Sendmail would forget, as they stood, to be
// said again behind new ones: " RET=HDRS BODY=8BITMIME".
std::string kept_parameters(std::string_view arguments);
void append_quarantine(std::string& out, std::string_view why);

// The macros wanted at one stage (SMFIM_*).
struct MacroList {
  std::uint32_t stage = 0;
  std::string_view names;
};
inline constexpr std::uint32_t kStageConnect = 0;
inline constexpr std::uint32_t kStageHelo = 1;
inline constexpr std::uint32_t kStageMail = 2;
inline constexpr std::uint32_t kStageRecipient = 3;
inline constexpr std::uint32_t kStageData = 4;
inline constexpr std::uint32_t kStageEndOfMessage = 5;
inline constexpr std::uint32_t kStageEndOfHeaders = 6;

void append_negotiation(std::string& out, const Negotiation& negotiation,
                        std::span<const MacroList> macros);

}  // namespace backstop::milter
