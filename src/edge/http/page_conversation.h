// The door over which a page is read: one GET, one answer, the end.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "edge/door/conversation.h"
#include "edge/http/request.h"

namespace backstop::http {

// The one page there is.
struct Page {
  std::string path;  // "/metrics"
  std::string type;
  std::function<std::string()> render;  // Any thread.
};

// Asks nothing and carries no message.
class PageConversation final : public door::Conversation {
 public:
  // REQUIRES: `page` outlives the conversation.
  explicit PageConversation(const Page& page) : page_(page) {}

  void on_bytes(std::string_view bytes, std::string& out) override;
  void on_answer(Result<transaction::Answer>, std::string&) override {}
  void on_end() override;
  void on_silence() override;

  bool asking() const override { return false; }
  const door::Question& question() const override { return question_; }
  bool over() const override { return over_; }
  std::string_view complaint() const override { return complaint_; }
  bool fresh() const override { return !over_; }
  bool in_message() const override { return false; }

 private:
  void answer(std::string& out);

  const Page& page_;
  HeadReader reader_;
  door::Question question_;
  bool over_ = false;
  std::string_view complaint_;
};

}  // namespace backstop::http
