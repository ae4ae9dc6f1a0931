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
#include <unordered_map>
#include <unordered_set>
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
  explicit AttackList(std::uint64_t seed) : seed_(seed) {}

  // Of a message that is not judged yet: its `verdict` and `proof` are not looked at.  An event
  // without a message is told to fit only where no message is needed for it.  Any thread.
  Attack state_of(const Event& event) const;
  // Any domain.
  bool any() const { return !domains_.empty(); }

  // While it is made; the marks outlive nothing but the list.
  void add_domain(std::string domain) { domains_.try_emplace(std::move(domain)); }
  void add_run(std::string_view domain, std::shared_ptr<const RunMarks> marks);

 private:
  std::uint64_t seed_;
  std::map<std::string, std::vector<std::shared_ptr<const RunMarks>>, std::less<>> domains_;
};

}  // namespace backstop::watch
