#include "app/canary_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/canary_fault.h"
#include "app/canary_mail.h"
#include "core/base/ascii.h"
#include "core/base/base32.h"
#include "core/base/limits.h"
#include "core/proof/canary_pass.h"
#include "core/proof/tag.h"
#include "core/proof/tag_dialect.h"
#include "edge/smtp/client.h"

namespace backstop::app {
namespace {

using policy::Decision;
using policy::Verdict;
using smtp::Reply;

bool is_deferral(const Reply& reply) {
  return reply.code / 100 == 4;
}

// The attributes after "XCLIENT" in the answer to EHLO; nothing where it is not offered.
std::optional<std::string> find_xclient(const Reply& hello) {
  for (const std::string& line : hello.lines) {
    if (ascii::starts_with_folded(line, "XCLIENT")) return line.substr(7) + " ";
  }
  return std::nullopt;
}

// What came of one twin at the end of its message.
struct Answer {
  Reply reply;
  Result<std::optional<CanaryVerdict>> verdict;
};

std::string say_answer(const Answer& answer) {
  std::string out = answer.reply.text();
  if (!answer.verdict) return out + "; verdict not known: " + answer.verdict.error().text();
  const auto& verdict = *answer.verdict;
  return out + (verdict
                    ? fmt::format("; {} ({})", policy::name_of(verdict->verdict), verdict->reason)
                    : "; not judged");
}

class Run {
 public:
  Run(const CanaryWorld& world, Instant now)
      : world_(world), now_(now), recipient_(*find_canary_recipient(world.config)) {
    report_.at = now;
    report_.recipient = recipient_;
    domain_ = world.config.find_domain(mail::canonical_domain(recipient_.domain));
  }

  CanaryReport run() {
    if (!enter()) return std::move(report_);
    try_genuine();
    if (client_ && domain_->tag) try_tags();
    if (client_) try_forged();
    if (client_) static_cast<void>(client_->command("QUIT"));
    return std::move(report_);
  }

 private:
  void add(CanaryStep step) { report_.steps.push_back(std::move(step)); }

  // The conversation is over.
  bool break_off(std::optional<CanaryTwin> twin, std::string asked, const Error& error) {
    add({.twin = twin,
         .outcome = CanaryOutcome::Unreached,
         .asked = std::move(asked),
         .answered = error.text(),
         .expected = "an answer",
         .cause = "nobody listens there, or the mail server is just restarting",
         .todo = "look whether the mail server runs; " + std::string(kCanarySetUp)});
    client_.reset();
    return false;
  }

  bool enter() {
    const smtp::Server server{.address = world_.config.canary.address,
                              .port = world_.config.canary.port,
                              .wait = limits::kCanaryWait,
                              .stopped = world_.stopped};
    auto client = smtp::Client::connect(server);
    if (!client) return break_off({}, "connect to " + server.text(), client.error());
    client_.emplace(*std::move(client));
    const auto hello = greet();
    if (!hello) return false;
    if (const auto attributes = find_xclient(*hello)) {
      std::string line = "XCLIENT";
      const std::string address = world_.config.canary.client.find(':') == std::string::npos
                                      ? world_.config.canary.client
                                      : "IPV6:" + world_.config.canary.client;
      for (const auto& [name, value] :
           {std::pair<std::string, std::string>{"NAME", fmt::format("mx.{}", proof::kCanaryDomain)},
            {"REVERSE_NAME", fmt::format("mx.{}", proof::kCanaryDomain)},
            {"ADDR", address}}) {
        if (attributes->find(" " + name + " ") != std::string::npos)
          line += fmt::format(" {}={}", name, value);
      }
      const auto taken = client_->command(line);
      if (!taken) return break_off({}, line, taken.error());
      if (!taken->positive()) return refuse_entry(line, *taken);
      if (!greet()) return false;
    }
    add({.asked = "connect to " + server.text(),
         .answered = "it takes us for a stranger",
         .expected = "a way in"});
    look_at_drift(server.text());
    return true;
  }

  // What is tried says nothing of strangers' mail where the two ways differ.
  void look_at_drift(const std::string& listener) {
    if (!world_.find_drift) return;
    const std::vector<std::string> drift = world_.find_drift();
    if (drift.empty()) return;
    add({.outcome = CanaryOutcome::Wrong,
         .asked =
             fmt::format("master.cf, whether {} is as the service that strangers reach", listener),
         .answered = fmt::format("{}", fmt::join(drift, "; ")),
         .expected = "the same options",
         .cause =
             "master.cf was changed after setup, so strangers meet other rules than the canary",
         .todo = "look whether it is meant so; then: " + std::string(kCanarySetUp)});
  }

  // An address literal asks no name server for anything.
  std::optional<Reply> greet() {
    const std::string& address = world_.config.canary.client;
    const std::string line =
        fmt::format("EHLO [{}{}]", address.find(':') == std::string::npos ? "" : "IPv6:", address);
    const auto hello = client_->command(line);
    if (!hello) {
      break_off({}, line, hello.error());
    } else if (!hello->positive()) {
      refuse_entry(line, *hello);
    } else {
      return *hello;
    }
    return std::nullopt;
  }

