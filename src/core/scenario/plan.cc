#include "core/scenario/plan.h"

#include <algorithm>

#include "core/base/scenario_limits.h"
#include "core/scenario/random.h"
#include "core/scenario/values.h"

namespace backstop::scenario {
namespace {

using reading::Kind;

constexpr double kSecondsPerDay = 86'400;
// When others answer: half of the quick ones within 40 s, of the slow ones within 25 min.
constexpr double kQuickMedian = 40;
constexpr double kQuickMost = 600;
constexpr double kSlowMedian = 1500;
constexpr double kSlowMost = 12 * 3600;
constexpr double kSpread = 1.2;
// Queues give up after four to five days, and warn after four hours, some after a day again.
constexpr double kExpiresLeast = 4 * kSecondsPerDay;
constexpr double kExpiresMost = 5 * kSecondsPerDay;
constexpr double kFirstWarning = 4 * 3600;
constexpr double kSecondWarning = 24 * 3600;
constexpr double kWarnsOnce = 0.8;
constexpr double kWarnsTwice = 0.25;
// Of what people write in a day, so much is written from eight to six, and on weekdays.
constexpr double kNightShare = 0.15;
constexpr double kWeekendShare = 0.3;

Seconds seconds_of(double seconds) {
  return Seconds{static_cast<Seconds::rep>(seconds)};
}

// On and off: where spam is sent, and nothing in between.
class Bursts {
 public:
  Bursts(const Run& run, double length, Random& random) {
    if (run.peak <= 1) {
      bursts_.push_back({0, length, length});
      return;
    }
    double at = 0;
    double sum = 0;
    while (at < length) {
      const double on =
          std::min(length - at, random.between(static_cast<double>(run.burst_least.count()),
                                               static_cast<double>(run.burst_most.count())));
      bursts_.push_back({at, on, sum += on});
      at += on - on * (run.peak - 1) * std::log(1 - random.unit());
    }
    // A run stops when it was planned to: its last burst is at the end.
    Burst& last = bursts_.back();
    last.starts = std::max(last.starts, length - last.lasts);
  }

  double pick(double unit) const {
    const double at = unit * bursts_.back().sum;
    const auto found = std::ranges::upper_bound(bursts_, at, {}, &Burst::sum);
    const Burst& burst = found == bursts_.end() ? bursts_.back() : *found;
    return burst.starts + burst.lasts - (burst.sum - at);
  }

 private:
  struct Burst {
    double starts = 0;
    double lasts = 0;
    double sum = 0;  // Of all up to this.
  };
  std::vector<Burst> bursts_;
};

class Planner {
 public:
  Planner(const Scenario& scenario, std::uint64_t seed)
      : scenario_(scenario), random_(seed), end_(scenario.begins + scenario.lasts) {}

  Result<Plan> make() {
    BS_TRY_VOID(check_size());
    for (std::size_t i = 0; i < scenario_.own.size(); ++i)
      add_own(scenario_.own[i], i);
    for (std::size_t i = 0; i < scenario_.runs.size(); ++i)
      add_run(scenario_.runs[i], i);
    for (std::size_t i = 0; i < scenario_.callouts.size(); ++i)
      add_all(scenario_.callouts[i].span, scenario_.callouts[i].sessions, Happening::Callout, i);
    for (std::size_t i = 0; i < scenario_.dictionaries.size(); ++i)
      add_all(scenario_.dictionaries[i].span, scenario_.dictionaries[i].tries, Happening::Guess, i);
    for (std::size_t i = 0; i < scenario_.poisons.size(); ++i)
      add_all(scenario_.poisons[i].span, scenario_.poisons[i].bounces, Happening::Poison, i);
    for (const KeyChange& change : scenario_.key_changes) {
      const Instant at = scenario_.begins + change.at;
      add({.at = at, .original = at, .what = Happening::KeyChange});
    }
    const double days = static_cast<double>(scenario_.lasts.count()) / kSecondsPerDay;
    add_people(Span{}, scenario_.site.ordinary_per_day * days, Happening::Ordinary);
    std::ranges::stable_sort(plan_.events, {}, &Event::at);
    return std::move(plan_);
  }

 private:
  Result<void> check_size() const {
    const double days = static_cast<double>(scenario_.lasts.count()) / kSecondsPerDay;
    double events = scenario_.site.ordinary_per_day * days;
    for (const OwnMail& own : scenario_.own)
      events += own.messages * (own.is_mailing ? 1 : days);
    for (const Run& run : scenario_.runs)
      events += answers_of(run);
    for (const Callouts& callouts : scenario_.callouts)
      events += callouts.sessions;
    for (const Dictionary& dictionary : scenario_.dictionaries)
      events += dictionary.tries;
    for (const Poison& poison : scenario_.poisons)
      events += poison.bounces;
    if (events <= static_cast<double>(limits::kScenarioEvents)) return {};
    return fail(Errc::Limit, "",
                "this scenario has some " + std::to_string(static_cast<std::uint64_t>(events)) +
                    " events, more than the 5,000,000 that are played; make it smaller with "
                    "--scale");
  }

  static double answers_of(const Run& run) {
    return run.answers ? *run.answers : run.messages * run.undeliverable * run.backscatter;
  }

  // What comes after the end is not played.
  void add(Event event) {
    if (event.at >= end_) return;
    event.seed = random_.next();
    plan_.events.push_back(event);
  }

  Event at_random(const Span& span, Happening what, std::size_t section) {
    const double length = static_cast<double>(scenario_.length_of(span).count());
    const Instant at = scenario_.start_of(span) + seconds_of(random_.unit() * length);
    return {.at = at, .original = at, .section = static_cast<std::uint16_t>(section), .what = what};
  }

