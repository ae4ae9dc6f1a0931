#include "core/transaction/foreign_fields.h"

#include <algorithm>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/comment.h"
#include "core/proof/tag_dialect.h"

namespace backstop::transaction {
namespace {

// RFC 5322 §3.2.2 CFWS, which RFC 8601 §2.2 allows before the authserv-id.
std::string_view skip_comments(std::string_view text) {
  while (!text.empty()) {
    if (ascii::is_space(text.front())) {
      text.remove_prefix(1);
    } else if (text.front() == '(') {
      text.remove_prefix(std::min(mail::comment_end(text, 0) + 1, text.size()));
    } else {
      return text;
    }
  }
  return text;
}

// RFC 8601 §2.2: authserv-id is a value of RFC 2045, so it may be quoted.
bool names_authserv_id(std::string_view raw, std::string_view authserv_id) {
  std::string_view text = skip_comments(raw);
  if (!text.empty() && text.front() == '"') text.remove_prefix(1);
  if (authserv_id.empty() || !ascii::starts_with_folded(text, authserv_id)) return false;
  const std::string_view rest = text.substr(authserv_id.size());
  return rest.empty() || rest.front() == ';' || rest.front() == '"' || rest.front() == '(' ||
         ascii::is_space(rest.front());
}

}  // namespace

void ForeignFields::on_field(std::string_view name, std::string_view raw,
                             std::string_view authserv_id) {
  if (ascii::equals_folded(name, kVerdictField)) {
    ++verdicts_;
  } else if (ascii::equals_folded(name, kSenderField)) {
    ++senders_;
  } else if (ascii::equals_folded(name, kResultsField)) {
    ++results_seen_;
    if (results_.size() < limits::kRemovedFields && names_authserv_id(raw, authserv_id)) {
      results_.push_back(results_seen_);
    }
  }
}

void ForeignFields::on_sender(const mail::Address& sender) {
  const proof::TaggedAddress split = proof::split_tag(sender);
  if (split.dialect != proof::TagDialect::None) plain_sender_ = split.plain.text();
}

void ForeignFields::append_changes(Effects& effects) const {
  const auto most = static_cast<unsigned>(limits::kRemovedFields);
  for (const auto& [name, count] : {std::pair{kVerdictField, verdicts_}, {kSenderField, senders_}})
    for (unsigned occurrence = std::min(count, most); occurrence > 0; --occurrence)
      effects.emplace_back(RemoveField{std::string(name), occurrence});
  std::for_each(results_.rbegin(), results_.rend(), [&](unsigned occurrence) {
    effects.emplace_back(RemoveField{std::string(kResultsField), occurrence});
  });
  if (!plain_sender_.empty())
    effects.emplace_back(InsertField{std::string(kSenderField), plain_sender_});
}

}  // namespace backstop::transaction
