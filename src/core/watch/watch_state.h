// The inside of a Watch.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/watch/connection_watch.h"
#include "core/watch/domain_watch.h"
#include "core/watch/mailbox_watch.h"
#include "core/watch/run_book.h"
#include "core/watch/watch.h"

namespace backstop::watch {

struct Watch::State {
  explicit State(std::uint64_t with_seed) : seed(with_seed), runs(with_seed) {}

  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  std::uint64_t seed;
  Second now = 0;
  std::uint32_t ahead = 0;   // Events in a row that lie far in the future.
  std::uint32_t behind = 0;  // Likewise in the past.
  std::unordered_map<std::string, std::unique_ptr<DomainWatch>, TextHash, std::equal_to<>> domains;
  std::vector<DomainWatch*> alarmed;  // Those with an alarm.
  ConnectionWatch connections;
  MailboxWatch mailboxes;
  RunBook runs;
  std::vector<Change> changes;
  std::uint64_t changes_lost = 0;
  bool is_list_old = true;
  std::shared_ptr<const AttackList> list;
  Second listed = 0;
  Second checked = 0;
  Second swept = 0;

  Second move_to(Second at, bool is_event);
  DomainWatch& domain_of(std::string_view name);
  EventKeys keys_of(const Event& event) const;
  bool is_ours(const Event& event) const;

  void add_recipient(const Event& event, Second at);
  void count_flow(DomainWatch& domain, const Event& event, const EventKeys& keys, Second at);
  void follow_run(DomainWatch& domain, const Event& event, const EventKeys& keys, Second at);
  std::uint32_t run_behind(const DomainWatch& domain, Second since, Second at);
  void raise(DomainWatch& domain, AttackKind kind, const Burst& burst, const EventKeys& keys,
             Second at);
  void raise_by_connections(const ConnectionAlarm& alarm, Second at);
  void raise_mailbox(const Event& event, const EventKeys& keys, const Burst& burst, Second at);
  void count_standing(DomainWatch& domain, AttackKind kind, const EventKeys& keys, Second at);
  void end_over();
  void end_alarm(DomainWatch& domain, AttackKind kind, const AllClear& why);
  void tell(Change change);
};

}  // namespace backstop::watch
