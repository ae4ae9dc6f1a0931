#include "core/policy/reason.h"

#include <array>

namespace backstop::policy {
namespace {

struct Row {
  std::string_view identifier;
  std::string_view sentence;
  std::string_view advice;
};

constexpr auto kRows = std::to_array<Row>({
#define BACKSTOP_REASON(enumerator, identifier, sentence, advice) {identifier, sentence, advice},
#include "core/policy/reasons.inc"
#undef BACKSTOP_REASON
});

const Row& row_of(Reason reason) {
  return kRows.at(static_cast<std::size_t>(reason));
}

}  // namespace

std::string_view name_of(Reason reason) {
  return row_of(reason).identifier;
}
std::string_view sentence_of(Reason reason) {
  return row_of(reason).sentence;
}
std::string_view advice_of(Reason reason) {
  return row_of(reason).advice;
}

std::optional<Reason> parse_reason(std::string_view identifier) {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].identifier == identifier) return static_cast<Reason>(i);
  }
  return std::nullopt;
}

unsigned reason_count() {
  return static_cast<unsigned>(kRows.size());
}

}  // namespace backstop::policy
