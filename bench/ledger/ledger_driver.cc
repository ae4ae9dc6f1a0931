// Measures the ledger and prints one figure a line, "name value": run.py holds them to their
// targets.
//
//     ledger_driver DIRECTORY ROWS COMPARED
//
// COMPARED rows are written to the ledger and to a plain SQLite table by turns, the ledger is then
// filled up to ROWS, opened again, and asked.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/mail/address.h"
#include "core/proof/key_change.h"
#include "core/proof/token.h"
#include "edge/store/ledger_store.h"
#include "edge/store/sqlite.h"

namespace {

namespace store = backstop::store;
namespace proof = backstop::proof;
namespace mail = backstop::mail;
using backstop::Instant;
using backstop::Seconds;

constexpr std::uint64_t kDays = 21;
constexpr std::uint64_t kKeysPerMessage = 3;  // Message-ID, queue id, one recipient.
const Instant kNow = backstop::parse_instant("2026-11-21T12:00:00Z").value();

class FixedClock final : public backstop::ports::Clock {
 public:
  Instant now() const override { return kNow; }
};
class Complainer final : public store::LedgerObserver {
 public:
  void on_notice(backstop::ports::LogLevel /*level*/, std::string_view sentence) override {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(sentence.size()), sentence.data());
    std::exit(75);
  }
  void on_alarm(backstop::alarm::Alarm /*alarm*/, std::string_view sentence) override {
    on_notice(backstop::ports::LogLevel::Alarm, sentence);
  }
  void on_writes_failing(Instant /*since*/) override {}
  void on_writes_working(Instant /*now*/) override {}
};

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}
double wall() {
  return seconds_of(CLOCK_MONOTONIC);
}

void print(const char* name, double value) {
  std::printf("%s %.6g\n", name, value);
  std::fflush(stdout);
}
[[noreturn]] void give_up(const backstop::Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  std::exit(75);
}
template <class T>
T take(backstop::Result<T> result) {
  if (!result) give_up(result.error());
  return std::move(*result);
}
void take(const backstop::Result<void>& result) {
  if (!result) give_up(result.error());
}

// splitmix64: keys look like hashes.
proof::SentKey key(std::uint64_t number) {
  std::uint64_t mixed = (number + 1) * 0x9e37'79b9'7f4a'7c15;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11eb;
  return (mixed ^ (mixed >> 31)) >> 1;
}

// Message `number` of `all`: they go out evenly over the days, from many accounts.
proof::SentMessage message(std::uint64_t number, std::uint64_t all) {
  proof::SentMessage out;
  const auto span = static_cast<std::uint64_t>(Seconds(backstop::Days{kDays - 1}).count());
  out.sent =
      kNow - backstop::Days{kDays - 1} + Seconds{static_cast<std::int64_t>(number * span / all)};
  out.message = key(number * kKeysPerMessage);
  out.queue_id = key(number * kKeysPerMessage + 1);
  out.pairs = {key(number * kKeysPerMessage + 2)};
  out.sender = key(number % 1000);
  out.account = number % 1000;
  out.recipient_count = 1;
  out.header_bytes = 2000;
  return out;
}

void record(store::LedgerStore& ledger, std::uint64_t from, std::uint64_t to, std::uint64_t all,
            std::uint64_t messages_at_once) {
  for (std::uint64_t i = from; i < to; i += messages_at_once) {
    for (std::uint64_t j = i; j < std::min(to, i + messages_at_once); ++j)
      ledger.record_sent(message(j, all));
    if (!ledger.flush()) std::exit(75);
  }
}

