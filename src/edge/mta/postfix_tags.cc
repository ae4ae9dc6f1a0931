#include "edge/mta/postfix_tags.h"

#include <fmt/format.h>

namespace backstop::mta {
namespace {

// A table is one expression for each line, tried at every address: beyond this all domains are one.
constexpr std::size_t kNamedDomains = 200;
constexpr std::string_view kTag = "[0-9]{4}[0-9a-f]{6}";

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

// "(example\.com|example\.net)"
std::string render_domains(const PostfixTags& tags) {
  if (tags.domains.empty() || tags.domains.size() > kNamedDomains) return "([^@>]+)";
  std::string out;
  for (const std::string& domain : tags.domains)
    out += (out.empty() ? "(" : "|") + quote(domain);
  return out + ")";
}

}  // namespace

std::string render_tagged_table(const PostfixTags& tags) {
  return fmt::format(
      "{} Only addresses with a tag are asked about: all others\n"
      "# are found, or not, whether Backstop runs or not.\n"
      "/^(prvs={}=.+@{})$/ ${{1}}\n",
      kTagTableMark, kTag, render_domains(tags));
}

std::string render_command_table(const PostfixTags& tags) {
  const std::string command =
      fmt::format("(RCPT[[:space:]]+TO:[[:space:]]*<)prvs=({})=([^@>\"[:space:]]+)@{}>", kTag,
                  render_domains(tags));
  const std::string plain = "${1}${3}@${4}>${5}";
  // The first line that fits counts: what the client says itself of the original recipient goes, as
  // there can be only one (RFC 3461 section 4.2).
  return fmt::format(
      "{} Takes the tag off before Postfix looks for the user,\n"
      "# and keeps it as original recipient, where Backstop's milter reads it.\n"
      "/^{}(.*)[[:space:]]ORCPT=[^[:space:]]*(.*)$/ {}${{6}} ORCPT=x-batv;${{2}}\n"
      "/^{}(.*)$/ {} ORCPT=x-batv;${{2}}\n",
      kTagTableMark, command, plain, command, plain);
}

std::string render_canonical_map(const PostfixTags& tags, const std::string& table) {
  return fmt::format("pipemap:{{regexp:{}, socketmap:{}:unsign}}", table, tags.map_socket);
}

}  // namespace backstop::mta
