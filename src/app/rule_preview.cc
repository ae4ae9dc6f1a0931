#include "app/rule_preview.h"

#include <algorithm>
#include <map>

#include "core/mail/address.h"
#include "core/policy/policy.h"
#include "core/reading/reading.h"
#include "core/transaction/history_row.h"
#include "core/transaction/judge.h"
#include "edge/store/history_scan.h"

namespace backstop::app {
namespace {

using policy::Decision;
using transaction::HistoryRow;

// Recipients that are counted one by one; the rest of a flood is only counted as messages.
constexpr std::size_t kCounted = 10'000;
constexpr std::size_t kShown = 10;

class Preview {
 public:
  Preview(const watch::Rule& rule, const proof::SentHasher* hasher) : rule_(rule) {
    if (hasher == nullptr) return;
    if (!rule.subject.empty()) subject_ = hasher->text(rule.subject);
    if (!rule.message_id.empty()) origin_ = hasher->text(rule.message_id);
  }

  void add(const HistoryRow& row) {
    const auto facts = transaction::parse_row_facts(row.facts);
    Effect hardest = Effect::None;
    for (std::size_t i = 0; i < row.recipients.size(); ++i) {
      const auto recipient = mail::parse_path(row.recipients[i]);
      if (!recipient || !fits(row, *recipient)) continue;
      const auto which = facts ? transaction::find_facts_of(row, i) : std::nullopt;
      const bool is_told = which && *which < facts->size();
      Effect effect = Effect::NotTold;
      if (is_told && returned_fits(row)) effect = effect_on((*facts)[*which]);
      if (is_told && !returned_fits(row) && !is_unknown(row, (*facts)[*which])) continue;
      hardest = std::max(hardest, effect);
      count(mail::canonical(*recipient));
    }
    if (hardest != Effect::None) add(hardest);
  }

  RulePreview take() {
    for (const auto& [name, n] : recipients_)
      out_.recipients.emplace_back(name, n);
    std::ranges::stable_sort(out_.recipients, std::greater{},
                             &std::pair<std::string, std::uint64_t>::second);
    if (out_.recipients.size() > kShown) out_.recipients.resize(kShown);
    return std::move(out_);
  }

 private:
  enum class Effect : std::uint8_t { None, NotTold, AsBefore, Proved, Held, Refused };

  bool fits(const HistoryRow& row, const mail::Address& recipient) const {
    if (mail::canonical_domain(recipient.domain) != rule_.domain) return false;
    if (rule_.action == watch::RuleAction::Valve) return row.sender.empty();
    if (rule_.kind && reading::name_of(*rule_.kind) != row.kind) return false;
    if (!rule_.address.empty() && mail::canonical(recipient) != rule_.address) return false;
    if (!rule_.pattern.empty() && watch::find_pattern(recipient.local) != rule_.pattern)
      return false;
    return true;
  }

  bool returned_fits(const HistoryRow& row) const {
    if (rule_.action == watch::RuleAction::Valve) return true;
    if (!rule_.subject.empty() && (!subject_ || row.subject != *subject_)) return false;
    return rule_.message_id.empty() || (origin_ && row.origin == *origin_);
  }

  // What came back is not told: there are no keys, or the row was written before that was kept.
  bool is_unknown(const HistoryRow& row, const policy::Facts& facts) const {
    if (!rule_.subject.empty() && !subject_) return true;
    if (!rule_.message_id.empty() && !origin_) return true;
    return row.subject == 0 && row.origin == 0 && facts.returned != policy::ReturnedShape::None;
  }

  Effect effect_on(policy::Facts facts) {
    facts.rule = policy::Rule::None;
    const policy::Judgement without = policy::decide(facts);
    facts.rule = transaction::rule_of(rule_.action);
    const policy::Judgement with = policy::decide(facts);
    const bool proved = without.verdict == policy::Verdict::Genuine ||
                        without.verdict == policy::Verdict::Late ||
                        without.verdict == policy::Verdict::NotBackscatter;
    if (proved) return Effect::Proved;
    if (with.enforced <= without.enforced) return Effect::AsBefore;
    if (facts.hint || facts.signature_hint || facts.pair != policy::Pair::Absent) ++out_.hinted;
    return with.enforced == Decision::Refuse ? Effect::Refused : Effect::Held;
  }

  void count(std::string recipient) {
    const auto found = recipients_.find(recipient);
    if (found != recipients_.end()) {
      ++found->second;
    } else if (recipients_.size() < kCounted) {
      recipients_.emplace(std::move(recipient), 1);
    }
  }

  void add(Effect effect) {
    ++out_.fit;
    switch (effect) {
      case Effect::None:
        break;
      case Effect::NotTold:
        ++out_.not_told;
        break;
      case Effect::AsBefore:
        ++out_.as_before;
        break;
      case Effect::Proved:
        ++out_.proved;
        break;
      case Effect::Held:
        ++out_.held;
        break;
      case Effect::Refused:
        ++out_.refused;
        break;
    }
  }

  const watch::Rule& rule_;
  std::optional<proof::SentKey> subject_;
  std::optional<proof::SentKey> origin_;
  RulePreview out_;
  std::map<std::string, std::uint64_t> recipients_;
};

}  // namespace

Result<RulePreview> preview_rule(const config::Config& config, const watch::Rule& rule,
                                 const proof::SentHasher* hasher, Instant now) {
  BS_TRY(store::HistoryScan scan, store::HistoryScan::open(config.store_directory));
  Preview preview(rule, hasher);
  BS_TRY_VOID(
      scan.visit(now - kPreviewed, now + Seconds{1}, [&](const HistoryRow& row, std::int64_t) {
        preview.add(row);
        return true;
      }));
  return preview.take();
}

}  // namespace backstop::app
