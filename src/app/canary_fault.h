// What is most likely broken when the canary gets another answer than it should, and what mends it.
//
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "app/canary_run.h"
#include "core/mail/address.h"

namespace backstop::app {

struct CanaryFault {
  std::string cause;
  std::string todo;
};

inline constexpr std::string_view kCanarySetUp =
    "backstop setup --apply --reload, then backstop canary";
inline constexpr std::string_view kCanaryRestriction =
    "a rule of the mail server refuses this stranger before Backstop is asked: a greylist, a "
    "blocklist, a rule on its name; or the mailbox is not there";

// It came through, and no verdict is known.
CanaryFault explain_no_verdict();
// Why a letter of ours was not called genuine, and the forged one otherwise than expected.
CanaryFault explain_genuine(const CanaryVerdict& verdict);
CanaryFault explain_forged(const CanaryVerdict& verdict);
// Judged right, and taken for somebody's mail: what was accepted was delivered.
CanaryFault explain_no_pass(const mail::Address& recipient);

}  // namespace backstop::app
