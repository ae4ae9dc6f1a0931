#include "edge/mta/sendmail_recipe.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/proof/tag_expression.h"

namespace backstop::mta {
namespace {

// Only what to ask about: the map knows what is a tag.  Of both styles, since mail that went out
// with the one is answered after the other was chosen.  A local part that needs quotes has them
// here, and an address as it was sent its brackets; case does not count in regex maps.
std::string render_pattern() {
  return fmt::format(R"((^|[^a-z0-9])prvs={}(=|"?@))", proof::kTagExpression);
}

std::string join(const std::vector<std::string>& domains) {
  std::string out;
  for (const std::string& domain : domains)
    out += (out.empty() ? "" : " ") + domain;
  return out;
}

// Left and right sides of rules are parted by tabs.  ParseLocal, which LOCAL_RULE_0 fills, sees
// recipients, the addresses that aliases give, and recipients of Sendmail's own bounces alike; a
// lookup that fails for a time lets the message wait, so RCPT is answered before, by a map that
// says so itself.
constexpr std::string_view kRules = R"(LOCAL_RULE_0
# An authentic tag, of any age, comes off.
R$+ < @ $={Backstop} . >	$: $(backstop_tagged $1@$2 $: $) $| $1 < @ $2 . >
R$+ < @ $={Backstop} >	$: $(backstop_tagged $1@$2 $: $) $| $1 < @ $2 >
R$+ $| $+	$: $(unsign $1 $: $) $| $2
R$+ @ $={Backstop} $| $+ < @ $+ >	$: $1 < @ $4 >
R$* $| $+	$: $2
LOCAL_RULESETS
SLocal_check_rcpt
R$*	$: $1 $| $>Backstop_check_rcpt $1
R$* $| $#$*	$#$2
R$* $| $*	$: $1

SBackstop_check_rcpt
# Only a recipient with a tag is asked about; all others do without us.
R$*	$: $(backstop_tagged $1 $: $) $| $1
R$| $*	$@ ok
R$+ $| $*	$: $>canonify $2
R$+ < @ $={Backstop} . >	$: $(verify $1@$2/$&{client_addr} $: $)
R$+ < @ $={Backstop} >	$: $(verify $1@$2/$&{client_addr} $: $)
R$* <TMPF>	$#error $@ 4.3.0 $: "451 The tag of this address cannot be checked now"
Rbad	$#error $@ 5.1.1 $: "550 The tag of this address is not ours"
)";

// With its line end.  REQUIRES: `text` is not empty.
std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
  text.remove_prefix(line.size());
  return line;
}

}  // namespace

bool knows_tags(std::string_view file) {
  while (!file.empty()) {
    const std::string_view line = take_line(file);
    if (line.starts_with("Kunsign socket") || line.starts_with("LOCAL_RULE_0")) return true;
  }
  return false;
}

std::string without_filter(std::string_view file) {
  if (!knows_tags(file)) return "";
  std::string out;
  while (!file.empty()) {
    const std::string_view line = take_line(file);
    if (!line.starts_with("INPUT_MAIL_FILTER")) out += line;
  }
  return out;
}

std::string render_sendmail_socket(const config::Endpoint& endpoint) {
  if (endpoint.kind != config::Endpoint::Kind::Inet) return "local:" + endpoint.path;
  const bool v6 = endpoint.address.family() == IpAddress::Family::V6;
  return fmt::format("{}:{}@{}", v6 ? "inet6" : "inet", endpoint.port, endpoint.address.text());
}

std::string render_sendmail_recipe(const SendmailSite& site) {
  // Without F= mail flows while nobody listens.
  std::string out = fmt::format(
      "dnl Written by backstop setup, which writes it anew: what is changed here is lost.\n"
      "INPUT_MAIL_FILTER(`backstop', `S={}, T=C:10s;S:30s;R:30s;E:5m')dnl\n",
      render_sendmail_socket(site.milter));
  if (!site.tags) return out;
  const std::string map = render_sendmail_socket(site.map);
  // The domains in quotes of m4: a label may be one of its words.
  out += fmt::format(
      "LOCAL_CONFIG\n"
      "C{{Backstop}}`{}'\n"
      "Kbackstop_tagged regex -m {}\n"
      "Kunsign socket {}\n"
      "Kverify socket -T<TMPF> {}\n",
      join(site.domains), render_pattern(), map, map);
  out += kRules;
  return out + "divert(0)dnl\n";
}

}  // namespace backstop::mta
