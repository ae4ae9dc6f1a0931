// Tells the runs apart: which answers belong to one, when one begins, and by which marks it is
// known.
//
// A mark of a run is a feature that at least kMarkMessages answers of kMarkClients clients have,
// which no answer to mail of ours has, and which is not rare within the run.  So a run takes in
// what resembles it, and does not grow until it takes in everything.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "core/watch/attack_list.h"
#include "core/watch/change.h"
#include "core/watch/features.h"
#include "core/watch/run_state.h"

namespace backstop::watch {

inline constexpr std::uint32_t kMarkMessages = 5;
inline constexpr std::size_t kMarkClients = 3;
// One in so many of the run's answers that return something must have a further mark, and its
// first.
inline constexpr std::uint64_t kMarkShare = 20;
inline constexpr std::uint64_t kFirstMarkShare = 5;
// Without an alarm a run begins with so many answers of one mark, from so many clients.
inline constexpr std::uint32_t kQuietRunMessages = 20;
inline constexpr std::size_t kQuietRunClients = 8;

class RunBook {
 public:
  explicit RunBook(std::uint64_t seed) : seed_(seed) {}

  // A judged answer to what is not ours.  `alarm_run`: of the alarm that stands for its domain, 0
  // for none.  The run it belongs to, 0 for none.  Changes are appended.
  std::uint32_t add_message(const Event& event, const EventKeys& keys, Second at,
                            std::uint32_t alarm_run, std::vector<Change>& changes);
  void add_refused(const Event& event, const EventKeys& keys, Second at, std::uint32_t alarm_run,
                   std::vector<Change>& changes);
  // An answer to mail of ours: what it has is no mark.
  void add_ours(const Event& event, Second at);

  // A run of which nothing is known but the domain; its marks are learnt of the answers that
  // follow.
  const Run& begin(std::string_view domain, Second first, Second at, std::vector<Change>& changes);
  // The run that this one is a part of now; 0 when it is over.
  std::uint32_t resolve(std::uint32_t run) const;
  void end(std::uint32_t run, Second at, const AllClear& why, std::vector<Change>& changes);
  // Ends those that no alarm stands for (`has_alarm`) and that have been silent long enough.
  template <class HasAlarm>
  void end_silent(Second now, const HasAlarm& has_alarm, std::vector<Change>& changes) {
    std::vector<std::uint32_t> over;
    for (const auto& [id, run] : runs_) {
      if (!has_alarm(id) && is_silent(*run, now)) over.push_back(id);
    }
    for (const std::uint32_t id : over)
      end(id, now, all_clear_of(id), changes);
  }
  AllClear all_clear_of(std::uint32_t run) const;

  const Run* find(std::uint32_t run) const;
  // Those of a domain that have not ended.
  std::vector<std::uint32_t> of_domain(std::string_view domain) const;
  // True when marks, addresses or the domains of a run changed since take_marks().
  bool has_new_marks() const { return has_new_marks_; }
  bool has_new_addresses() const { return has_new_addresses_; }
  bool has_new_domains() const { return has_new_domains_; }
  // Of all runs that have not ended.
  AttackList::Runs take_marks();
  std::size_t open_count() const { return runs_.size(); }
  std::vector<RunView> views(Second now) const;
  std::size_t memory_bytes() const;

  // What a file keeps.
  std::uint32_t last_id() const { return last_id_; }
  const std::map<std::uint32_t, std::unique_ptr<Run>>& open() const { return runs_; }
  const FeatureTable& features() const { return features_; }
  void restore(std::uint32_t last_id, std::vector<std::unique_ptr<Run>> runs,
               FeatureTable features);

 private:
  static bool is_silent(const Run& run, Second now);
  void see_growth(const Run& run, std::uint32_t domains_before);
  static std::shared_ptr<const RunMarks> mark(const Run& run);
  void attach(Run& run, std::uint64_t hash, Feature& feature);
  bool may_attach(const Run& run, const Feature& feature) const;
  void merge(std::uint32_t part, std::uint32_t into, Second at, std::vector<Change>& changes);
  void tell_growth(const Run& run, std::uint64_t before, std::uint32_t domains_before,
                   const Event& event, Second at, std::vector<Change>& changes) const;
  void keep_ended(RunView view);
  RunView view_of(const Run& run, Second now) const;

  std::uint64_t seed_;
  std::uint32_t last_id_ = 0;
  FeatureTable features_;
  std::map<std::uint32_t, std::unique_ptr<Run>> runs_;
  AttackList::Runs marks_;     // As they were taken last.
  std::deque<RunView> ended_;  // The newest first.
  bool has_new_marks_ = false;
  bool has_new_addresses_ = false;
  bool has_new_domains_ = false;
};

}  // namespace backstop::watch