  void add_all(const Span& span, double count, Happening what, std::size_t section) {
    for (std::uint64_t i = 0; i < whole(count); ++i)
      add(at_random(span, what, section));
  }

  // In the hours in which people write.
  Event at_work(const Span& span, Happening what, std::size_t section) {
    while (true) {
      const Event event = at_random(span, what, section);
      const auto day = std::chrono::floor<Days>(event.at);
      const auto hour = std::chrono::duration_cast<std::chrono::hours>(event.at - day).count();
      const unsigned weekday = std::chrono::weekday{day}.iso_encoding();
      double share = hour >= 8 && hour < 18 ? 1 : kNightShare;
      if (weekday > 5) share *= kWeekendShare;
      if (random_.chance(share)) return event;
    }
  }

  void add_people(const Span& span, double count, Happening what) {
    for (std::uint64_t i = 0; i < whole(count); ++i)
      add(at_work(span, what, 0));
  }

  // A fraction is one more, as often as it says.
  std::uint64_t whole(double count) {
    const double floor = std::floor(count);
    return static_cast<std::uint64_t>(floor) + (random_.chance(count - floor) ? 1U : 0U);
  }

  // A bounce, when it comes; what expires in a queue was warned of before.
  struct Returned {
    double delay = 0;
    bool expires = false;
  };
  Returned draw_return(double quick, double slow) {
    const double unit = random_.unit();
    if (unit < quick) return {std::min(kQuickMost, random_.lognormal(kQuickMedian, kSpread))};
    if (unit < quick + slow)
      return {kQuickMost + std::min(kSlowMost, random_.lognormal(kSlowMedian, kSpread))};
    return {random_.between(kExpiresLeast, kExpiresMost), true};
  }

  // Gives back how many were added.
  unsigned add_bounce(Event event, double quick, double slow, std::uint64_t most) {
    const Instant sent = event.original;
    const Returned returned = draw_return(quick, slow);
    unsigned added = 0;
    // All that is told of one original is drawn from one seed.
    const std::uint64_t seed = random_.next();
    const auto tell = [&](Kind kind, double delay) {
      if (added >= most) return;
      event.kind = kind;
      event.at = sent + seconds_of(delay);
      if (event.at >= end_) return;
      event.seed = seed;
      plan_.events.push_back(event);
      ++added;
    };
    if (returned.expires) {
      tell(Kind::Bounce, returned.delay);
      const bool warns = random_.chance(kWarnsOnce);
      if (warns) tell(Kind::Delay, kFirstWarning + random_.between(0, 1200));
      if (warns && random_.chance(kWarnsTwice)) tell(Kind::Delay, kSecondWarning);
    } else {
      tell(Kind::Bounce, returned.delay);
    }
    return added;
  }

  void add_own(const OwnMail& own, std::size_t section) {
    const double days = static_cast<double>(scenario_.length_of(own.span).count()) / kSecondsPerDay;
    const std::uint64_t count = whole(own.messages * (own.is_mailing ? 1 : days));
    for (std::uint64_t i = 0; i < count; ++i) {
      Event event = own.is_mailing ? at_random(own.span, Happening::OwnMail, section)
                                   : at_work(own.span, Happening::OwnMail, section);
      event.number = own_++;
      event.seed = random_.next();
      const std::size_t place = plan_.events.size();
      plan_.events.push_back(event);
      const std::uint8_t answers = add_own_answers(own, event);
      plan_.events[place].answers = answers;
    }
  }

  std::uint8_t add_own_answers(const OwnMail& own, Event event) {
    event.what = Happening::OwnAnswer;
    const std::size_t before = plan_.events.size();
    if (random_.chance(own.fails)) {
      if (random_.chance(own.asynchronous)) add_bounce(event, 0.7, 0.2, 3);
    } else if (random_.chance(own.auto_replies)) {
      event.kind = random_.chance(0.9) ? Kind::AutoReply : Kind::TicketAck;
      event.at += seconds_of(random_.lognormal(kQuickMedian, kSpread));
      add(event);
    }
    return static_cast<std::uint8_t>(plan_.events.size() - before);
  }

  void add_run(const Run& run, std::size_t section) {
    const std::uint64_t count = whole(answers_of(run));
    const double length = static_cast<double>(scenario_.length_of(run.span).count());
    const Bursts bursts(run, length, random_);
    const Instant start = scenario_.start_of(run.span);
    Instant last_original = start;
    const std::size_t first = plan_.events.size();
    for (std::uint64_t added = 0; added < count;) {
      Event event{.original = start + seconds_of(bursts.pick(random_.unit())),
                  .section = static_cast<std::uint16_t>(section),
                  .what = Happening::Backscatter,
                  .kind = pick(run.kinds, random_.unit())};
      last_original = std::max(last_original, event.original);
      if (event.kind == Kind::Bounce) {
        added += std::max(1U, add_bounce(event, run.delay_quick, run.delay_slow, count - added));
        continue;
      }
      event.at = event.original + seconds_of(random_.lognormal(kQuickMedian, kSpread));
      add(event);
      ++added;
    }
    Instant last_answer = start;
    for (std::size_t i = first; i < plan_.events.size(); ++i)
      last_answer = std::max(last_answer, plan_.events[i].at);
    plan_.last_originals.push_back(last_original);
    plan_.last_answers.push_back(last_answer);
  }

  const Scenario& scenario_;
  Random random_;
  Instant end_;
  Plan plan_;
  std::uint32_t own_ = 0;
};

}  // namespace

Result<Plan> make_plan(const Scenario& scenario, std::uint64_t seed) {
  return Planner(scenario, seed).make();
}

}  // namespace backstop::scenario
