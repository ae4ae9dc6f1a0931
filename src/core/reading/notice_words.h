// What notices of mail filters and challenges say in any words of their language: groups of stems,
// of which only several together mean anything.  Beside the phrases of known products
// (phrases.tsv), for those that nobody knows.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace backstop::reading {

enum class NoticeWord : std::uint8_t {
  Virus,       // virus, malware, infected.
  Malware,     // The name of one: "w32.netsky", "trojan.", "eicar".
  YourMail,    // "your message", "that you sent".
  Mail,        // A message, of whomever.
  Stopped,     // blocked, rejected, deleted, not delivered.
  Forbidden,   // not allowed, a policy, a rule.
  Attachment,  // An attached file, its name or type.
  Spam,        // spam, unsolicited.
  Filter,      // What filters mail, by what it is called.
  Quarantine,  // quarantine, and held mail.
  Overview,    // report, digest, summary.
  Action,      // release, allow the sender.
  Column,      // "sender:", "subject:" of a list.
  Pending,     // held, not delivered yet.
  Confirm,     // confirm, verify, identify yourself.
  Human,       // no robot, no spammer.
  Once,        // only this once.
  Unknown,     // A sender not known, not on the list.
  Link,        // A web address.
  Moderator,   // Who decides on a list instead.
  Subscribe,   // A subscription to a list or newsletter, or its end.
  Bought,      // order, invoice, payment: what subscriptions are, too.
  Account,     // password, storage, account: what lures speak of.
};
inline constexpr unsigned kNoticeWordCount = static_cast<unsigned>(NoticeWord::Account) + 1;

// Which of them stand in a text, and where.
class NoticeWords {
 public:
  // `normal`: normal text (normal_text.h), of which limits::kNoticeWordBytes are looked at.
  explicit NoticeWords(std::string_view normal);

  bool has(NoticeWord word) const { return (all_ & bit(word)) != 0; }
  template <class... Words>
  bool has_any(Words... words) const {
    return (has(words) || ...);
  }
  // All of them stand within a sentence or two of each other.
  template <class... Words>
  bool together(Words... words) const {
    return stands_together((bit(words) | ...));
  }

 private:
  struct Hit {
    std::uint32_t at;
    NoticeWord word;
  };
  static constexpr std::uint32_t bit(NoticeWord word) {
    return std::uint32_t{1} << static_cast<unsigned>(word);
  }
  bool stands_together(std::uint32_t bits) const;

  std::uint32_t all_ = 0;
  std::vector<Hit> hits_;  // In the text's order; at most limits::kNoticeWordHits.
};

// A display name or local part, in lower case, is that of a mail filter, whoever made it.
bool names_mail_filter(std::string_view name);

}  // namespace backstop::reading
