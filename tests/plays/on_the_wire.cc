#include "plays/on_the_wire.h"

#include <fmt/format.h>

#include <algorithm>

#include "milter_client/client.h"

namespace backstop::play {
namespace {

bool is_on_the_wire(std::string_view effect) {
  return effect.starts_with("insert ") || effect.starts_with("remove ") ||
         effect.starts_with("sender ") || effect.starts_with("hold ") ||
         (effect.starts_with("reply ") && effect != "reply skip");
}

std::vector<std::string> render_outcome(const milter_client::Outcome& outcome) {
  std::vector<std::string> effects;
  for (const auto& change : outcome.removed)
    effects.push_back(fmt::format("remove {} {}", change.name, change.index));
  for (const auto& change : outcome.inserted) {
    effects.push_back(fmt::format("insert {}: {}", change.name, change.value));
    if (change.index != 0) effects.back() += fmt::format(" (at index {})", change.index);
  }
  if (outcome.sender) {
    effects.push_back("sender " + outcome.sender->substr(1, outcome.sender->size() - 2));
    std::string arguments = outcome.sender_arguments;
    std::ranges::replace(arguments, '\0', ' ');
    if (!arguments.empty()) effects.back() += " " + arguments.substr(0, arguments.size() - 1);
  }
  if (outcome.quarantine) effects.push_back("hold " + *outcome.quarantine);
  if (outcome.passed()) {
    effects.emplace_back("reply accept");
  } else if (outcome.reply == 'd') {
    effects.emplace_back("reply discard");
  } else {
    effects.push_back(outcome.reply == 'y' ? "reply refuse " + outcome.text
                                           : fmt::format("reply '{}'", outcome.reply));
  }
  return effects;
}

class Actor {
 public:
  Actor(milter_client::Client client, const Backstage& backstage)
      : client_(std::move(client)), backstage_(backstage) {}

  void act(const Step& step) {
    if (const auto* rcpt = std::get_if<Rcpt>(&step.action)) return on_recipient(step, *rcpt);
    std::visit([&](const auto& action) { on(action); }, step.action);
    for (const auto& [line, pattern] : step.expected) {
      if (is_on_the_wire(pattern)) message_.expected.emplace_back(line, pattern);
    }
    for (const auto& expectation : step.expected_log)
      message_.expected_log.push_back(expectation);
    message_.line = step.line;
    if (std::holds_alternative<EndOfMessage>(step.action)) conclude();
  }

  std::vector<Failure> failures;

 private:
  void on(const Connect& action) {
    if (begun_) client_.end_client();
    begun_ = true;
    client_.begin({.host = action.name.empty() ? "unknown" : action.name,
                   .address = action.address,
                   .daemon_name = action.daemon_name.empty() ? "smtpd" : action.daemon_name});
  }
  void on(const Mail& action) {
    message_ = Step{};
    client_.mail(bindings_.fill(action.path), action.authenticated, "PLAY", action.envelope_id);
  }
  // Its reply, if there is one, is of this recipient alone.
  void on_recipient(const Step& step, const Rcpt& action) {
    const std::string reply =
        client_.rcpt(bindings_.fill(action.path), bindings_.fill(action.original_recipient));
    std::vector<std::string> effects;
    if (!reply.empty())
      effects.push_back((reply.front() == '5' ? "reply refuse " : "reply defer ") + reply);
    Step wanted{.line = step.line, .action = step.action, .expected = {}, .expected_log = {}};
    for (const auto& [line, pattern] : step.expected) {
      if (is_on_the_wire(pattern)) wanted.expected.emplace_back(line, pattern);
    }
    compare_step(wanted, effects, {}, bindings_, failures);
  }
  void on(const Rcpt&) {}
  void on(const Headers& action) {
    for (const auto& [name, raw] : action.fields) {
      // As an MTA hands a value over: without the blank behind the colon.
      const std::string filled = bindings_.fill(raw);
      client_.header(name, filled.starts_with(' ') ? std::string_view(filled).substr(1) : filled);
    }
  }
  void on(const EndOfHeaders&) { client_.eoh(); }
  void on(const Body& action) { client_.body(bindings_.fill(action.text)); }
  void on(const EndOfMessage&) { effects_ = render_outcome(client_.eom()); }
  void on(const Abort&) {
    client_.abort();
    message_ = Step{};
  }
  void on(const Answer& action) { backstage_.set_answer(action); }
  void on(const SetClock& action) { backstage_.set_clock(action); }
  void on(const SetAttack& action) { backstage_.set_attack(action); }
  void on(const SetRules& action) { backstage_.set_rules(action); }
  void on(const SetSampling& action) { backstage_.set_sampling(action); }
  void on(const AddGap& action) { backstage_.add_gap(action); }

  void conclude() {
    compare_step(message_, effects_, backstage_.take_log(), bindings_, failures);
    message_ = Step{};
  }

  milter_client::Client client_;
  const Backstage& backstage_;
  Bindings bindings_;
  Step message_;  // All that is expected of the message under way.
  std::vector<std::string> effects_;
  bool begun_ = false;
};

}  // namespace

Result<std::vector<Failure>> act_on_the_wire(const Play& play, const config::Endpoint& endpoint,
                                             const Backstage& backstage) {
  BS_TRY(milter_client::Client client, milter_client::Client::connect(endpoint));
  Actor actor(std::move(client), backstage);
  for (const Step& step : play.steps)
    actor.act(step);
  return std::move(actor.failures);
}

}  // namespace backstop::play
