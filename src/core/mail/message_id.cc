// Message-ID, In-Reply-To, References and alike: RFC 5322 §3.6.4, read leniently.
#include <algorithm>

#include "core/base/ascii.h"
#include "core/mail/header_text.h"

namespace backstop::mail {

std::vector<std::string> parse_message_ids(std::string_view raw, std::size_t count_max) {
  std::vector<std::string> out;
  std::size_t at = 0;
  bool bracket = false;
  while (out.size() < count_max) {
    std::size_t open = raw.find('<', at);
    if (open == raw.npos) break;
    bracket = true;
    const std::size_t close = raw.find('>', open + 1);
    if (close == raw.npos) break;
    // A '<' that was not closed before the next is text.
    open = raw.rfind('<', close);
    std::string id(raw.substr(open + 1, close - open - 1));
    std::erase_if(id, ascii::is_space);  // An identifier that was folded.
    if (!id.empty()) out.push_back(std::move(id));
    at = close + 1;
  }
  if (bracket || count_max == 0) return out;
  const std::string_view alone = ascii::trim(raw);
  if (!alone.empty() && std::none_of(alone.begin(), alone.end(), ascii::is_space)) {
    out.emplace_back(alone);
  }
  return out;
}

}  // namespace backstop::mail
