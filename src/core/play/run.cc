#include "core/play/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "core/base/assert.h"
#include "core/base/base32.h"
#include "core/play/memory.h"
#include "core/play/standard_dkim.h"
#include "core/play/standard_ring.h"
#include "core/proof/wrong_tags.h"
#include "core/transaction/transaction.h"

namespace backstop::play {
namespace {

// What the stage's mail server calls every message.
constexpr std::string_view kQueueId = "PLAY";

using transaction::Effect;
using transaction::Effects;
using transaction::Transaction;

std::string_view name_of(transaction::ReplyKind kind) {
  switch (kind) {
    case transaction::ReplyKind::Accept:
      return "accept";
    case transaction::ReplyKind::SkipBody:
      return "skip";
    case transaction::ReplyKind::Refuse:
      return "refuse";
    case transaction::ReplyKind::Defer:
      return "defer";
    case transaction::ReplyKind::Discard:
      return "discard";
  }
  BS_ASSERT(false);
}

// The stage in-process: what one step brings about is collected, questions are answered at once.
class Stage {
 public:
  Stage(const Play& play, Feeding feeding, std::shared_ptr<const config::Config> config)
      : feeding_(feeding),
        ring_(standard_ring(play.keys)),
        hasher_(ring_ == nullptr ? nullptr
                                 : std::make_shared<const proof::SentHasher>(ring_->ring_secret())),
        config_(std::move(config)),
        dkim_(config_->asks_dkim() ? standard_dkim_keys() : nullptr),
        now_(standard_clock()) {}

  std::vector<std::string> effects;
  std::vector<std::string> log;

  void act(const Step& step, const Bindings& bindings) {
    effects.clear();
    log.clear();
    std::visit([&](const auto& action) { on(action, bindings); }, step.action);
  }

 private:
  void on(const Connect& action, const Bindings&) {
    client_ = transaction::Client{.address = IpAddress::parse(action.address),
                                  .name = action.name,
                                  .daemon_name = action.daemon_name};
  }
  void on(const Mail& action, const Bindings& bindings) {
    transaction_.emplace(
        transaction::Surroundings{
            .config = config_,
            .ring = ring_,
            .hasher = hasher_,
            .gaps = std::make_shared<const std::vector<proof::SigningGap>>(gaps_),
            .dkim = dkim_,
            .attack = attack_,
            .rules = rules_},
        client_);
    tell(transaction::MailFrom{
        .sender = bindings.fill(action.path),
        .authenticated = action.authenticated,
        .wrong_tags = client_.address ? wrong_tags_.count(*client_.address, now_) : 0,
        .envelope_id = action.envelope_id,
        .sample_room = has_room_ ? std::make_shared<int>() : nullptr});
  }
  void on(const Rcpt& action, const Bindings& bindings) {
    const std::string path = bindings.fill(action.path);
    const std::string original = bindings.fill(action.original_recipient);
    tell(transaction::RcptTo{.recipient = path, .original_recipient = original});
  }
  void on(const Headers& action, const Bindings& bindings) {
    for (const auto& [name, raw] : action.fields) {
      const std::string filled = bindings.fill(raw);
      tell(transaction::HeaderField{.name = name, .raw = filled});
    }
  }
  void on(const EndOfHeaders&, const Bindings&) { tell(transaction::EndOfHeaders{}); }
  void on(const Body& action, const Bindings& bindings) {
    const std::string text = bindings.fill(action.text);
    if (feeding_ == Feeding::Whole) {
      tell(transaction::BodyChunk{text});
      return;
    }
    for (std::size_t i = 0; i < text.size(); ++i)
      tell(transaction::BodyChunk{std::string_view(text).substr(i, 1)});
  }
  void on(const EndOfMessage&, const Bindings&) { tell(transaction::EndOfMessage{kQueueId}); }
  void on(const Abort&, const Bindings&) { tell(transaction::Aborted{}); }
  void on(const Answer& action, const Bindings&) { answer_ = action; }
  void on(const SetClock& action, const Bindings&) { now_ = action.now; }
  void on(const SetAttack& action, const Bindings&) { attack_ = action.attack; }
  void on(const SetRules& action, const Bindings&) {
    rules_ = std::make_shared<const watch::RuleBook>(action.rules);
  }
  void on(const SetSampling& action, const Bindings&) { has_room_ = action.has_room; }
  void on(const AddGap& action, const Bindings&) {
    proof::add_gap(gaps_, action.gap, now_, config_->lifetime);
  }

