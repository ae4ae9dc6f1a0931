// What the doors for requests have in common: bytes that wait for an answer, complaints, the end.
#pragma once

#include <string>
#include <string_view>

#include "edge/door/conversation.h"

namespace backstop::mta {

class RequestConversation : public door::Conversation {
 public:
  void on_bytes(std::string_view bytes, std::string& out) final;
  void on_answer(Result<transaction::Answer> answer, std::string& out) final;
  void on_end() final;
  void on_silence() final;

  bool asking() const final { return asking_; }
  const door::Question& question() const final { return question_; }
  bool over() const final { return over_; }
  std::string_view complaint() const final { return complaint_; }
  bool fresh() const final { return fresh_; }
  bool in_message() const override { return false; }

 protected:
  // Takes requests off the front of `bytes` until they are used up, a question is open, or the
  // conversation is over.
  virtual void consume(std::string_view& bytes, std::string& out) = 0;
  // What was asked is answered.
  virtual void on_answered(Result<transaction::Answer> answer, std::string& out) = 0;
  // Some bytes of a request have come, and not all.
  virtual bool within_request() const = 0;
  // The conversation ends before its time: nothing more comes out.
  virtual void on_abandoned() {}

  void ask(door::Question question);
  // A whole request has come: this is no stranger.
  void greet() { fresh_ = false; }
  void finish() { over_ = true; }
  // `complaint`: the end of a sentence that begins with the peer; a literal.
  void drop(std::string_view complaint);

 private:
  bool asking_ = false;
  bool over_ = false;
  bool fresh_ = true;
  door::Question question_;
  std::string_view complaint_;
  std::string queued_;  // Came while a question was open.
};

}  // namespace backstop::mta