  bool refuse_entry(const std::string& asked, const Reply& reply) {
    add({.outcome = is_deferral(reply) ? CanaryOutcome::Unreached : CanaryOutcome::Wrong,
         .asked = asked,
         .answered = reply.text(),
         .expected = "250",
         .cause = "the canary's listener is not as setup made it",
         .todo = std::string(kCanarySetUp)});
    client_.reset();
    return false;
  }

  // The answer to RCPT; nothing when the conversation broke, which has been told.
  std::optional<Reply> offer(CanaryTwin twin, const std::string& recipient) {
    for (const std::string& line : {std::string("RSET"), std::string("MAIL FROM:<>")}) {
      const auto reply = client_->command(line);
      if (!reply) {
        break_off(twin, line, reply.error());
        return std::nullopt;
      }
      if (reply->positive()) continue;
      add({.twin = twin,
           .outcome = is_deferral(*reply) ? CanaryOutcome::Unreached : CanaryOutcome::Wrong,
           .asked = line,
           .answered = reply->text(),
           .expected = "250",
           .cause = "the server does not take mail of the null sender, as bounces have it",
           .todo = "let it take mail from <>"});
      client_.reset();
      return std::nullopt;
    }
    const auto reply = client_->command(fmt::format("RCPT TO:<{}>", recipient));
    if (!reply) break_off(twin, fmt::format("RCPT TO:<{}>", recipient), reply.error());
    return reply ? std::optional(*reply) : std::nullopt;
  }

  std::string make_mark() {
    std::array<std::uint8_t, 10> bytes{};
    world_.entropy.fill(bytes);
    return encode_base32(bytes);
  }

  // Brings a twin to the end of its message; nothing when it did not get there, which has been
  // told.
  std::optional<Answer> bring(CanaryTwin twin, const std::string& mark,
                              const std::string& returned) {
    const auto taken = offer(twin, recipient_.text());
    if (!taken) return std::nullopt;
    if (!taken->positive()) {
      add({.twin = twin,
           .outcome = is_deferral(*taken) ? CanaryOutcome::Unreached : CanaryOutcome::Wrong,
           .asked = fmt::format("MAIL FROM:<>, RCPT TO:<{}>", recipient_.text()),
           .answered = taken->text(),
           .expected = "250",
           .cause = std::string(kCanaryRestriction),
           .todo = "exempt canary.client there, or name another mailbox in canary.recipient"});
      return std::nullopt;
    }
    proof::CanaryPass pass{.issued = now_, .nonce = {}};
    world_.entropy.fill(pass.nonce);
    const TwinMail mail{
        .recipient = recipient_,
        .message_id = fmt::format("{}.{}@{}", name_of(twin), mark, proof::kCanaryDomain),
        .pass = proof::make_canary_pass(pass, recipient_, world_.ring->ring_secret()),
        .returned = returned,
        .now = now_};
    if (world_.expect_verdict) world_.expect_verdict(mail.message_id);
    auto reply = client_->data(render_twin(mail));
    if (!reply) {
      break_off(twin, "DATA", reply.error());
      return std::nullopt;
    }
    return Answer{.reply = *std::move(reply), .verdict = world_.find_verdict(mail.message_id)};
  }

  void try_genuine() {
    const auto permit = world_.permits.permit(now_);
    const proof::Key* const key = permit ? permit->ring->find(permit->key) : nullptr;
    if (key == nullptr) {
      add({.twin = CanaryTwin::Genuine,
           .outcome = CanaryOutcome::Unreached,
           .asked = "a token for a letter of our own",
           .answered = permit ? "no key signs" : permit.error().text(),
           .expected = "a token",
           .cause = "nothing can be signed now",
           .todo = "backstop check"});
      return;
    }
    const std::string token =
        proof::sign_token(recipient_, *permit->ring, *key, now_, permit->nonce);
    const std::string mark = make_mark();
    const auto answer =
        bring(CanaryTwin::Genuine, mark, render_returned_header(recipient_, mark, token, now_));
    if (answer) judge_genuine(*answer);
  }

  // True when the server put it off, or Backstop was not asked; the step says so then.
  static bool was_not_judged(const Answer& answer, CanaryStep& step) {
    if (is_deferral(answer.reply)) {
      step.outcome = CanaryOutcome::Unreached;
      step.cause = "the server puts mail off, for want of something or by a filter";
      step.todo = "look into its log";
      return true;
    }
    if (!answer.verdict || *answer.verdict) return false;
    blame(step, explain_no_verdict());
    return true;
  }

