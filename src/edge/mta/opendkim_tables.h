// OpenDKIM's own files: opendkim.conf(5), its KeyTable and its SigningTable, as far as they say
// which keys it signs with.
//
// Pure and total: lines nobody can read are passed over.  Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace backstop::mta {

// What opendkim.conf says of keys.
struct OpendkimSettings {
  std::vector<std::string> domains;  // Domain, where it is a list and no file.
  std::string selector;
  std::string key_file;
  // Paths; "" when there is none, or when it is kept elsewhere than in a file (a database).
  std::string key_table;
  std::string signing_table;
};
OpendkimSettings parse_opendkim_settings(std::string_view text);

// One line of a KeyTable: "NAME DOMAIN:SELECTOR:KEY".
struct OpendkimKey {
  std::string name;
  std::string domain;  // "%" for whatever domain the sender has.
  std::string selector;
  std::string key;  // A path, or the key itself.

  bool is_path() const { return key.starts_with('/') || key.starts_with("./"); }
};
// At most limits::kDkimTableLines lines.
std::vector<OpendkimKey> parse_key_table(std::string_view text);

// One line of a SigningTable: a pattern of senders, and the name of a key.
struct OpendkimSigning {
  std::string domain;  // Of the pattern; "*" for all.
  std::string key;
};
std::vector<OpendkimSigning> parse_signing_table(std::string_view text);

// True when what is signed with the key of that name may be of that domain (lower case).
bool signs_for(const std::vector<OpendkimSigning>& table, std::string_view key,
               std::string_view domain);

}  // namespace backstop::mta
