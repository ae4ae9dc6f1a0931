#include "edge/mta/exim_recipe.h"

#include <fmt/format.h>

#include <utility>

#include "core/base/ascii.h"
#include "core/proof/tag_expression.h"

namespace backstop::mta {
namespace {

// Exim waits so much longer than what is held may stay: whoever drops it comes once an hour.
constexpr unsigned kPatienceDays = 10;

std::string render_domains(const std::vector<std::string>& domains) {
  std::string out;
  for (const std::string& domain : domains)
    out += (out.empty() ? "" : " : ") + domain;
  return out;
}

// spamd_address wants "host port", or a path.
std::string render_spamd(const config::Endpoint& endpoint) {
  if (endpoint.kind != config::Endpoint::Kind::Inet) return endpoint.path;
  return fmt::format("{} {}", endpoint.address.text(), endpoint.port);
}

// In a PCRE, whatever it means there.
std::string quote(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!ascii::is_alnum(c) && c != '-' && c != '_') out += '\\';
    out += c;
  }
  return out;
}

// Of local parts; \N keeps Exim from reading backslashes and dollars first.
std::string pattern_of(const EximTags& tags) {
  const std::string front = fmt::format("^prvs={}=", proof::kTagExpression);
  const std::string behind =
      fmt::format("^.+{}prvs={}$", quote({&tags.delimiter, 1}), proof::kTagExpression);
  if (!tags.sub_address) return fmt::format(R"(\N(?i){}\N)", front);
  if (!tags.prvs) return fmt::format(R"(\N(?i){}\N)", behind);
  return fmt::format(R"(\N(?i)({}|{})\N)", front, behind);
}

EximPart render_main(const EximSite& site) {
  const std::string results = fmt::format(R"(\N(?im)^\s*"?{}["\s;]\N)", quote(site.authserv_id));
  std::string text = fmt::format(
      "domainlist backstop_domains = {}\n"
      "BACKSTOP_LINE = {}\n"
      "spamd_address = {} variant=rspamd tmo=30s\n"
      "BACKSTOP_TOKEN = token id=${{base64:$message_exim_id}} "
      "host=${{base64:$sender_host_address}} "
      "server=${{base64:$primary_hostname}} user=${{base64:$authenticated_id}} "
      "from=${{base64:$sender_address}} to=${{base64:$recipients}} "
      "head=${{base64:$message_headers_raw}}\n"
      "acl_not_smtp = backstop_not_smtp\n"
      "BACKSTOP_RESULTS = {}\n",
      render_domains(site.domains), render_exim_socket(site.line), render_spamd(site.rspamd),
      results);
  if (site.tags.any()) text += fmt::format("BACKSTOP_TAG = {}\n", pattern_of(site.tags));
  return {"the main section, before the first \"begin\"", text};
}

constexpr std::string_view kRecipientAcl = R"(backstop_rcpt:
  # Only an address with a tag is asked about; all others do without us.
  accept  !domains  = +backstop_domains
  accept  condition = ${if !match{$local_part}{BACKSTOP_TAG}}
  warn    set acl_m_backstop = ${readsocket{BACKSTOP_LINE}{verify $local_part@$domain $sender_host_address\n}{5s}{}{away}}
  # Nothing at all: the connection was given up.
  defer   condition = ${if match{$acl_m_backstop}{\N^(away)?$\N}}
          message   = 4.3.0 The tag of this address cannot be checked now
  deny    condition = ${if eq{$acl_m_backstop}{bad}}
          message   = 5.1.1 The tag of this address is not ours
  accept

)";

constexpr std::string_view kMessageAcls = R"(backstop_not_smtp:
  # The mail of programs on this host.
  warn    set acl_m_backstop_token = ${readsocket{BACKSTOP_LINE}{BACKSTOP_TOKEN\n}{5s}{}{}}
  warn    condition  = ${if def:acl_m_backstop_token}
          add_header = :at_start:$acl_m_backstop_token
  accept

