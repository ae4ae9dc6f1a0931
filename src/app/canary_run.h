// One run of the canary: what is sent into the mail server, what it answered, what it should have,
// and what is most likely broken when the two differ.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/config/config.h"
#include "core/coverage/domain_view.h"
#include "core/policy/policy.h"
#include "core/proof/key_ring.h"
#include "core/transaction/record.h"
#include "ports/entropy.h"
#include "ports/signing_permits.h"

namespace backstop::app {

enum class CanaryOutcome : std::uint8_t {
  Passed,
  Unreached,  // It could not enter, or was put off: perhaps the server restarts.
  Wrong,      // It got a wrong answer.
};
std::string_view name_of(CanaryOutcome outcome);

// Who was sent in.
enum class CanaryTwin : std::uint8_t {
  Genuine,
  Forged,
  Tag,  // A forged tag at RCPT.
};
std::string_view name_of(CanaryTwin twin);

struct CanaryStep {
  std::optional<CanaryTwin> twin = {};  // Nothing: the way in.
  CanaryOutcome outcome = CanaryOutcome::Passed;
  std::string asked = {};     // What was said, as "MAIL FROM:<>, RCPT TO:<anna@example.com>".
  std::string answered = {};  // From outside: escape before showing.
  std::string expected = {};
  std::string cause = {};  // The likely one; "" when it passed.
  std::string todo = {};   // What mends it.
};

struct CanaryReport {
  Instant at{};
  mail::Address recipient;
  std::vector<CanaryStep> steps;  // Up to the first that could not be gone on from.

  // The worst of all steps; Unreached when there is none.
  CanaryOutcome outcome() const;
  // Nothing when all passed.
  const CanaryStep* first_wrong() const;
  bool has_entered() const;  // The listener took it for a client.
};

// How Backstop judged one of them.
struct CanaryVerdict {
  policy::Verdict verdict = policy::Verdict::NotBackscatter;
  policy::Decision decision = policy::Decision::Accept;
  std::string reason = {};  // The most telling.
  proof::ProofResult token = proof::ProofResult::Absent;
  bool is_canary = false;  // Its pass was granted.
};

struct CanaryWorld {
  const config::Config& config;                // With the modes in force.
  std::shared_ptr<const proof::KeyRing> ring;  // Never null, and a key signs.
  bool observes_only = false;
  // What is learnt of how our domains send; null where nothing is.
  std::shared_ptr<const coverage::CoverageList> coverage = {};
  ports::SigningPermits& permits;
  ports::Entropy& entropy;
  // How the message of this Message-ID was judged; waits for a moment.  Nothing: it was not.  An
  // error: it cannot be known here.
  std::function<Result<std::optional<CanaryVerdict>>(const std::string&)> find_verdict;
  // Told of that Message-ID before it is sent; may be empty.
  std::function<void(const std::string&)> expect_verdict = {};
  // In what the way of the canary and that of strangers differ, a sentence each; may be empty.
  std::function<std::vector<std::string>()> find_drift = {};
  const std::atomic<bool>* stopped = nullptr;  // As smtp::Server::stopped.
};

// Whom it goes to: who is configured, else nobody's address (proof::kCanaryLocal) of the domain
// that is judged most strictly; nothing when no domain is judged, or the configured address is not
// of one.
std::optional<mail::Address> find_canary_recipient(const config::Config& config);

// What a forged bounce to that address must come to: by mode, coverage and what is configured for
// it, whoever sends.
policy::Judgement expect_forged(const CanaryWorld& world, const mail::Address& recipient,
                                Instant now);

// Takes as long as the server takes to answer, each time at most limits::kCanaryWait.
// REQUIRES: find_canary_recipient() found one; the canary is on.
CanaryReport run_canary(const CanaryWorld& world, Instant now);

}  // namespace backstop::app