// The same keys and values into one table, with the same settings.
class PlainTable {
 public:
  explicit PlainTable(const std::string& path)
      : database_(take(store::Database::open(path, store::Access::Create))) {
    take(database_.use_write_ahead_log());
    take(
        database_.run("PRAGMA secure_delete = FAST; PRAGMA wal_autocheckpoint = 8192;"
                      "PRAGMA cache_size = -32768;"
                      "CREATE TABLE plain(key INTEGER PRIMARY KEY, value INTEGER NOT NULL)"));
    insert_ = take(database_.prepare("INSERT OR REPLACE INTO plain VALUES(?1, ?2)"));
  }
  void record(std::uint64_t from, std::uint64_t to, std::uint64_t all,
              std::uint64_t messages_at_once) {
    for (std::uint64_t i = from; i < to; i += messages_at_once) {
      store::Transaction transaction = take(store::Transaction::begin(database_));
      for (std::uint64_t j = i; j < std::min(to, i + messages_at_once); ++j) {
        const proof::SentMessage one = message(j, all);
        put(*one.message, store::pack_entry(store::RowKind::Message, one));
        put(*one.queue_id, store::pack_entry(store::RowKind::QueueId, one));
        put(one.pairs[0], store::pack_pair(one.sent));
      }
      take(transaction.commit());
    }
  }

 private:
  void put(proof::SentKey at, std::int64_t value) {
    take(insert_.bind(1, static_cast<std::int64_t>(at)).bind(2, value).run());
  }
  store::Database database_;
  store::Statement insert_;
};

// By turns, so that both meet the same disk; each block in groups of about that many rows.  Returns
// the next message.
std::uint64_t compare_writes(store::LedgerStore& ledger, PlainTable& plain, std::uint64_t from,
                             std::uint64_t to, std::uint64_t all, std::uint64_t rows_at_once) {
  const std::uint64_t at_once = std::max<std::uint64_t>(1, rows_at_once / kKeysPerMessage);
  const std::uint64_t block = at_once * 20;
  std::uint64_t i = from;
  for (; i + block <= to; i += block) {
    const double start = wall();
    record(ledger, i, i + block, all, at_once);
    const double middle = wall();
    plain.record(i, i + block, all, at_once);
    const double end = wall();
    const auto rows = static_cast<double>(block * kKeysPerMessage);
    const std::string group = std::to_string(rows_at_once);
    print(("writes_ours_" + group).c_str(), rows / (middle - start));
    print(("writes_plain_" + group).c_str(), rows / (end - middle));
  }
  return i;
}

void measure_decision(const store::LedgerStore& ledger) {
  backstop::crypto::Secret ring_secret(std::vector<std::uint8_t>(32, 9));
  const proof::SentHasher hasher(ring_secret);
  const auto ring = take(proof::rotate_to(
      take(proof::add_key(proof::KeyRing(std::move(ring_secret), {}),
                          backstop::crypto::Secret(std::vector<std::uint8_t>(32, 1)), kNow)),
      1));
  const std::string path = "<anna.schmidt@example.com>";
  const std::string token = proof::sign_token(take(mail::parse_path(path)), ring, *ring.emitting(),
                                              kNow, proof::Nonce{1, 2, 3, 4, 5});
  constexpr int kTimes = 200'000;
  const auto time = [&](const char* name, auto act) {
    for (int round = 0; round < 9; ++round) {
      const double start = seconds_of(CLOCK_THREAD_CPUTIME_ID);
      for (int i = 0; i < kTimes; ++i)
        act(static_cast<std::uint64_t>(i));
      print(name, (seconds_of(CLOCK_THREAD_CPUTIME_ID) - start) / kTimes * 1e9);
    }
  };
  std::size_t kept = 0;
  std::vector<mail::Address> addressees(1);
  proof::LedgerQuery query;
  query.messages.resize(1);
  std::string id = "20261121.000000@example.org";
  const auto change = [&](std::uint64_t i) {
    for (std::size_t at = 9; at < 15; ++at, i /= 10)
      id[at] = static_cast<char>('0' + i % 10);
  };
  time("decision_ns", [&](std::uint64_t i) {
    addressees[0] = *mail::parse_path(path);
    kept += proof::verify_token(token, addressees, ring, kNow, proof::kDefaultLifetime)
                .addressee_matches;
    change(i);
    query.messages[0] = hasher.message(id);
    kept += ledger.look_up_now(query, kNow).has_value();
  });
  time("decision_parse_ns", [&](std::uint64_t) { kept += mail::parse_path(path)->local.size(); });
  time("decision_token_ns", [&](std::uint64_t) {
    kept += proof::verify_token(token, addressees, ring, kNow, proof::kDefaultLifetime)
                .addressee_matches;
  });
  time("decision_hash_ns", [&](std::uint64_t i) {
    change(i);
    kept += hasher.message(id) & 1;
  });
  time("decision_ledger_ns",
       [&](std::uint64_t) { kept += ledger.look_up_now(query, kNow).has_value(); });
  if (kept == 0) std::exit(70);
}

