// Answers at once, in the asking thread.
#pragma once

#include <utility>

#include "ports/answers.h"
#include "ports/dkim_key_lookup.h"
#include "ports/ledger.h"
#include "ports/signing_permits.h"

namespace backstop::door {

// Any thread.  Asking may block for the one file write an hour that SigningPermits may need, and
// for what the ledger reads.
class DirectAnswers final : public ports::Answers {
 public:
  // REQUIRES: all outlive this.  Without a ledger its questions are Errc::Unavailable; without a
  // look-up no key is known.
  explicit DirectAnswers(ports::SigningPermits& permits, ports::Ledger* ledger = nullptr,
                         ports::DkimKeyLookup* keys = nullptr)
      : permits_(permits), ledger_(ledger), keys_(keys) {}

  void ask_permit(Instant now, Done done) override { done(permits_.permit(now)); }
  void ask_ledger(const proof::LedgerQuery& query, Instant now, Done done) override {
    if (ledger_ == nullptr) {
      done(fail(Errc::Unavailable, "", "there is no ledger"));
    } else {
      done(ledger_->look_up(query, now));
    }
  }
  void ask_dkim_key(const proof::DkimKeyName& name, Instant now, Done done) override {
    if (keys_ == nullptr) {
      done(proof::DkimKeyAnswer{});
    } else {
      keys_->ask(name, now, std::move(done));
    }
  }

 private:
  ports::SigningPermits& permits_;
  ports::Ledger* ledger_;
  ports::DkimKeyLookup* keys_;
};

}  // namespace backstop::door
