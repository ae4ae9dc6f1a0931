#include "edge/mta/dkim_signer.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "edge/mta/logical_lines.h"
#include "edge/mta/rooted_file.h"

namespace backstop::mta {
namespace {

constexpr const char* kOpendkim = "/etc/opendkim.conf";
constexpr const char* kRspamd[] = {"/etc/rspamd/override.d/dkim_signing.conf",
                                   "/etc/rspamd/local.d/dkim_signing.conf"};

// Field names, split at what either program separates them by; the marks of an over-signed field
// ("+From", "(o)from") left out.
std::vector<std::string> fields_of(std::string_view list) {
  std::vector<std::string> out;
  std::string word;
  const auto end_word = [&] {
    if (const auto mark = word.rfind(')'); mark != std::string::npos) word.erase(0, mark + 1);
    while (!word.empty() && (word.front() == '+' || word.front() == '-'))
      word.erase(0, 1);
    if (!word.empty()) out.push_back(word);
    word.clear();
  };
  for (const char c : ascii::lower(list)) {
    if (c == ',' || c == ':' || c == ' ' || c == '\t' || c == '\r' || c == ';' || c == '"' ||
        c == '\'')
      end_word();
    else
      word += c;
  }
  end_word();
  return out;
}

bool holds(const std::vector<std::string>& fields, std::string_view name) {
  return std::find(fields.begin(), fields.end(), name) != fields.end();
}

// The value behind a keyword that begins a line; the last counts.
std::optional<std::string> value_of(std::string_view text, std::string_view keyword,
                                    std::string_view comment) {
  std::optional<std::string> out;
  while (!text.empty()) {
    const auto newline = text.find('\n');
    std::string_view line = text.substr(0, newline);
    line = trim(line.substr(0, line.find_first_of(comment)));
    const std::string start = ascii::lower(line.substr(0, keyword.size()));
    const bool ends = line.size() > keyword.size() &&
                      std::string_view(" \t=").find(line[keyword.size()]) != std::string_view::npos;
    if (ends && start == keyword) {
      std::string_view value = trim(line.substr(keyword.size()));
      if (value.starts_with('=')) value = trim(value.substr(1));
      out = std::string(value);
    }
    if (newline == std::string_view::npos) break;
    text.remove_prefix(newline + 1);
  }
  return out;
}

void judge(DkimSigner& signer, const std::vector<std::string>& fields) {
  signer.signs_message_id = holds(fields, "message-id") || holds(fields, "*");
  signer.signs_token = holds(fields, "backstop-token") || holds(fields, "*");
}

}  // namespace

DkimSigner read_opendkim(std::string_view text) {
  DkimSigner out{.name = "opendkim", .file = kOpendkim};
  const auto list = value_of(text, "signheaders", "#");
  // "*,+x": the default and x.  The default has no Message-ID.
  std::vector<std::string> fields = fields_of(list.value_or(""));
  std::erase(fields, "*");
  judge(out, fields);
  const auto omitted = fields_of(value_of(text, "omitheaders", "#").value_or(""));
  if (holds(omitted, "message-id")) out.signs_message_id = false;
  return out;
}

DkimSigner read_rspamd(std::string_view text) {
  DkimSigner out{.name = "rspamd", .file = kRspamd[1]};
  const auto list = value_of(text, "sign_headers", "#");
  if (list)
    judge(out, fields_of(*list));
  else
    out.signs_message_id = true;
  return out;
}

std::vector<DkimSigner> find_dkim_signers(const std::string& root) {
  std::vector<DkimSigner> out;
  if (const auto text = read_rooted(root, kOpendkim)) out.push_back(read_opendkim(*text));
  for (const char* const path : kRspamd) {
    const auto text = read_rooted(root, path);
    if (!text) continue;
    out.push_back(read_rspamd(*text));
    out.back().file = path;
    break;
  }
  return out;
}

}  // namespace backstop::mta
