#include "app/replay_run.h"

#include <algorithm>

#include "core/base/ascii.h"

namespace backstop::app {
namespace {

using replay::Replayed;
using transaction::HistoryRow;

constexpr std::uint64_t kRowsBetweenProgress = 8192;

Difference make_difference(const HistoryRow& row, const Replayed& replayed) {
  return {.at = row.at,
          .queue_id = row.queue_id,
          .recipients = row.recipients,
          .recipient_count = row.recipient_count,
          .kind = row.kind,
          .then = {row.verdict, row.decision, row.enforced, row.reasons},
          .now = {std::string(policy::name_of(replayed.now.verdict)),
                  std::string(policy::name_of(replayed.now.decision)),
                  std::string(policy::name_of(replayed.now.enforced)), replayed.reasons},
          .is_harmful = replayed.is_harmful};
}

class Counting {
 public:
  explicit Counting(ReplayResult& result) : result_(result) {}

  void count(const HistoryRow& row, const Replayed& replayed) {
    ++result_.messages;
    for (unsigned i = 0; i < replay::kUnknownCount; ++i)
      if (replayed.unknowns.has(static_cast<replay::Unknown>(i))) ++result_.unknown.at(i);
    if (replayed.differs) ++result_.differ;
    if (replayed.is_harmful) {
      ++result_.harmful;
      if (result_.harm.size() < kHarmHeld) result_.harm.push_back(make_difference(row, replayed));
    }
    if (row.decision != decision_) {
      decision_ = row.decision;
      then_ = policy::parse_decision(decision_).value_or(policy::Decision::Accept);
    }
    const bool unread = replayed.unknowns.has(replay::Unknown::Facts);
    const policy::Decision now = unread ? then_ : replayed.now.decision;
    std::size_t first = 0;
    for (const std::string& recipient : row.recipients) {
      const std::string_view domain = domain_of(recipient);
      if (domain.empty() || is_counted(row, first++, domain)) continue;
      DomainReplay& of = find(domain);
      ++of.messages;
      ++of.then.at(static_cast<std::size_t>(then_));
      ++of.now.at(static_cast<std::size_t>(now));
      if (replayed.differs) ++of.differ;
      if (replayed.is_harmful) ++of.harmful;
    }
  }

 private:
  static std::string_view domain_of(std::string_view shown) {
    const std::size_t at = shown.rfind('@');
    return at == shown.npos ? std::string_view() : shown.substr(at + 1);
  }
  // Whether one of the recipients before was of that domain.
  static bool is_counted(const HistoryRow& row, std::size_t shown_before, std::string_view domain) {
    for (const std::string& recipient : row.recipients) {
      if (shown_before == 0) return false;
      const std::string_view other = domain_of(recipient);
      if (other.empty()) continue;
      if (ascii::equals_folded(other, domain)) return true;
      --shown_before;
    }
    return false;
  }
  DomainReplay& find(std::string_view domain) {
    if (last_ != nullptr && last_name_ == domain) return *last_;
    last_name_ = domain;
    last_ = &result_.domains[ascii::lower(domain)];
    return *last_;
  }

  ReplayResult& result_;
  std::string decision_ = std::string(policy::name_of(policy::Decision::Accept));
  policy::Decision then_ = policy::Decision::Accept;
  std::string last_name_;
  DomainReplay* last_ = nullptr;
};

}  // namespace

Result<ReplayResult> run_replay(store::HistoryScan& scan, replay::Replay& replay,
                                const ReplayJob& job) {
  ReplayResult out;
  out.from = job.from;
  out.to = job.to;
  out.not_replayed = replay.not_replayed();
  Counting counting(out);
  BS_TRY_VOID(scan.visit(job.from, job.to, [&](const HistoryRow& row, std::int64_t outcome) {
    counting.count(row, replay.judge(row, outcome));
    if (job.on_progress && out.messages % kRowsBetweenProgress == 0) job.on_progress(out.messages);
    return true;
  }));
  return out;
}

Result<void> visit_differences(store::HistoryScan& scan, replay::Replay& replay,
                               const ReplayResult& result,
                               const std::function<void(const Difference&)>& visit) {
  std::uint64_t harmful = 0;
  std::uint64_t messages = 0;
  return scan.visit(result.from, result.to, [&](const HistoryRow& row, std::int64_t outcome) {
    // What was written meanwhile was not counted either.
    if (messages++ == result.messages) return false;
    const Replayed& replayed = replay.judge(row, outcome);
    const bool shown = replayed.is_harmful && harmful++ < result.harm.size();
    if ((replayed.differs || replayed.is_harmful) && !shown) visit(make_difference(row, replayed));
    return true;
  });
}

}  // namespace backstop::app