  void tell(const transaction::Event& event) {
    if (!transaction_) return;
    Effects out;
    transaction_->on(event, now_, out);
    std::optional<Result<transaction::Answer>> answer;
    for (const Effect& effect : out) {
      if (std::holds_alternative<transaction::AskPermit>(effect)) answer.emplace(grant());
      if (const auto* asked = std::get_if<transaction::AskLedger>(&effect))
        answer.emplace(look_up(asked->query));
      if (const auto* asked = std::get_if<transaction::AskDkimKey>(&effect))
        answer.emplace(look_up(asked->name));
      if (std::holds_alternative<transaction::AskCanaryPass>(effect))
        answer.emplace(fail(Errc::Exists, "", "no pass is granted in a play"));
      if (const auto* sent = std::get_if<transaction::RecordSent>(&effect))
        memory_.record(sent->message);
      if (const auto* used = std::get_if<transaction::CountUses>(&effect))
        memory_.count(used->uses);
      if (const auto* wrong = std::get_if<transaction::CountWrongTag>(&effect))
        wrong_tags_.add(wrong->client, now_);
      if (const auto* record = std::get_if<transaction::Record>(&effect))
        log.push_back(transaction::render_log_line(*record, kQueueId));
      if (std::string text = render_effect(effect); !text.empty())
        effects.push_back(std::move(text));
    }
    if (answer) tell(transaction::Answered{*std::move(answer)});
  }

  Result<transaction::Answer> look_up(const proof::LedgerQuery& query) {
    if (answer_ && answer_->to == Answer::To::Ledger) {
      answer_.reset();
      return fail(Errc::Unavailable, "", "scripted");
    }
    return memory_.look_up(query, now_);
  }

  Result<transaction::Answer> look_up(const proof::DkimKeyName& name) {
    if (answer_ && answer_->to == Answer::To::DkimKey) {
      answer_.reset();
      return fail(Errc::Unavailable, "", "scripted");
    }
    return standard_dns_answer(name);
  }

  Result<transaction::Answer> grant() {
    Answer answer{.to = Answer::To::Permit, .granted = true, .nonce_hex = "0102030405"};
    if (answer_ && answer_->to == Answer::To::Permit) {
      answer = *answer_;
      answer_.reset();
    }
    if (!answer.granted || ring_ == nullptr || ring_->emitting() == nullptr) {
      return fail(Errc::Unavailable, "", "scripted");
    }
    transaction::SigningPermit permit{
        .ring = ring_, .key = ring_->emitting()->info().id, .nonce = {}};
    const auto nonce = decode_hex(answer.nonce_hex);
    std::copy(nonce->begin(), nonce->end(), permit.nonce.begin());
    return permit;
  }

