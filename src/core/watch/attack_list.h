// Which domains are under attack, and which messages fit the runs behind it: one immutable
// snapshot.
//
// A message fits by two marks of a run at once, or by one and an address that cannot have sent
// anything.  What returns nothing of the original fits only by its address: one that does not
// exist, or one that this very server has answered for the run before.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/watch/event.h"

namespace backstop::watch {

enum class Attack : std::uint8_t {
  Peace,
  Fits,   // The domain is under attack, and the message belongs to the run.
  Apart,  // The domain is under attack, but nothing shows that the message belongs to it.
};

// By what messages are told to belong to one run.  Hashes of limits::kWatch... at most.
struct RunMarks {
  std::uint32_t run = 0;
  std::unordered_set<std::uint64_t> features;   // Of the original: subject, links and so on.
  std::unordered_set<std::uint64_t> addresses;  // Forged again and again.
  std::unordered_set<std::uint64_t> pairs;      // An address, and who answered to it.
};

class AttackList {
 public:
  // The runs of each domain under attack.
  using Domains = std::map<std::string, std::vector<std::uint32_t>, std::less<>>;
  using Runs = std::map<std::uint32_t, std::shared_ptr<const RunMarks>>;

  // `domains` is never null.
  AttackList(std::uint64_t seed, std::shared_ptr<const Domains> domains, Runs runs)
      : seed_(seed), domains_(std::move(domains)), runs_(std::move(runs)) {}

  // Of a message that is not judged yet: its `verdict` and `proof` are not looked at.  An event
  // without a message is told to fit only where no message is needed for it.  Any thread.
  Attack state_of(const Event& event) const;
  // Any domain.
  bool any() const { return !domains_->empty(); }
  const std::shared_ptr<const Domains>& domains() const { return domains_; }

 private:
  std::uint64_t seed_;
  std::shared_ptr<const Domains> domains_;
  Runs runs_;
};

}  // namespace backstop::watch