void measure_look_ups(store::LedgerStore& ledger, std::uint64_t messages) {
  constexpr std::uint64_t kMisses = 2'000'000;
  constexpr int kRounds = 7;
  constexpr std::uint64_t kHits = 50'000;
  std::size_t kept = 0;
  std::vector<proof::SentKey> keys(kMisses);
  for (std::uint64_t i = 0; i < kMisses; ++i)
    keys[i] = key((std::uint64_t{1} << 40) + i);
  proof::LedgerQuery query;
  query.messages.resize(1);
  for (int round = 0; round < kRounds; ++round) {
    double start = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    for (const proof::SentKey one : keys)
      kept += ledger.is_missing(one) ? 1U : 0U;
    double end = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    print("miss_ns", (end - start) / static_cast<double>(kMisses) * 1e9);
    start = end;
    for (std::uint64_t i = 0; i < kMisses / 10; ++i) {
      query.messages[0] = keys[i];
      kept += ledger.look_up_now(query, kNow).has_value() ? 1U : 0U;
    }
    end = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    print("miss_answer_ns", (end - start) / static_cast<double>(kMisses / 10) * 1e9);
    start = wall();
    std::uint64_t found = 0;
    for (std::uint64_t i = 0; i < kHits; ++i) {
      query.messages[0] =
          key(key(i + static_cast<std::uint64_t>(round) * kHits) % messages * kKeysPerMessage);
      found += take(ledger.look_up(query, kNow)).messages[0].has_value() ? 1U : 0U;
    }
    print("hit_us", (wall() - start) / static_cast<double>(kHits) * 1e6);
    if (found != kHits) std::exit(70);
  }
  print("false_hits",
        static_cast<double>(kRounds * (kMisses + kMisses / 10)) - static_cast<double>(kept));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string directory = argv[1];
  const std::uint64_t messages = std::strtoull(argv[2], nullptr, 10) / kKeysPerMessage;
  const std::uint64_t compared = std::strtoull(argv[3], nullptr, 10) / kKeysPerMessage;
  const FixedClock clock;
  Complainer observer;
  store::LedgerOptions options;
  options.directory = directory;
  {
    store::LedgerStore ledger(options, clock, observer);
    std::uint64_t next = 0;
    {
      PlainTable plain(directory + "/plain.db");
      next = compare_writes(ledger, plain, next, compared / 5, messages, 100);
      next = compare_writes(ledger, plain, next, compared, messages, 1000);
    }
    const double start = wall();
    record(ledger, next, messages, messages, 5000);
    print("fill_rows_per_second",
          static_cast<double>((messages - next) * kKeysPerMessage) / (wall() - start));
  }
  const std::string path = directory + "/ledger.db";
  const double keys = static_cast<double>(messages * kKeysPerMessage);
  print("bytes_per_key", static_cast<double>(std::filesystem::file_size(path)) / keys);
  std::filesystem::remove(directory + "/plain.db");

  const double start = wall();
  store::LedgerStore ledger(options, clock, observer);
  proof::LedgerQuery query;
  query.messages = {key(0), key((std::uint64_t{1} << 40))};
  query.counters = {key(1)};
  if (!take(ledger.look_up(query, kNow)).messages[0]) return 70;
  print("restart_s", wall() - start);
  while (!ledger.state().is_indexed)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  print("indexed_s", wall() - start);
  print("index_bytes_per_key", static_cast<double>(ledger.state().index_bytes) / keys);
  measure_look_ups(ledger, messages);
  measure_decision(ledger);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  print("resident_mb", static_cast<double>(used.ru_maxrss) / 1024);
  return 0;
}
