// Measures the watch under attack and prints one figure a line, "name value": run.py holds them to
// their targets.
//
//     watch_driver EVENTS...
//
// The attack of an hour: of its events half are recipients refused, half are judged messages with
// the marks of some runs; the senders are 100,000 clients, the forged addresses more than 1,000,000
// in 1,000 domains.  For each number of events a watch of its own takes them; the floor takes the
// same events and only counts them by domain.
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/watch/hash.h"
#include "core/watch/watch.h"

namespace {

using backstop::Instant;
using backstop::IpAddress;
using backstop::Seconds;
using namespace backstop::watch;

constexpr std::size_t kBlock = std::size_t{1} << 17U;
constexpr std::size_t kDomains = 1000;
constexpr std::size_t kClients = 100'000;
constexpr std::size_t kRuns = 20;
constexpr std::size_t kSuffix = 4;  // Letters that make addresses differ from round to round.
// A small number of events is taken so often, by a new watch each time.
constexpr std::size_t kRepeatedTo = 200'000;
const Instant kStart = backstop::parse_instant("2026-11-16T00:00:00Z").value();

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::size_t heap_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// One block of events that is gone through again and again, with other addresses each time.
class Flood {
 public:
  Flood() {
    for (std::size_t i = 0; i < kDomains; ++i)
      domains_.push_back(fmt::format("customer{}.example", i));
    for (std::size_t i = 0; i < kBlock; ++i) {
      const std::uint64_t draw = mix(i + 1);
      const std::size_t run = draw % kRuns;
      locals_.push_back(fmt::format("Anna{:x}{}", draw >> 40U, std::string(kSuffix, 'a')));
      subjects_.push_back(draw % 5 == 0
                              ? fmt::format("made up for this one {:x}", draw)
                              : fmt::format("an offer of run {}", std::string(run + 1, 'q')));
      message_ids_.push_back(
          fmt::format("{:x}@mx{}.run{}.test", draw, draw % 7, std::string(run + 1, 'q')));
    }
    messages_.resize(kBlock);
    events_.resize(kBlock);
    for (std::size_t i = 0; i < kBlock; ++i) {
      const std::uint64_t draw = mix(i + 1);
      const bool is_judged = draw % 2 == 0;
      messages_[i] = JudgedMessage{.kind = backstop::reading::Kind::Bounce,
                                   .verdict = Verdict::Forged,
                                   .subject = subjects_[i],
                                   .message_id = message_ids_[i],
                                   .from = "sales@run.test",
                                   .source = domains_[draw % 900],
                                   .language = "en"};
      const std::size_t client = i % kClients;
      events_[i] = Event{.what = is_judged ? Seen::Judged : Seen::Refused,
                         .client = IpAddress::parse(fmt::format(
                             "10.{}.{}.{}", client >> 16U, client >> 8U & 255U, client & 255U)),
                         .null_sender = true,
                         .local = locals_[i],
                         .domain = domains_[(draw >> 8U) % kDomains],
                         .address = AddressState::Nonexistent,
                         .message = is_judged ? &messages_[i] : nullptr};
    }
  }

  // The nth event of an hour that has `all`.
  const Event& next(std::size_t n, std::size_t all) {
    const std::size_t i = n % kBlock;
    Event& event = events_[i];
    const Seconds within(static_cast<std::int64_t>(n * 3600 / all));
    event.at = kStart + within;
    if (messages_[i].subject.data() != nullptr) messages_[i].original_at = event.at - Seconds{40};
    std::string& local = locals_[i];
    std::size_t round = n / kBlock;
    for (std::size_t at = local.size() - kSuffix; at < local.size(); ++at, round /= 26)
      local[at] = static_cast<char>('a' + round % 26);
    return event;
  }

 private:
  std::vector<std::string> domains_;
  std::vector<std::string> locals_;
  std::vector<std::string> subjects_;
  std::vector<std::string> message_ids_;
  std::vector<JudgedMessage> messages_;
  std::vector<Event> events_;
};

std::size_t times_of(std::size_t events) {
  return events >= kRepeatedTo ? 1 : kRepeatedTo / events;
}

void measure_watch(Flood& attack, std::size_t events) {
  double cpu = 0;
  std::size_t heap = 0;
  const std::size_t times = times_of(events);
  for (std::size_t time = 0; time < times; ++time) {
    const std::size_t before = heap_bytes();
    Watch watch(time + 1);
    const double began = cpu_seconds();
    Instant polled = kStart;
    for (std::size_t n = 0; n < events; ++n) {
      // As many differ as may, also among few.
      const Event& event = attack.next(n + time * events, events * times);
      watch.add(event);
      if (event.at == polled) continue;
      polled = event.at;
      watch.poll(polled);
      watch.attack_list();
    }
    cpu += cpu_seconds() - began;
    heap = std::max(heap, heap_bytes() - before);
    if (time == 0) std::printf("memory_told_%zu %zu\n", events, watch.memory_bytes());
  }
  std::printf("event_ns_%zu %.1f\n", events, cpu * 1e9 / static_cast<double>(events * times));
  std::printf("memory_%zu %zu\n", events, heap);
}

void measure_floor(Flood& attack, std::size_t events) {
  double cpu = 0;
  std::uint64_t most = 0;
  const std::size_t times = times_of(events);
  for (std::size_t time = 0; time < times; ++time) {
    std::unordered_map<std::string, std::uint64_t> counts;
    const double began = cpu_seconds();
    for (std::size_t n = 0; n < events; ++n) {
      const Event& event = attack.next(n + time * events, events * times);
      most = std::max(most, ++counts[std::string(event.domain)]);
    }
    cpu += cpu_seconds() - began;
  }
  std::printf("floor_ns_%zu %.1f\n", events, cpu * 1e9 / static_cast<double>(events * times));
  if (most == 0) std::puts("floor_counted 0");
}

}  // namespace

int main(int argc, char** argv) {
  Flood attack;
  for (int i = 1; i < argc; ++i) {
    const std::size_t events = std::strtoul(argv[i], nullptr, 10);
    if (events == 0) return 2;
    measure_floor(attack, events);
    measure_watch(attack, events);
  }
  return 0;
}
