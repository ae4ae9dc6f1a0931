// The configuration and keys in force, and with them what is remembered: one snapshot for each
// message.
#pragma once

#include <atomic>
#include <memory>

#include "app/attack_watch.h"
#include "app/coverage_watch.h"
#include "app/daemon_keys.h"
#include "app/memory.h"
#include "app/run_containment.h"
#include "core/config/config.h"
#include "core/proof/dkim_key.h"
#include "core/proof/sent.h"
#include "ports/clock.h"
#include "ports/surroundings.h"

namespace backstop::app {

// Any thread, but for what says otherwise.
class InForce final : public ports::SurroundingsSource {
 public:
  // REQUIRES: `keys` and `clock` outlive this.
  // As written: modes are as they may be with set_modes() or swap().
  InForce(config::Config config, std::shared_ptr<const proof::DkimKeys> dkim,
          const DaemonKeys& keys, const ports::Clock& clock);

  transaction::Surroundings current() const override;
  // From now on there is a memory, which outlives this.  Before anything else asks.
  void remember(const Memory& memory) { memory_ = &memory; }
  // Likewise for what is learnt of how our domains send.
  void learn(const CoverageWatch& coverage) { coverage_ = &coverage; }
  // Likewise for rules and who of us sends.
  void contain(const RunContainment& containment) { containment_ = &containment; }
  // Likewise for who watches for attacks.
  void watch(const AttackWatch& attacks) { attacks_ = &attacks; }
  // What was written, and the same with the modes that may be in force now (app/modes_in_force.h).
  void swap(config::Config written, config::Config in_force,
            std::shared_ptr<const proof::DkimKeys> dkim);
  void set_modes(config::Config in_force);
  // Lives until the next swap(); the thread that swaps.
  const config::Config& written() const { return written_; }

 private:
  // What a reload swaps.
  struct Configured {
    std::shared_ptr<const config::Config> config;
    std::shared_ptr<const proof::DkimKeys> dkim;
  };
  struct Hashing {
    std::shared_ptr<const proof::KeyRing> ring;
    std::shared_ptr<const proof::SentHasher> hasher;
  };

  static std::shared_ptr<const Configured> make_configured(
      config::Config config, std::shared_ptr<const proof::DkimKeys> dkim);
  std::shared_ptr<const proof::SentHasher> hasher_of(
      const std::shared_ptr<const proof::KeyRing>& ring) const;

  config::Config written_;
  std::atomic<std::shared_ptr<const Configured>> configured_;
  mutable std::atomic<std::shared_ptr<const Hashing>> hashing_;
  const DaemonKeys& keys_;
  const ports::Clock& clock_;
  const Memory* memory_ = nullptr;
  const CoverageWatch* coverage_ = nullptr;
  const RunContainment* containment_ = nullptr;
  const AttackWatch* attacks_ = nullptr;
};

}  // namespace backstop::app
