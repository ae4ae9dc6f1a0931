#include "core/proof/tag_dialect.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/base/ascii.h"

namespace backstop::proof {
namespace {

constexpr std::string_view kPrvs = "prvs=";
constexpr std::string_view kBtv1 = "btv1==";
constexpr std::string_view kMsprvs1 = "msprvs1=";
constexpr std::size_t kDraftTag = 10;
constexpr std::size_t kKeyAndDay = 4;
// Tags of others: real ones have 9 to 14 characters.
constexpr std::size_t kShortestForeign = 6;
constexpr std::size_t kLongestForeign = 24;

bool is_hex(char c) {
  return ascii::is_digit(c) || (ascii::to_lower(c) >= 'a' && ascii::to_lower(c) <= 'f');
}

bool is_foreign_tag(std::string_view text) {
  return text.size() >= kShortestForeign && text.size() <= kLongestForeign &&
         std::ranges::all_of(text,
                             [](char c) { return ascii::is_alnum(c) || c == '-' || c == '_'; });
}

// Beside "prvs=" stand a tag and a user, in either order: what begins with a digit and is nothing
// but letters and digits is more of a tag than a name.
bool may_be_prvs_tag(std::string_view text) {
  return text.size() >= kShortestForeign && text.size() <= kLongestForeign &&
         std::ranges::all_of(text, ascii::is_alnum) &&
         std::ranges::count_if(text, ascii::is_digit) >= 3;
}

struct Split {
  TagDialect dialect = TagDialect::None;
  std::string_view tag;
  std::string_view user;
};

// "TAG=user" or "user=TAG".
std::optional<Split> split_prvs(std::string_view rest) {
  const std::size_t first = rest.find('=');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t last = rest.rfind('=');
  const Split draft{TagDialect::Prvs, rest.substr(0, first), rest.substr(first + 1)};
  const Split user_first{TagDialect::UserFirst, rest.substr(last + 1), rest.substr(0, last)};
  for (const auto is_tag : {is_draft_tag, may_be_prvs_tag}) {
    for (const Split& split : {draft, user_first})
      if (is_tag(split.tag) && !split.user.empty()) return split;
  }
  return std::nullopt;
}

// `mark`, a tag, `end` and a user.
std::optional<Split> split_marked(std::string_view local, TagDialect dialect, std::string_view mark,
                                  std::string_view end) {
  if (!ascii::starts_with_folded(local, mark)) return std::nullopt;
  const std::string_view rest = local.substr(mark.size());
  const std::size_t at = rest.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const Split split{dialect, rest.substr(0, at), rest.substr(at + end.size())};
  if (!is_foreign_tag(split.tag) || split.user.empty()) return std::nullopt;
  return split;
}

// "user+prvs=TAG", whatever sets the detail off.
std::optional<Split> split_sub_address(std::string_view local) {
  constexpr std::size_t kTail = 1 + kPrvs.size() + kDraftTag;
  if (local.size() <= kTail) return std::nullopt;
  const std::string_view tail = local.substr(local.size() - kTail);
  const bool set_off = tail.front() > ' ' && tail.front() < 0x7f && !ascii::is_alnum(tail.front());
  if (!set_off || !ascii::starts_with_folded(tail.substr(1), kPrvs)) return std::nullopt;
  const std::string_view tag = tail.substr(1 + kPrvs.size());
  if (!is_draft_tag(tag)) return std::nullopt;
  return Split{TagDialect::SubAddress, tag, local.substr(0, local.size() - kTail)};
}

std::optional<Split> split_local(std::string_view local) {
  if (ascii::starts_with_folded(local, kPrvs)) {
    if (const auto split = split_prvs(local.substr(kPrvs.size()))) return split;
  }
  if (const auto split = split_marked(local, TagDialect::Btv1, kBtv1, "==")) return split;
  if (const auto split = split_marked(local, TagDialect::Msprvs1, kMsprvs1, "=")) return split;
  return split_sub_address(local);
}

}  // namespace

std::string_view name_of(TagDialect dialect) {
  switch (dialect) {
    case TagDialect::None:
      return "none";
    case TagDialect::Prvs:
      return "prvs";
    case TagDialect::UserFirst:
      return "prvs-user-first";
    case TagDialect::SubAddress:
      return "sub-address";
    case TagDialect::Btv1:
      return "btv1";
    case TagDialect::Msprvs1:
      return "msprvs1";
  }
  return "";
}

bool bears_tag_mark(std::string_view local_part) {
  return std::ranges::any_of(std::array{kPrvs, kBtv1, kMsprvs1}, [&](std::string_view mark) {
    return ascii::find_folded(local_part, mark) != std::string_view::npos;
  });
}

bool is_draft_tag(std::string_view tag) {
  return tag.size() == kDraftTag &&
         std::ranges::all_of(tag.substr(0, kKeyAndDay), ascii::is_digit) &&
         std::ranges::all_of(tag.substr(kKeyAndDay), is_hex);
}

TaggedAddress split_tag(const mail::Address& address) {
  const auto split = split_local(address.local);
  if (!split) return {TagDialect::None, {}, address};
  return {split->dialect, std::string(split->tag),
          mail::Address{std::string(split->user), address.domain}};
}

std::optional<mail::Address> restore_tag(const mail::Address& recipient,
                                         std::string_view original_recipient) {
  const auto semicolon = original_recipient.find(';');
  if (semicolon == std::string_view::npos || recipient.is_null() ||
      !ascii::equals_folded(original_recipient.substr(0, semicolon), kOriginalTagType))
    return std::nullopt;
  const std::string_view kept = original_recipient.substr(semicolon + 1);
  const auto at = kept.find('@');
  const std::string_view tag = kept.substr(0, at);
  if (at == std::string_view::npos || !is_draft_tag(tag) ||
      !ascii::equals_folded(kept.substr(at + 1), recipient.domain))
    return std::nullopt;
  return mail::Address{.local = std::string(kPrvs).append(tag).append("=").append(recipient.local),
                       .domain = recipient.domain};
}

bool is_rewritten_sender(std::string_view local_part) {
  // The Sender Rewriting Scheme: "SRS0=hash=tt=domain=user"; '-' and '+' may follow its mark too.
  const bool srs = ascii::starts_with_folded(local_part, "srs0") ||
                   ascii::starts_with_folded(local_part, "srs1");
  if (srs && local_part.size() > 5 &&
      std::string_view("=-+").find(local_part[4]) != std::string_view::npos)
    return true;
  // VERP: the recipient's address stands in it with '=' for its '@'.
  const std::size_t at = local_part.rfind('=');
  if (at == std::string_view::npos || at == 0) return false;
  const std::string_view host = local_part.substr(at + 1);
  const std::size_t dot = host.find('.');
  return dot != std::string_view::npos && dot > 0 && !host.ends_with('.') &&
         std::ranges::all_of(host,
                             [](char c) { return ascii::is_alnum(c) || c == '.' || c == '-'; });
}

}  // namespace backstop::proof
