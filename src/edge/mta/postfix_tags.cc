#include "edge/mta/postfix_tags.h"

#include <fmt/format.h>

#include "core/proof/tag_dialect.h"
#include "core/proof/tag_expression.h"

namespace backstop::mta {
namespace {

// A table is one expression for each line, tried at every address.
constexpr std::size_t kDomainsOfLine = 50;
constexpr std::string_view kTag = proof::kTagExpression;

// As an extended regular expression (re_format(7)): only the dot means something in a canonical
// domain.
std::string quote(std::string_view domain) {
  std::string out;
  for (const char c : domain) {
    if (c == '.') out += '\\';
    out += c;
  }
  return out;
}

// "(example\.com|example\.net)" for each line.  Never every domain: a tag at another's address is
// that site's.
std::vector<std::string> render_domains(const PostfixTags& tags) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < tags.domains.size(); ++i) {
    if (i % kDomainsOfLine == 0) out.emplace_back();
    out.back() += (out.back().empty() ? "(" : "|") + quote(tags.domains[i]);
  }
  for (std::string& line : out)
    line += ")";
  return out;
}

}  // namespace

std::string render_tagged_table(const PostfixTags& tags) {
  std::string out = fmt::format(
      "{} Only addresses with a tag are asked about: all others\n"
      "# are found, or not, whether Backstop runs or not.\n",
      kTagTableMark);
  for (const std::string& domains : render_domains(tags))
    out += fmt::format("/^(prvs={}=.+@{})$/ ${{1}}\n", kTag, domains);
  return out;
}

std::string render_command_table(const PostfixTags& tags) {
  std::string out = fmt::format(
      "{} Takes the tag off before Postfix looks for the user,\n"
      "# and keeps it as original recipient, where Backstop's milter reads it.\n",
      kTagTableMark);
  const std::string plain = "${1}${3}@${4}>${5}";
  const std::string kept = fmt::format("ORCPT={};${{2}}@${{4}}", proof::kOriginalTagType);
  for (const std::string& domains : render_domains(tags)) {
    const std::string command = fmt::format(
        "(RCPT[[:space:]]+TO:[[:space:]]*<)prvs=({})=([^@>\"[:space:]]+)@{}>", kTag, domains);
    // The first line that fits counts: what the client says itself of the original recipient goes,
    // as there can be only one (RFC 3461 section 4.2).
    out += fmt::format(
        "/^{}(.*)[[:space:]]ORCPT=[^[:space:]]*(.*)$/ {}${{6}} {}\n"
        "/^{}(.*)$/ {} {}\n",
        command, plain, kept, command, plain, kept);
  }
  return out;
}

std::string render_canonical_map(const PostfixTags& tags, const std::string& table) {
  return fmt::format("pipemap:{{regexp:{}, socketmap:{}:unsign}}", table, tags.map_socket);
}

}  // namespace backstop::mta
