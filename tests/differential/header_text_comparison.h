// Compares what core/mail/header_text.h reads of a field with what GMime reads of it.
#pragma once

#include <string>
#include <string_view>

namespace backstop::differential {

// One question about one field.
struct FieldAnswer {
  std::string_view
      question;  // "text", "parameter", "message-ids", "date", "addresses"; "" for none.
  std::string ours;
  std::string theirs;
  // Why the two may differ; "" when they must not.
  std::string_view reason;
};

// What both say of a field; of a field nobody asks about, `question` is empty.
FieldAnswer compare_field(std::string_view name, const std::string& raw);

}  // namespace backstop::differential
