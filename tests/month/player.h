// Plays weeks of sites: what their people send, what comes back of it, what is forged in their
// names, and an operator who does each morning what `backstop coverage` and `backstop mode` ask.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/enforce_conditions.h"
#include "month/post.h"
#include "month/site.h"
#include "sim/random.h"
#include "sim/returned.h"

namespace backstop::month {

// What became of one site.
struct Fate {
  Site site;
  std::optional<Instant> enforced_from = {};
  std::set<std::string> found =
      {};                       // Names of bypasses that the list had before enforce, or by now.
  bool found_all_first = true;  // All were in the list when enforce was allowed.
  std::set<std::string> asked = {};  // Conditions that ever stood in the way.
  unsigned genuine = 0;              // Answers to mail of ours that came back to us.
  unsigned genuine_lost = 0;
  unsigned genuine_enforced = 0;  // Of them: while it enforced.
  unsigned forged = 0;            // That returned enough, while it enforced.
  unsigned forged_refused = 0;
};

class Player {
 public:
  Player(std::vector<Site> sites, std::string directory, std::uint64_t seed);

  void play(Days days);
  // The conditions of a site as they are, or as they would be had nothing come for so long.
  std::vector<app::Unmet> unmet(const std::string& domain, Seconds later = Seconds{0}) const;

  const std::vector<Fate>& fates() const { return fates_; }
  Instant now() const { return now_; }

 private:
  // An answer that is on its way to us.
  struct Coming {
    sim::Letter letter;
    std::size_t site = 0;
    bool is_genuine = false;
    bool returns_enough = false;
  };

  std::string correspondent(const Site& site);
  void live_hour();
  void send(std::size_t site, const std::string& sender);
  void send_around(std::size_t site, const Bypass& way);
  void forward(std::size_t site);
  void forge(std::size_t site);
  void answer(std::size_t site, const sim::Original& original, const std::string& to,
              bool is_genuine, sim::Shape shape);
  void deliver(const Coming& coming);
  void ask_dns();
  void look(std::size_t site);
  bool happens(double a_week);

  std::vector<Fate> fates_;
  std::string directory_;
  sim::Random random_;
  Instant now_;
  Instant started_;
  std::unique_ptr<Post> post_;
  std::multimap<Instant, Coming> coming_;
  std::uint64_t ids_ = 0;
};

}  // namespace backstop::month