backstop_data:
  # Ours, going out: a token, and the ledger remembers the message.
  warn    set acl_m_backstop_token = ${readsocket{BACKSTOP_LINE}{BACKSTOP_TOKEN\n}{5s}{}{}}
  warn    condition  = ${if def:acl_m_backstop_token}
          add_header = :at_start:$acl_m_backstop_token
  accept  condition  = ${if def:acl_m_backstop_token}
  # Everything else is judged, whoever sends it; while we are away it flows.
  warn    remove_header = Backstop-Verdict : Backstop-Sender
          set acl_m_backstop_report =
  # Results in our name are not for others to write (RFC 8601, section 5). Add your own below this.
  warn    condition = ${if match{$h_authentication-results:}{BACKSTOP_RESULTS}}
          remove_header = Authentication-Results
  warn    spam = nobody:true
          set acl_m_backstop_report = $spam_report
  deny    condition = ${if match{$acl_m_backstop_report}{\N^Action: reject\b\N}}
          message   = ${if match{$acl_m_backstop_report}{\NBackstop-Reply: 550 (.*)\N}{$1}{5.7.1 This answers a message we did not send}}
  defer   condition = ${if match{$acl_m_backstop_report}{\N^Action: soft reject\b\N}}
          message   = 4.7.1 Try again later
  warn    set acl_m_backstop_verdict = ${if match{$acl_m_backstop_report}{\N(?m)^ ?(Backstop-Verdict: .*)$\N}{$1}}
  warn    condition  = ${if def:acl_m_backstop_verdict}
          add_header = :at_start:$acl_m_backstop_verdict
  warn    condition = ${if match{$acl_m_backstop_report}{\N^Action: quarantine\b\N}}
)";

constexpr std::string_view kFreeze =
    R"(          # Held in the queue: exim -Mt ID lets it go on, exim -Mrm ID takes it out.
          control   = freeze/no_tell
  accept
)";

constexpr std::string_view kRemember = R"(          set acl_m_backstop_held = yes
  accept
)";

constexpr std::string_view kUnsignRouter = R"(backstop_unsign:
  # Mail for an address with a tag of ours is for the address without it. Anything else goes on to
  # the routers below, which do not know such a user.
  driver    = redirect
  domains   = +backstop_domains
  condition = ${if match{$local_part}{BACKSTOP_TAG}}
  data      = ${sg{${sg{${readsocket{BACKSTOP_LINE}{unsign $local_part@$domain\n}{5s}{}{away}}}{\N^(away)?$\N}{:defer: the tag cannot be checked now}}}{\N^none$\N}{}}
  allow_defer
  forbid_file
  forbid_pipe
  forbid_include
)";

// Exim thaws and delivers a frozen message without a sender after a time, and returns one with a
// sender after another.
EximPart render_patience(const EximSite& site) {
  return {
      "the main section, in place of its lines of these names: else Exim delivers or bounces "
      "what is held by itself",
      fmt::format("ignore_bounce_errors_after = {}d\ntimeout_frozen_after = 0s\n"
                  "auto_thaw = 0s\n",
                  site.held_days + kPatienceDays)};
}

// A redirect to itself is passed on to the routers below (Exim's specification, chapter 22).
std::string render_quarantine_router(const EximSite& site) {
  return fmt::format(
      "backstop_quarantine:\n"
      "  # What is to be held, for somebody to look at.\n"
      "  driver    = redirect\n"
      "  condition = ${{if eq{{$acl_m_backstop_held}}{{yes}}}}\n"
      "  data      = {}\n"
      "  forbid_file\n"
      "  forbid_pipe\n"
      "  forbid_include\n",
      site.quarantine_to);
}

constexpr std::string_view kReturnPath =
    R"(  return_path = ${if and{{def:return_path}{!def:h_disposition-notification-to:}{match_domain{${domain:$return_path}}{+backstop_domains}}}{${sg{${readsocket{BACKSTOP_LINE}{sign $return_path ${eval:$received_time/86400} $domain\n}{5s}{}{}}}{\N^$\N}{$return_path}}}fail}
)";

}  // namespace

std::string render_exim_socket(const config::Endpoint& endpoint) {
  return endpoint.kind == config::Endpoint::Kind::Inet ? endpoint.text() : endpoint.path;
}

std::vector<EximPart> render_exim_recipe(const EximSite& site) {
  const bool tags = site.tags.any();
  const bool redirects = !site.quarantine_to.empty();
  std::vector<EximPart> parts;
  parts.push_back(render_main(site));
  if (!redirects) parts.push_back(render_patience(site));
  if (tags) {
    parts.push_back(
        {"the ACL that acl_smtp_rcpt names, at its very top", "  require acl = backstop_rcpt\n"});
  }
  parts.push_back({"the ACL that acl_smtp_data names, at its end, instead of its last accept",
                   "  require acl = backstop_data\n"
                   "  discard condition = ${if match{$acl_m_backstop_report}{\\N^Action: "
                   "discard\\b\\N}}\n"
                   "  accept\n"});
  parts.push_back({"the section \"begin acl\", at its end",
                   (tags ? std::string(kRecipientAcl) : std::string()) + std::string(kMessageAcls) +
                       std::string(redirects ? kRemember : kFreeze)});
  std::string routers = redirects ? render_quarantine_router(site) : std::string();
  if (tags) routers += kUnsignRouter;
  if (!routers.empty())
    parts.push_back({"the section \"begin routers\", before all others", std::move(routers)});
  if (tags) {
    parts.push_back({"each smtp transport that sends to other sites", std::string(kReturnPath)});
  }
  return parts;
}

}  // namespace backstop::mta
