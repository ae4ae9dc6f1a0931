// Our mail server in a played month: letters through real transactions, with what the daemon would
// remember of them.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "app/coverage_watch.h"
#include "core/transaction/transaction.h"
#include "ports/surroundings.h"
#include "sim/letter.h"
#include "testing/fake_alarms.h"
#include "testing/fake_ledger.h"
#include "testing/fake_log.h"

namespace backstop::month {

// What came of one letter.
struct Passed {
  bool refused = false;
  sim::Fields inserted;  // In order.
  std::optional<transaction::Record> record;
};

class Post final : public ports::SurroundingsSource {
 public:
  // `directory`: of the store.  Signing begins with the first letter.
  Post(config::Config config, const std::string& directory, Instant now);

  transaction::Surroundings current() const override;
  Passed pass(const sim::Letter& letter, Instant now);

  app::CoverageWatch& coverage() { return *watch_; }
  const config::Config& config() const { return *config_.load(); }
  void set_config(config::Config config);

 private:
  Result<transaction::Answer> answer(const transaction::Effect& question, Instant now);

  std::atomic<std::shared_ptr<const config::Config>> config_;
  std::shared_ptr<const proof::KeyRing> ring_;
  std::shared_ptr<const proof::SentHasher> hasher_;
  testing::FakeLedger ledger_;
  testing::FakeLog log_;
  testing::FakeAlarms alarms_{log_};
  std::unique_ptr<app::CoverageWatch> watch_;
  std::uint64_t nonces_ = 0;
};

}  // namespace backstop::month
