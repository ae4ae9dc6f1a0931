// What notices of mail filters and challenges say in any words of their language: groups of stems,
// of which only several together mean anything.  Beside the phrases of known products
// (phrases.tsv), for those that nobody knows.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/reading/stem_index.h"

namespace backstop::reading {

enum class NoticeWord : std::uint8_t {
  Virus,       // virus, malware, infected; not what is named after them, as a virus scanner is.
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
  Confirm,     // confirm, verify, identify yourself.
  Once,        // only this once.
  Link,        // A web address.
  Moderator,   // Who decides on a list instead.
  Subscribe,   // A subscription to a list or newsletter, or its end.
  Bought,      // order, invoice, payment: what subscriptions are, too.
  Account,     // password, storage, account: what lures speak of.
  Contains,    // contains, carries.
  Announce,    // From when on, a licence, a campaign: who tells or sells something to many.
  Person,      // "I have": no program.
};
inline constexpr unsigned kNoticeWordCount = static_cast<unsigned>(NoticeWord::Person) + 1;

// Which of them stand in a text, and where.
class NoticeWords : public StemHits<NoticeWord, kNoticeWordCount> {
 public:
  // `normal`: normal text (normal_text.h), of which limits::kNoticeWordBytes are looked at.
  explicit NoticeWords(std::string_view normal);
};

// A display name or local part, in lower case, is that of a mail filter, whoever made it.
bool names_mail_filter(std::string_view name);
// It may be: shops, too, are named after gateways and filters.
bool may_name_mail_filter(std::string_view name);

}  // namespace backstop::reading
