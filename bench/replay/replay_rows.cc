// Writes a history of judged messages, for run.py.
//
//     replay_rows DIRECTORY ROWS SEED
//
// Spread over the 14 days before now: an attack on random addresses of one domain for most of it,
// and all sorts of facts for the rest; one message in twenty has several recipients who differ.
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "core/transaction/judge.h"
#include "edge/os/clock.h"
#include "edge/store/history_file.h"

namespace {

using backstop::Instant;
using backstop::Seconds;
using backstop::policy::Facts;
namespace policy = backstop::policy;
namespace transaction = backstop::transaction;

constexpr std::size_t kRowsAtOnce = 5000;
constexpr std::int64_t kSpan = 14 * 86400 - 600;

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  transaction::HistoryRow make(Instant at, std::uint64_t number) {
    transaction::Record record;
    record.at = at;
    record.kind = backstop::reading::Kind::Bounce;
    record.client = "203.0.113." + std::to_string(below(250) + 1);
    const unsigned count = below(20) == 0 ? 3 : 1;
    std::vector<policy::Judgement> judgements;
    for (unsigned i = 0; i < count; ++i) {
      record.recipient_addresses.emplace_back(
          backstop::mail::Address{"user" + std::to_string(below(200'000)), "example.com"}, true);
      record.facts.push_back(below(10) < 8 ? forged() : anything());
      judgements.push_back(policy::decide(record.facts.back()));
    }
    record.recipient_count = count;
    record.judgement = transaction::combine(judgements);
    return transaction::make_history_row(record, "4f" + std::to_string(number));
  }

 private:
  unsigned below(unsigned end) { return static_cast<unsigned>(random_() % end); }
  static Facts forged() {
    Facts facts;
    facts.kind = backstop::reading::Kind::Bounce;
    facts.returned = policy::ReturnedShape::Enough;
    facts.coverage = policy::Coverage::Covered;
    return facts;
  }
  Facts anything() {
    Facts facts = forged();
    facts.token = static_cast<backstop::proof::ProofResult>(below(6));
    facts.ledger = static_cast<backstop::proof::ProofResult>(below(6));
    facts.returned = static_cast<policy::ReturnedShape>(below(3));
    facts.hint = below(4) == 0;
    facts.pair = static_cast<policy::Pair>(below(3));
    facts.coverage = static_cast<policy::Coverage>(below(3));
    facts.recipient =
        below(10) == 0 ? policy::RecipientClass::Role : policy::RecipientClass::Ordinary;
    return facts;
  }

  std::mt19937_64 random_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "replay_rows DIRECTORY ROWS SEED\n");
    return 2;
  }
  auto file = backstop::store::HistoryFile::open(argv[1]);
  if (!file) {
    std::fprintf(stderr, "%s\n", file.error().text().c_str());
    return 75;
  }
  const auto rows = static_cast<std::uint64_t>(std::atoll(argv[2]));
  Maker maker(static_cast<unsigned>(std::atoi(argv[3])));
  const Instant begin = backstop::os::SystemClock().now() - Seconds{kSpan};
  std::vector<transaction::HistoryRow> waiting;
  for (std::uint64_t i = 0; i < rows; ++i) {
    const auto second = static_cast<std::int64_t>(i * (kSpan - 600) / rows);
    waiting.push_back(maker.make(begin + Seconds{second}, i));
    if (waiting.size() < kRowsAtOnce && i + 1 < rows) continue;
    if (const auto written = file->write(waiting); !written) {
      std::fprintf(stderr, "%s\n", written.error().text().c_str());
      return 75;
    }
    waiting.clear();
  }
  return 0;
}