  void judge_genuine(const Answer& answer) {
    CanaryStep step{.twin = CanaryTwin::Genuine,
                    .asked = "a bounce of a letter of ours, with its token",
                    .answered = say_answer(answer),
                    .expected = "250; genuine"};
    const auto verdict = answer.verdict.value_or(std::nullopt);
    if (was_not_judged(answer, step)) return add(std::move(step));
    if (verdict &&
        (verdict->verdict != Verdict::Genuine || verdict->token != proof::ProofResult::Valid)) {
      blame(step, explain_genuine(*verdict));
    } else if (!answer.reply.positive()) {
      blame(step, {"something other than Backstop refuses it, so genuine bounces are lost",
                   "look into the mail server's log for this reply"});
    } else if (verdict && !verdict->is_canary) {
      blame(step, explain_no_pass(recipient_));
    }
    add(std::move(step));
  }

  static void blame(CanaryStep& step, CanaryFault fault) {
    step.outcome = CanaryOutcome::Wrong;
    step.cause = std::move(fault.cause);
    step.todo = std::move(fault.todo);
  }

  // Taken and refused at RCPT; no message follows.
  void try_tags() {
    const auto permit = world_.permits.permit(now_);
    const proof::Key* const key = permit ? permit->ring->find(permit->key) : nullptr;
    if (key == nullptr || proof::find_tag_obstacle(recipient_) != proof::TagObstacle::None) return;
    const proof::TagForm form{.style = *domain_->tag, .delimiter = world_.config.tags.delimiter};
    mail::Address tagged = proof::sign_tag(recipient_, *key, now_, world_.config.lifetime, form);
    const std::string tag = proof::split_tag(tagged).tag;
    const std::string setup =
        fmt::format("backstop setup --tag {} --apply --reload",
                    form.style == proof::TagStyle::Prvs ? "prvs" : "subaddress");
    const auto right = offer(CanaryTwin::Tag, tagged.text());
    if (!right) return;
    add_tag_step("a right tag at RCPT", *right, true,
                 "the map that takes tags off cannot be asked or is not set up, so every bounce to "
                 "a tagged sender is lost",
                 setup);
    // While nothing is refused it may be a user who is not there, as without Backstop.
    if (mode() != policy::Mode::Enforce) return;
    char& last = tagged.local[tagged.local.rfind(tag) + tag.size() - 1];
    last = last == '0' ? '1' : '0';
    const auto forged = offer(CanaryTwin::Tag, tagged.text());
    if (!forged) return;
    add_tag_step("a forged tag at RCPT", *forged, false, "nobody looks at tags at RCPT", setup);
  }

  void add_tag_step(std::string asked, const Reply& reply, bool taken, std::string cause,
                    std::string todo) {
    CanaryStep step{.twin = CanaryTwin::Tag,
                    .asked = std::move(asked),
                    .answered = reply.text(),
                    .expected = taken ? "250" : "5xx"};
    const bool right = taken ? reply.positive() : reply.code / 100 == 5;
    if (!right) {
      // A map that is away defers, and comes back.
      step.outcome = is_deferral(reply) ? CanaryOutcome::Unreached : CanaryOutcome::Wrong;
      step.cause = std::move(cause);
      step.todo = std::move(todo);
    }
    add(std::move(step));
  }

  policy::Mode mode() const {
    const policy::Mode mode = world_.config.mode_of(recipient_);
    return world_.observes_only ? std::min(mode, policy::Mode::Observe) : mode;
  }

  void try_forged() {
    const std::string mark = make_mark();
    const auto answer =
        bring(CanaryTwin::Forged, mark, render_returned_header(recipient_, mark, "", now_));
    if (answer) judge_forged(*answer);
  }

  void judge_forged(const Answer& answer) {
    const policy::Judgement expected = expect_forged(world_, recipient_, now_);
    const bool refused = expected.decision == Decision::Refuse;
    CanaryStep step{.twin = CanaryTwin::Forged,
                    .asked = "the same of a letter that was never ours, without a token",
                    .answered = say_answer(answer),
                    .expected = fmt::format("{}; {}", refused ? "5xx" : "250",
                                            policy::name_of(expected.verdict))};
    const auto verdict = answer.verdict.value_or(std::nullopt);
    if (was_not_judged(answer, step)) return add(std::move(step));
    if (verdict && verdict->verdict != expected.verdict) {
      blame(step, explain_forged(*verdict));
    } else if (answer.reply.positive() == refused) {
      blame(step, refused
                      ? CanaryFault{"Backstop's refusal does not reach the client: another answers "
                                    "for it, or milter_default_action does",
                                    "look at milter_default_action, smtpd_milters and the server's "
                                    "log"}
                      : CanaryFault{"something other than Backstop refuses it",
                                    "look into the mail server's log for this reply"});
    } else if (verdict && !verdict->is_canary) {
      blame(step, explain_no_pass(recipient_));
    }
    add(std::move(step));
  }

  const CanaryWorld& world_;
  const Instant now_;
  const mail::Address recipient_;
  const config::Domain* domain_ = nullptr;
  std::optional<smtp::Client> client_;
  CanaryReport report_;
};

}  // namespace

CanaryReport run_canary(const CanaryWorld& world, Instant now) {
  return Run(world, now).run();
}

}  // namespace backstop::app
