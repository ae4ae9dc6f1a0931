#include "app/canary_fault.h"

#include <fmt/format.h>

#include "core/policy/reason.h"

namespace backstop::app {

using policy::Verdict;

CanaryFault explain_no_verdict() {
  return {
      "Backstop was not asked: its milter is not in smtpd_milters, or nobody answers at its socket "
      "and mail flows unjudged; or mail for this address is not judged (mode off)",
      std::string(kCanarySetUp) + "; systemctl status backstopd; backstop check"};
}

CanaryFault explain_genuine(const CanaryVerdict& verdict) {
  if (verdict.verdict == Verdict::NotBackscatter)
    return {
        "what the configuration lets alone (peers, allow) covers the canary, and with it "
        "strangers",
        "look at peers, allow and actions in backstop.toml"};
  switch (verdict.token) {
    case proof::ProofResult::Absent:
      return {
          "the token was gone from the returned header when Backstop saw it (a "
          "nested_header_checks rule, or a milter before Backstop), or the daemon holds "
          "another ring of keys",
          "look at header_checks, nested_header_checks and smtpd_milters; backstop keys list; "
          "systemctl restart backstopd"};
    case proof::ProofResult::Invalid:
    case proof::ProofResult::Unavailable:
      return {
          "the daemon holds other keys than those that sign, its clock is days behind, or "
          "something in front of it changes returned headers",
          "backstop keys list; systemctl restart backstopd; look at the clock and at the "
          "milters before Backstop"};
    default:
      return {"the token is right and the answer is not: see the reason",
              "backstop explain " + verdict.reason};
  }
}

CanaryFault explain_forged(const CanaryVerdict& verdict) {
  const bool let_alone = verdict.reason == policy::name_of(policy::Reason::NeverJudged);
  if (let_alone || verdict.verdict == Verdict::NotBackscatter ||
      verdict.verdict == Verdict::Genuine) {
    return {
        "what the configuration lets alone or takes as proved (peers, allow) covers "
        "strangers, so forged bounces pass",
        "look at peers and allow in backstop.toml; backstop explain " + verdict.reason};
  }
  return {"a proof could not be asked, so nothing is called forged now: see the reason",
          fmt::format("backstop explain {}; backstop status", verdict.reason)};
}

CanaryFault explain_no_pass(const mail::Address& recipient) {
  return {fmt::format("its pass was not taken, so it counted as mail for {}: something in front of "
                      "Backstop takes Backstop-Canary off, sends to more recipients or changes "
                      "the recipient, or the daemon holds another ring of keys",
                      recipient.text()),
          "look at header_checks and at the milters before Backstop; systemctl restart backstopd"};
}

}  // namespace backstop::app
