#include "core/watch/watch.h"

#include <algorithm>
#include <utility>

#include "core/watch/hash.h"
#include "core/watch/watch_state.h"

namespace backstop::watch {
namespace {

// Events come in disorder, and one line of a log may have any date: farther than this the clock was
// set, once so many say so.
constexpr Second kDisorder = 2 * 3600;
constexpr Second kLeap = 2 * 86'400;
constexpr std::uint32_t kLeapEvents = 8;
constexpr std::uint32_t kBackEvents = 1000;
constexpr std::uint32_t kBackPolls = 100;  // What one poll counts for.
// How often it is looked at what is over.
constexpr Second kCheck = 10;
// A run forges new addresses all the time; they are told of together.
constexpr Second kListAddresses = 10;
// An alarm joins a run that its domain was seen in within so long.
constexpr Second kSameRun = 86'400;
constexpr Second kSweep = 600;
constexpr std::string_view kFurtherDomains = "*";

constexpr std::array<AttackKind, 4> kDomainKinds = {AttackKind::Backscatter, AttackKind::Dictionary,
                                                    AttackKind::Callout, AttackKind::OwnNewsletter};

}  // namespace

Second Watch::State::move_to(Second at, bool is_event) {
  if (now == 0) now = at;
  if (at > now + kLeap && is_event && ++ahead < kLeapEvents) return now;
  if (at >= now) {
    now = at;
    ahead = behind = 0;
    return now;
  }
  if (now - at <= kDisorder) {
    behind = 0;
    return now;
  }
  behind += is_event ? 1 : kBackPolls;
  if (behind < kBackEvents) return now;
  behind = 0;
  now = at;
  for (auto& [name, domain] : domains)
    domain->forget_recent();
  connections.forget_recent();
  return now;
}

DomainWatch& Watch::State::domain_of(std::string_view name) {
  const auto found = domains.find(name);
  if (found != domains.end()) return *found->second;
  if (domains.size() >= limits::kWatchDomains && name != kFurtherDomains)
    return domain_of(kFurtherDomains);
  name = name.substr(0, limits::kWatchTextBytes);
  auto made = std::make_unique<DomainWatch>(std::string(name));
  return *domains.insert_or_assign(std::string(name), std::move(made)).first->second;
}

EventKeys Watch::State::keys_of(const Event& event) const {
  EventKeys out;
  out.address = hash_address(event.local, event.domain, seed);
  if (event.client) {
    out.client = hash_client(*event.client, seed);
    out.site = hash_site(*event.client, seed);
  }
  out.pair = mix(out.address ^ out.client);
  return out;
}

bool Watch::State::is_ours(const Event& event) const {
  if (event.message != nullptr &&
      (event.message->verdict == Verdict::Genuine || event.message->verdict == Verdict::Late))
    return true;
  if (event.proof == Proof::LearntPath) return event.address != AddressState::Nonexistent;
  return event.proof != Proof::None;
}

void Watch::State::tell(Change change) {
  if (changes.size() >= limits::kWatchChanges) {
    ++changes_lost;
    return;
  }
  changes.push_back(std::move(change));
}

void Watch::State::count_standing(DomainWatch& domain, AttackKind kind, const EventKeys& keys,
                                  Second at) {
  Standing* const alarm = domain.standing(kind);
  if (alarm == nullptr) return;
  ++alarm->count;
  alarm->last = at;
  alarm->clients.add(keys.client);
}

std::uint32_t Watch::State::run_behind(const DomainWatch& domain, Second since, Second at) {
  const std::uint32_t known = runs.resolve(domain.run_since(before(at, kSameRun)));
  return known != 0 ? known : runs.begin(domain.name(), since, at, changes).id;
}

void Watch::State::raise(DomainWatch& domain, AttackKind kind, const Burst& burst,
                         const EventKeys& keys, Second at) {
  const bool had_alarm = domain.has_alarm();
  const double normal = kind == AttackKind::Backscatter ? domain.normal_per_hour(at) : 0;
  const Second over = std::max<Second>(at - burst.first, 1);
  Standing standing{
      .path = domain.path(),
      .first = burst.first,
      .raised = at,
      .last = at,
      .loud = at,
      .count = burst.count,
      .normal = normal,
      .factor = normal > 0 ? static_cast<double>(burst.count) * 3600 / over / normal : 0,
      .clients = {}};
  standing.clients.add(keys.client);
  if (kind == AttackKind::Backscatter) standing.run = run_behind(domain, burst.first, at);
  const Standing& raised = domain.raise(kind, std::move(standing));
  if (!had_alarm) alarmed.push_back(&domain);
  is_list_old = true;
  tell(Change{.what = Change::What::AlarmRaised,
              .at = to_instant(at),
              .kind = kind,
              .path = raised.path,
              .domain = domain.name(),
              .since = to_instant(burst.first),
              .figures = {.count = burst.count,
                          .clients = burst.clients,
                          .over = Seconds(over),
                          .normal_per_hour = normal,
                          .factor = raised.factor},
              .run = raised.run});
}

void Watch::State::raise_by_connections(const ConnectionAlarm& alarm, Second at) {
  DomainWatch& domain = domain_of(alarm.domain);
  if (Standing* const stands = domain.standing(alarm.kind)) {
    stands->factor = std::max(stands->factor, alarm.factor);
    return;
  }
  const Second first = before(at, kConnectionSpan);
  const bool had_alarm = domain.has_alarm();
  Standing standing{.path = Path::Connections,
                    .first = first,
                    .raised = at,
                    .last = at,
                    .loud = at,
                    .count = alarm.refused,
                    .normal = alarm.normal_per_hour,
                    .factor = alarm.factor,
                    .clients = {}};
  if (alarm.kind == AttackKind::Backscatter) standing.run = run_behind(domain, first, at);
  const Standing& raised = domain.raise(alarm.kind, std::move(standing));
  if (!had_alarm) alarmed.push_back(&domain);
  is_list_old = true;
  tell(Change{.what = Change::What::AlarmRaised,
              .at = to_instant(at),
              .kind = alarm.kind,
              .path = Path::Connections,
              .domain = domain.name(),
              .since = to_instant(first),
              .figures = {.count = alarm.refused,
                          .clients = alarm.connections,
                          .over = Seconds(kConnectionSpan),
                          .normal_per_hour = alarm.normal_per_hour,
                          .factor = alarm.factor},
              .run = raised.run});
}

void Watch::State::raise_mailbox(const Event& event, const EventKeys& keys, const Burst& burst,
                                 Second at) {
  Mailbox& mailbox = mailboxes.at(keys.address);
  mailbox.alarm = std::make_unique<Standing>(Standing{.first = burst.first,
                                                      .raised = at,
                                                      .last = at,
                                                      .loud = at,
                                                      .count = burst.count,
                                                      .clients = {}});
  tell(Change{.what = Change::What::AlarmRaised,
              .at = to_instant(at),
              .kind = AttackKind::HelpDesk,
              .domain = std::string(event.domain),
              .mailbox = mailbox.local,
              .since = to_instant(burst.first),
              .figures = {.count = burst.count,
                          .clients = burst.clients,
                          .over = Seconds(std::max<Second>(at - burst.first, 1))}});
}

void Watch::State::count_flow(DomainWatch& domain, const Event& event, const EventKeys& keys,
                              Second at) {
  const JudgedMessage* const message = event.message;
  const bool is_answer = message == nullptr || message->verdict != Verdict::NotBackscatter;
  const auto conclude = [&](AttackKind kind, const std::optional<Burst>& burst) {
    if (burst) {
      raise(domain, kind, *burst, keys, at);
    } else {
      count_standing(domain, kind, keys, at);
    }
  };
  if (event.null_sender && is_answer) {
    if (is_ours(event)) {
      conclude(AttackKind::OwnNewsletter, domain.on_proved(at, keys.client));
    } else if (event.what == Seen::Taken && event.data == Data::NotReached) {
      conclude(AttackKind::Callout, domain.on_callout(at, keys.client));
    } else {
      const bool has_message = message != nullptr || event.data == Data::Reached;
      const bool is_forged = message != nullptr && message->verdict == Verdict::Forged;
      conclude(AttackKind::Backscatter,
               domain.on_unproven(at, keys.client, has_message, is_forged));
    }
    return;
  }
  if (!event.null_sender && event.what == Seen::Refused &&
      event.address == AddressState::Nonexistent) {
    conclude(AttackKind::Dictionary, domain.on_dictionary(at, keys.client, keys.address));
    return;
  }
  const bool is_acknowledgement = message != nullptr && !event.null_sender &&
                                  message->kind == reading::Kind::TicketAck &&
                                  message->sender_dkim != Authentication::Fail && !is_ours(event);
  // One in seven answers to forged mail is a ticket: they come with the run, and are told with it.
  const bool comes_with_run = message != nullptr && message->sender_dkim != Authentication::Pass &&
                              domain.standing(AttackKind::Backscatter) != nullptr;
  if (!is_acknowledgement || comes_with_run) return;
  if (const auto burst =
          mailboxes.on_acknowledgement(at, keys.address, event.local, event.domain, keys.client))
    raise_mailbox(event, keys, *burst, at);
}

void Watch::State::follow_run(DomainWatch& domain, const Event& event, const EventKeys& keys,
                              Second at) {
  Standing* const alarm = domain.standing(AttackKind::Backscatter);
  if (alarm != nullptr) alarm->run = runs.resolve(alarm->run);
  const std::uint32_t run = alarm == nullptr ? 0 : alarm->run;
  if (event.message == nullptr) {
    if (event.null_sender && event.what == Seen::Refused && !is_ours(event))
      runs.add_refused(event, keys, at, run, changes);
    return;
  }
  if (is_ours(event)) {
    runs.add_ours(event, at);
    return;
  }
  // What a replayed proof came with is half ours.
  const Verdict verdict = event.message->verdict;
  if (verdict != Verdict::Unproven && verdict != Verdict::Forged) return;
  if (const std::uint32_t id = runs.add_message(event, keys, at, run, changes); id != 0)
    domain.saw_run(id, at);
  if (alarm == nullptr) return;
  alarm->run = runs.resolve(alarm->run);
}

void Watch::State::add_recipient(const Event& event, Second at) {
  DomainWatch& domain = domain_of(event.domain);
  domain.move_to(at);
  const EventKeys keys = keys_of(event);
  if (const auto alarm = connections.on_recipient(at, event.domain, event.what == Seen::Refused,
                                                  event.null_sender))
    raise_by_connections(*alarm, at);
  count_flow(domain, event, keys, at);
  follow_run(domain, event, keys, at);
}

void Watch::State::end_alarm(DomainWatch& domain, AttackKind kind, const AllClear& why) {
  const Standing alarm = *domain.standing(kind);
  tell(Change{.what = Change::What::AlarmEnded,
              .at = to_instant(now),
              .kind = kind,
              .path = alarm.path,
              .domain = domain.name(),
              .since = to_instant(alarm.first),
              .figures = {.count = alarm.count,
                          .clients = alarm.clients.estimate(),
                          .over = Seconds(alarm.last - alarm.first),
                          .normal_per_hour = alarm.normal,
                          .factor = alarm.factor},
              .run = alarm.run,
              .all_clear = kind == AttackKind::Backscatter ? std::optional(why) : std::nullopt});
  domain.end(kind);
  is_list_old = true;
  if (alarm.run == 0) return;
  const bool is_elsewhere = std::ranges::any_of(alarmed, [&](const DomainWatch* other) {
    const Standing* const same = other->standing(AttackKind::Backscatter);
    return same != nullptr && runs.resolve(same->run) == alarm.run;
  });
  if (!is_elsewhere) runs.end(alarm.run, now, why, changes);
}

void Watch::State::end_over() {
  if (now < checked + kCheck && now >= checked) return;
  checked = now;
  for (DomainWatch* domain : alarmed) {
    domain->move_to(now);
    for (const AttackKind kind : kDomainKinds) {
      Standing* const alarm = domain->standing(kind);
      if (alarm == nullptr || now < alarm->loud + kOtherQuietFor) continue;
      alarm->run = runs.resolve(alarm->run);
      const Run* const run = runs.find(alarm->run);
      const auto newest = run == nullptr ? std::nullopt : run->clock.last_activity();
      if (const auto why = domain->all_clear(kind, now, newest)) end_alarm(*domain, kind, *why);
    }
  }
  std::erase_if(alarmed, [](const DomainWatch* domain) { return !domain->has_alarm(); });
  for (const Mailbox& mailbox : mailboxes.take_over(now)) {
    tell(Change{.what = Change::What::AlarmEnded,
                .at = to_instant(now),
                .kind = AttackKind::HelpDesk,
                .domain = mailbox.domain,
                .mailbox = mailbox.local,
                .since = to_instant(mailbox.alarm->first),
                .figures = {.count = mailbox.alarm->count,
                            .clients = mailbox.alarm->clients.estimate(),
                            .over = Seconds(mailbox.alarm->last - mailbox.alarm->first)}});
  }
  if (now < swept + kSweep && now >= swept) return;
  swept = now;
  for (auto& [name, domain] : domains)
    domain->forget_quiet(now);
  runs.end_silent(
      now,
      [&](std::uint32_t run) {
        return std::ranges::any_of(alarmed, [&](const DomainWatch* domain) {
          const Standing* const alarm = domain->standing(AttackKind::Backscatter);
          return alarm != nullptr && alarm->run == run;
        });
      },
      changes);
}

Watch::Watch(std::uint64_t seed) : state_(std::make_unique<State>(seed)) {}
Watch::Watch(std::unique_ptr<State> state) : state_(std::move(state)) {}
Watch::~Watch() = default;
Watch::Watch(Watch&&) noexcept = default;
Watch& Watch::operator=(Watch&&) noexcept = default;

void Watch::add(const Event& event) {
  const Second at = state_->move_to(to_second(event.at), true);
  if (event.what == Seen::Connection) {
    state_->connections.on_connection(at);
    return;
  }
  state_->add_recipient(event, at);
}

std::vector<Change> Watch::poll(Instant now) {
  state_->move_to(to_second(now), false);
  state_->end_over();
  return std::exchange(state_->changes, {});
}

std::shared_ptr<const AttackList> Watch::attack_list() {
  State& state = *state_;
  const bool is_other = state.is_list_old || state.runs.has_new_domains();
  const bool has_new_addresses =
      state.runs.has_new_addresses() && state.now >= state.listed + kListAddresses;
  if (state.list != nullptr && !is_other && !state.runs.has_new_marks() && !has_new_addresses)
    return state.list;
  auto domains = state.list == nullptr ? nullptr : state.list->domains();
  if (domains == nullptr || is_other) {
    auto made = std::make_shared<AttackList::Domains>();
    for (const DomainWatch* domain : state.alarmed) {
      if (domain->standing(AttackKind::Backscatter) != nullptr)
        made->emplace(domain->name(), state.runs.of_domain(domain->name()));
    }
    domains = std::move(made);
  }
  state.list =
      std::make_shared<const AttackList>(state.seed, std::move(domains), state.runs.take_marks());
  state.is_list_old = false;
  state.listed = state.now;
  return state.list;
}

std::vector<AttackView> Watch::attacks() const {
  std::vector<AttackView> out;
  const auto view = [](AttackKind kind, const Standing& alarm) {
    return AttackView{.kind = kind,
                      .path = alarm.path,
                      .domain = {},
                      .mailbox = {},
                      .first = to_instant(alarm.first),
                      .raised = to_instant(alarm.raised),
                      .last = to_instant(alarm.last),
                      .count = alarm.count,
                      .clients = alarm.clients.estimate(),
                      .normal_per_hour = alarm.normal,
                      .factor = alarm.factor,
                      .run = alarm.run};
  };
  for (const DomainWatch* domain : state_->alarmed) {
    for (const AttackKind kind : kDomainKinds) {
      const Standing* const alarm = domain->standing(kind);
      if (alarm == nullptr) continue;
      out.push_back(view(kind, *alarm));
      out.back().domain = domain->name();
      out.back().run = state_->runs.resolve(alarm->run);
    }
  }
  for (const auto& [hash, mailbox] : state_->mailboxes.all()) {
    if (mailbox.alarm == nullptr) continue;
    out.push_back(view(AttackKind::HelpDesk, *mailbox.alarm));
    out.back().domain = mailbox.domain;
    out.back().mailbox = mailbox.local;
  }
  return out;
}

std::vector<RunView> Watch::runs() const {
  return state_->runs.views(state_->now);
}

std::size_t Watch::open_runs() const {
  return state_->runs.open_count();
}

double Watch::normal_per_hour(std::string_view domain, Instant at) const {
  const auto found = state_->domains.find(domain);
  return found == state_->domains.end() ? 0 : found->second->normal_per_hour(to_second(at));
}

std::size_t Watch::memory_bytes() const {
  constexpr std::size_t kNode = 96;
  std::size_t bytes = sizeof(State) + state_->runs.memory_bytes();
  for (const auto& [name, domain] : state_->domains)
    bytes += kNode + domain->memory_bytes();
  return bytes + state_->mailboxes.all().size() * (sizeof(Mailbox) + kNode);
}

}  // namespace backstop::watch
