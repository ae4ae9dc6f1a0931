#include "core/reading/notice_words.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "core/base/limits.h"
#include "core/reading/word_search.h"

namespace backstop::reading {
namespace {

// In normal text.  Order of languages: en de fr es it pt nl sv pl cs ru ja zh ko tr; of most
// groups.
constexpr Stems<NoticeWord> kStems[] = {
#include "core/reading/notice_words.inc"
//
#include "core/reading/filter_words.inc"
};

constexpr StemIndex<kStems> kIndex;

constexpr std::array<std::string_view, 64> kFilterNames{"antivir",
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
                                                        "gateway security",
                                                        "data loss prevention",
                                                        "dlp gateway"};
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

// Of gateways and filters for mail, and others.
constexpr std::array<std::string_view, 25> kMaybeFilterNames{
    "gateway", "mailgate", "passerelle", "pasarela", "ゲートウェイ", "网关",     "網關",
    "閘道",    "шлюз",     "bramka",     "brama ",   "brána",        "suodatin", "szűrő",
    "filt",    "geçidi",   "φίλτρο",     "фильтр",   "фільтр",       "フィルタ", "过滤",
    "過濾",    "필터",     "게이트웨이", "スパム"};
constexpr WordSearch<kMaybeFilterNames.size()> kMaybeFilterSearch{kMaybeFilterNames};

// What makes a name of it: "antivirus", "anti-virus", "contra virus", "virus scanner".
constexpr std::string_view kBeforeVirus[] = {"anti",
                                             "anti-",
                                             "anti ",
                                             "anty",
                                             "анти",
                                             "против ",
                                             "contra ",
                                             "contro i ",
                                             "contre les ",
                                             "against ",
                                             "gegen ",
                                             "tegen ",
                                             "detector de ",
                                             "detecção de ",
                                             "détecteur de ",
                                             "rilevatore di ",
                                             "detektor ",
                                             "hide ",
                                             "防",
                                             "反",
                                             "杀",
                                             "殺",
                                             "抗",
                                             "corona",
                                             "corona ",
                                             "corona-",
                                             "grippe-"};
constexpr std::string_view kBehindVirus[] = {
    "scan",       " scan",        "-scan",       "schutz",  " protect",  "-protect", " detector",
    " detection", " detektor",    "skydd",       "filter",  " filter",   "-filter",  " check",
    "check",      " control",     " kontrol",    "kontrol", "wall",      " wall",    "対策",
    "チェック",   "ses detector", " definition", "defini",  " signatur", "torjunta", "irtó",
    "test",       "-test",        " test"};

// Whether the stem of `bytes` at `at` is part of the name of a program, or of an illness.
bool names_program(std::string_view normal, std::size_t at) {
  const std::string_view before = normal.substr(0, at);
  const std::string_view here = normal.substr(at);
  constexpr std::string_view kNamed[] = {"virus", "viren", "vírus", "virüs",    "wirus",
                                         "вирус", "病毒",  "毒",    "ウイルス", "ウィルス"};
  const auto* stem =
      std::ranges::find_if(kNamed, [here](std::string_view one) { return here.starts_with(one); });
  if (stem == std::end(kNamed)) return false;
  const std::string_view behind = here.substr(stem->size());
  return std::ranges::any_of(kBeforeVirus, [before](auto w) { return before.ends_with(w); }) ||
         std::ranges::any_of(kBehindVirus, [behind](auto w) { return behind.starts_with(w); });
}

}  // namespace

NoticeWords::NoticeWords(std::string_view normal) {
  normal = normal.substr(0, limits::kNoticeWordBytes);
  kIndex.search(normal, [this, normal](std::size_t at, NoticeWord word) {
    if (word == NoticeWord::Virus && names_program(normal, at)) return;
    note(at, word);
  });
}

bool names_mail_filter(std::string_view name) {
  return kFilterNameSearch.any_in(name) || kFilterProductSearch.any_in(name);
}

bool may_name_mail_filter(std::string_view name) {
  return kMaybeFilterSearch.any_in(name);
}

}  // namespace backstop::reading
