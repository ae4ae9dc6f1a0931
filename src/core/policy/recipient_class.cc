#include <algorithm>
#include <array>

#include "core/base/ascii.h"
#include "core/policy/policy.h"

namespace backstop::policy {
namespace {

// RFC 2142 §2 to §5, RFC 5321 §4.5.1.
constexpr auto kRoles = std::to_array<std::string_view>(
    {"postmaster", "abuse", "mailer-daemon", "hostmaster", "security", "noc", "webmaster"});

bool has_suffix(std::string_view text, std::string_view suffix) {
  return text.size() > suffix.size() && text.ends_with(suffix);
}

// SRS (the Sender Rewriting Scheme's guarded forms): "SRS0=hash=tt=domain=local", SRS1 likewise;
// the separator after the tag may be '=', '-' or '+'.
bool is_srs(std::string_view local) {
  const bool tag = local.starts_with("srs0") || local.starts_with("srs1");
  return tag && local.size() > 5 && (local[4] == '=' || local[4] == '-' || local[4] == '+');
}

// The bounce addresses of lists: Mailman "list-bounces" and "list-bounces+user=host", Sympa
// "bounce+user==host==list", ezmlm "list-return-123-user=host".  Nothing that reaches a person
// where
// '+' sets off a detail: "alice+bounces-1@" is alice's.
bool is_list_bounces(std::string_view local) {
  if (has_suffix(local, "-bounces") || local.starts_with("bounce+")) return true;
  if (local.find("-bounces+") != std::string_view::npos) return true;
  const auto numbered = [&](std::string_view mark) {
    const auto at = local.find(mark);
    return at != std::string_view::npos && at > 0 && at + mark.size() < local.size() &&
           ascii::is_digit(local[at + mark.size()]);
  };
  return numbered("-return-");
}

}  // namespace

RecipientClass classify_recipient(std::string_view local_part) {
  const std::string folded = ascii::lower(local_part);
  if (is_srs(folded) || is_list_bounces(folded)) return RecipientClass::Rewritten;
  const bool role = std::ranges::find(kRoles, folded) != kRoles.end();
  // RFC 2142 §6, and the owners that list servers answer for.
  const bool detailed = folded.find('+') != std::string::npos;
  const bool list_owner =
      (!detailed && (has_suffix(folded, "-request") || has_suffix(folded, "-owner"))) ||
      folded.starts_with("owner-");
  return role || list_owner ? RecipientClass::Role : RecipientClass::Ordinary;
}

}  // namespace backstop::policy