  Feeding feeding_;
  std::shared_ptr<const proof::KeyRing> ring_;
  std::shared_ptr<const proof::SentHasher> hasher_;
  std::shared_ptr<const config::Config> config_;
  std::shared_ptr<const proof::DkimKeys> dkim_;
  Instant now_;
  policy::Attack attack_ = policy::Attack::Peace;
  std::shared_ptr<const watch::RuleBook> rules_;
  bool has_room_ = false;
  std::vector<proof::SigningGap> gaps_;
  Memory memory_;
  proof::WrongTags wrong_tags_;
  transaction::Client client_;
  std::optional<Transaction> transaction_;
  std::optional<Answer> answer_;
};

struct Renderer {
  std::string operator()(const transaction::AskPermit&) const { return "ask permit"; }
  // Between a transaction and its ledger; what comes of it shows.
  std::string operator()(const transaction::AskLedger&) const { return ""; }
  std::string operator()(const transaction::AskDkimKey& e) const {
    return fmt::format("ask dkim-key {} {}", e.name.selector, e.name.domain);
  }
  std::string operator()(const transaction::AskCanaryPass&) const { return "ask canary-pass"; }
  std::string operator()(const transaction::RecordSent&) const { return ""; }
  std::string operator()(const transaction::CountUses&) const { return ""; }
  std::string operator()(const transaction::InsertField& e) const {
    return fmt::format("insert {}: {}", e.name, e.value);
  }
  std::string operator()(const transaction::RemoveField& e) const {
    return fmt::format("remove {} {}", e.name, e.occurrence);
  }
  std::string operator()(const transaction::ChangeSender& e) const {
    return fmt::format("sender {}{}{}", e.sender.text(),
                       e.envelope_id.empty() ? "" : " ENVID=", e.envelope_id);
  }
  std::string operator()(const transaction::CountWrongTag&) const { return ""; }
  std::string operator()(const transaction::CountRule& e) const {
    return fmt::format("rule r{} {}", e.rule, name_of(e.deed));
  }
  std::string operator()(const transaction::KeepSample& e) const {
    std::string rules;
    for (const unsigned rule : e.rules)
      rules += fmt::format(" r{}", rule);
    return fmt::format("sample {}{}{}", e.recipient, e.is_cut ? " cut" : "", rules);
  }
  std::string operator()(const transaction::Hold& e) const { return fmt::format("hold {}", e.why); }
  std::string operator()(const transaction::Note& e) const {
    return fmt::format("note {}{}{}", policy::name_of(e.reason), e.detail.empty() ? "" : " ",
                       e.detail);
  }
  std::string operator()(const transaction::Record&) const { return ""; }
  std::string operator()(const transaction::Reply& e) const {
    if (e.code == 0) return fmt::format("reply {}", name_of(e.kind));
    return fmt::format("reply {} {} {} {}", name_of(e.kind), e.code, e.enhanced, e.text);
  }
};

}  // namespace

std::string render_effect(const Effect& effect) {
  return std::visit(Renderer{}, effect);
}

void compare_step(const Step& step, const std::vector<std::string>& effects,
                  const std::vector<std::string>& log, Bindings& bindings,
                  std::vector<Failure>& failures) {
  const std::size_t both = std::min(effects.size(), step.expected.size());
  for (std::size_t i = 0; i < both; ++i) {
    const auto& [line, pattern] = step.expected[i];
    if (bindings.match(pattern, effects[i])) continue;
    failures.push_back(
        {line, fmt::format("expected '{}', got '{}'", bindings.fill(pattern), effects[i])});
  }
  for (std::size_t i = both; i < step.expected.size(); ++i) {
    failures.push_back({step.expected[i].first,
                        fmt::format("expected '{}', got nothing", step.expected[i].second)});
  }
  for (std::size_t i = both; i < effects.size(); ++i) {
    failures.push_back({step.line, fmt::format("expected nothing more, got '{}'", effects[i])});
  }
  for (const auto& [line, pattern] : step.expected_log) {
    const bool met = std::any_of(log.begin(), log.end(), [&](const std::string& text) {
      return bindings.match(pattern, text);
    });
    if (met) continue;
    failures.push_back(
        {line, fmt::format("no log line is '{}'; there are {}{}", pattern, log.size(),
                           log.empty() ? "" : ", the last '" + log.back() + "'")});
  }
}

Result<std::vector<Failure>> run_play(const Play& play, Feeding feeding) {
  BS_TRY(config::Config config, config::parse_config(play.config, play.origin + " (config)"));
  Stage stage(play, feeding, std::make_shared<const config::Config>(std::move(config)));
  Bindings bindings;
  std::vector<Failure> failures;
  for (const Step& step : play.steps) {
    stage.act(step, bindings);
    compare_step(step, stage.effects, stage.log, bindings, failures);
  }
  return failures;
}

}  // namespace backstop::play
