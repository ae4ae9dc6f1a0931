// One thing that `check` looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace backstop::app {

enum class Severity {
  Good,
  Advice,  // Mail is safe; it could be better.
  Wrong,   // Mail, or the judgement of it, suffers.
};

struct Finding {
  Severity severity = Severity::Good;
  std::string what;  // "keys", "domain example.com", "smtpd_milters"
  std::string text;  // What is so.
  std::string why;   // Why it matters; "" when good.
  std::string todo;  // What to do; "" when good.
};

class Findings {
 public:
  void good(std::string what, std::string text) {
    all_.push_back({Severity::Good, std::move(what), std::move(text), "", ""});
  }
  void advice(std::string what, std::string text, std::string why, std::string todo) {
    all_.push_back(
        {Severity::Advice, std::move(what), std::move(text), std::move(why), std::move(todo)});
  }
  void wrong(std::string what, std::string text, std::string why, std::string todo) {
    all_.push_back(
        {Severity::Wrong, std::move(what), std::move(text), std::move(why), std::move(todo)});
  }
  const std::vector<Finding>& all() const { return all_; }

 private:
  std::vector<Finding> all_;
};

}  // namespace backstop::app
