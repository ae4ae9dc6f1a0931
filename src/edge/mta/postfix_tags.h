// What Postfix must know of addresses with a tag: the tables that setup writes, as text.
//
// Pure and total; any thread.  Sources: regexp_table(5), pipemap in DATABASE_README,
// smtpd_command_filter in postconf(5).
#pragma once

#include <string>
#include <vector>

namespace backstop::mta {

// How Postfix gets to know whom mail for a tagged address is for.
struct PostfixTags {
  // prvs=TAG=user@domain is taken off by asking our socketmap.
  bool prvs = false;
  // Before that already in RCPT itself, so that Postfix looks for the user it is for.
  bool strict = false;
  // user+prvs=TAG@domain is a sub-address of Postfix's own.
  bool sub_address = false;
  char delimiter = '+';
  std::vector<std::string> domains;  // Canonical; none is touched but these.
  std::string map_socket;            // As Postfix is told of it: "unix:backstop/map.sock".
};

// The first line of both tables, by which a table of ours is known again.
inline constexpr std::string_view kTagTableMark = "# Written by: backstop setup.";

// Which addresses are asked about at all: so that one without a tag of that form never depends on
// us.  For recipient_canonical_maps, in front of our socketmap.
std::string render_tagged_table(const PostfixTags& tags);
// For smtpd_command_filter: takes the tag off in RCPT and keeps it as original recipient.
std::string render_command_table(const PostfixTags& tags);

// The element of recipient_canonical_maps.  `table`: the path of the first table.
std::string render_canonical_map(const PostfixTags& tags, const std::string& table);

}  // namespace backstop::mta
