#include "edge/mta/request_conversation.h"

#include <utility>

#include "core/base/limits.h"

namespace backstop::mta {

void RequestConversation::on_bytes(std::string_view bytes, std::string& out) {
  if (over_) return;
  if (!asking_) consume(bytes, out);
  if (over_ || bytes.empty()) return;
  if (queued_.size() + bytes.size() > limits::kDoorQueuedBytes)
    return drop("sent too much while an answer was awaited");
  queued_.append(bytes);
}

void RequestConversation::on_answer(Result<transaction::Answer> answer, std::string& out) {
  if (!asking_ || over_) return;
  asking_ = false;
  on_answered(std::move(answer), out);
  if (asking_ || over_ || queued_.empty()) return;
  const std::string queued = std::exchange(queued_, {});
  std::string_view bytes = queued;
  consume(bytes, out);
  if (!over_) queued_ = bytes;
}

void RequestConversation::on_end() {
  if (over_) return;
  if (within_request() || asking_) return drop("closed the connection within a request");
  over_ = true;
}

void RequestConversation::on_silence() {
  if (over_) return;
  drop(fresh_ ? "sent no request" : "was silent for too long");
}

void RequestConversation::ask(door::Question question) {
  question_ = std::move(question);
  asking_ = true;
}

void RequestConversation::drop(std::string_view complaint) {
  on_abandoned();
  asking_ = false;
  complaint_ = complaint;
  over_ = true;
}

}  // namespace backstop::mta
