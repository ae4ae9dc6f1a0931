#include "core/reading/notice_words.h"

#include <array>

#include "core/base/limits.h"
#include "core/reading/word_search.h"

namespace backstop::reading {
namespace {

// In normal text.  Order of languages: en de fr es it pt nl sv pl cs ru ja zh ko tr; of most
// groups.
constexpr Stems<NoticeWord> kStems[] = {
#include "core/reading/notice_words.inc"
};

constexpr StemIndex<kStems> kIndex;

constexpr std::array<std::string_view, 62> kFilterNames{"antivir",
                                                        "anti-vir",
                                                        "antywirus",
                                                        "antivír",
                                                        "антивирус",
                                                        "virus",
                                                        "viren",
                                                        "clam",
                                                        "malware",
                                                        "antispam",
                                                        "anti-spam",
                                                        "антиспам",
                                                        "spamfilter",
                                                        "spam filter",
                                                        "spam-filter",
                                                        "spam firewall",
                                                        "spam-schutz",
                                                        "spamschutz",
                                                        "spam quarantine",
                                                        "spamassassin",
                                                        "mailscan",
                                                        "mail scan",
                                                        "scanner",
                                                        "scanmail",
                                                        "content filter",
                                                        "content-filter",
                                                        "contentfilter",
                                                        "mailsweeper",
                                                        "mimesweeper",
                                                        "mailmarshal",
                                                        "quarant",
                                                        "quarent",
                                                        "cuarent",
                                                        "kwarant",
                                                        "karant",
                                                        "карантин",
                                                        "隔離",
                                                        "隔离",
                                                        "検疫",
                                                        "ウイルス",
                                                        "迷惑メール",
                                                        "病毒",
                                                        "垃圾邮件",
                                                        "垃圾郵件",
                                                        "反垃圾",
                                                        "바이러스",
                                                        "스팸",
                                                        "e-mail security",
                                                        "email security",
                                                        "mail security",
                                                        "mailsecurity",
                                                        "mail gateway",
                                                        "email gateway",
                                                        "mailgateway",
                                                        "security gateway",
                                                        "mail filter",
                                                        "mailfilter",
                                                        "mail protection",
                                                        "email protection",
                                                        "mailguard",
                                                        "mail guard",
                                                        "gateway security"};
constexpr WordSearch<kFilterNames.size()> kFilterNameSearch{kFilterNames};

// Names of makers and products that write such notices under their own.
constexpr std::array<std::string_view, 52> kFilterProducts{
    "barracuda",      "proofpoint",     "mimecast",       "ironport",
    "messagelabs",    "hornetsecurity", "spamtitan",      "nospamproxy",
    "libraesva",      "vadesecure",     "vade secure",    "mailinblack",
    "sophos",         "symantec",       "trend micro",    "trendmicro",
    "interscan",      "kaspersky",      "касперск",       "drweb",
    "dr.web",         "eset ",          "escan",          "f-secure",
    "g data",         "gdata",          "bitdefender",    "mcafee",
    "groupshield",    "webshield",      "norton",         "gfi ",
    "mailessentials", "forefront",      "antigen",        "fortimail",
    "forticlient",    "zerospam",       "spamexperts",    "mailcleaner",
    "rspamd",         "amavis",         "mimedefang",     "puremessage",
    "expurgate",      "retarus",        "antispameurope", "spamina",
    "sonicwall",      "watchguard",     "trustwave",      "cisco secure email"};
constexpr WordSearch<kFilterProducts.size()> kFilterProductSearch{kFilterProducts};

}  // namespace

NoticeWords::NoticeWords(std::string_view normal) {
  kIndex.search(normal.substr(0, limits::kNoticeWordBytes),
                [this](std::size_t at, NoticeWord word) { note(at, word); });
}

bool names_mail_filter(std::string_view name) {
  return kFilterNameSearch.any_in(name) || kFilterProductSearch.any_in(name);
}

}  // namespace backstop::reading
