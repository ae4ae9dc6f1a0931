#include "core/transaction/proof_questions.h"

#include "core/proof/missing.h"

#include <string_view>
#include <variant>

namespace backstop::transaction {
namespace {

using proof::ProofResult;

bool is_open(ProofResult result) {
  return is_missing(result) || result == ProofResult::Unavailable;
}

template <class Wanted>
const Wanted* answer_of(const Answered& event) {
  return event.answer ? std::get_if<Wanted>(&*event.answer) : nullptr;
}

}  // namespace

ProofQuestions::ProofQuestions(const Asked& asked, const proof::SentHasher* hasher,
                               const proof::DkimKeys* keys, Instant now)
    : reading_(asked.reading),
      config_(asked.config),
      hasher_(hasher),
      keys_(keys),
      token_(asked.token.result) {
  if (reading::form_of(reading_.kind) == reading::KindForm::Neither) {
    step_ = Step::Done;
  } else if (hasher != nullptr) {
    question_.emplace(asked, *hasher, now);
  } else {
    step_ = Step::Signature;
  }
}

// A message that came back too often with its token does so with its signature; but a Message-ID is
// only text, and its uses are anybody's.
bool ProofQuestions::wants_signature() const {
  if (keys_ == nullptr || reading_.returned.raw.empty() || !is_open(token_)) return false;
  if (!ledger_) return true;
  return !ledger_->token_used_up &&
         (is_open(ledger_->ledger) || ledger_->ledger == ProofResult::Replayed);
}

std::optional<Effect> ProofQuestions::next(Instant now) {
  if (step_ == Step::Ledger) return AskLedger{question_->query()};
  if (step_ == Step::Signature) {
    step_ = Step::Done;
    if (!wants_signature()) return std::nullopt;
    const auto is_ours = [this](std::string_view domain) {
      return config_.find_domain(domain) != nullptr;
    };
    check_.emplace(reading_.returned.raw, is_ours, *keys_, now, config_.lifetime);
    step_ = Step::Key;
  }
  if (step_ == Step::Key) {
    if (auto question = ask_for_key()) return question;
    const proof::DkimResult& result = check_->result();
    dkim_ = DkimFindings{
        .result = result.result, .signed_at = result.signed_at, .used_up = false, .uses = {}};
    if (result.result == ProofResult::Valid) dkim_->signature = result.key;
    step_ = Step::Uses;
    if (auto question = ask_for_uses()) return question;
    step_ = Step::Done;
  }
  return std::nullopt;
}

std::optional<Effect> ProofQuestions::ask_for_key() {
  if (!config_.dkim_asks_dns) return std::nullopt;
  auto name = check_->question();
  if (!name) return std::nullopt;
  return AskDkimKey{*std::move(name)};
}

std::optional<Effect> ProofQuestions::ask_for_uses() {
  if (dkim_->result != ProofResult::Valid || !question_) return std::nullopt;
  return AskLedger{
      question_->signature_query(*hasher_, hasher_->signature(check_->result().value))};
}

void ProofQuestions::on_answer(const Answered& event, Instant now) {
  switch (step_) {
    case Step::Ledger: {
      const auto* answer = answer_of<proof::LedgerAnswer>(event);
      ledger_ =
          answer != nullptr ? question_->read(*answer, now, config_.lifetime) : question_->away();
      step_ = Step::Signature;
      return;
    }
    case Step::Key: {
      const auto* answer = answer_of<proof::DkimKeyAnswer>(event);
      if (answer != nullptr) {
        check_->on_answer(*answer);
      } else {
        check_->on_answer(event.answer ? fail(Errc::Internal, "", "is no answer to that")
                                       : tl::unexpected(event.answer.error()));
      }
      return;
    }
    case Step::Uses:
      if (const auto* answer = answer_of<proof::LedgerAnswer>(event))
        question_->read_signature(*answer, now, *dkim_);
      step_ = Step::Done;
      return;
    case Step::Signature:
    case Step::Done:
      return;
  }
}

}  // namespace backstop::transaction
