#include "core/reading/notice_words.h"

#include <algorithm>
#include <array>

#include "core/base/limits.h"
#include "core/reading/word_search.h"

namespace backstop::reading {
namespace {

struct Stems {
  NoticeWord word;
  std::string_view stems;  // Between commas.
};

// In normal text.  Order of languages: en de fr es it pt nl sv pl cs ru ja zh ko tr; of most
// groups.
constexpr Stems kStems[] = {
#include "core/reading/notice_words.inc"
};

constexpr std::size_t kKeyBytes = 4;

template <class Take>
constexpr void for_each_stem(Take&& take) {
  for (const Stems& row : kStems) {
    std::string_view rest = row.stems;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      take(rest.substr(0, end), row.word);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

constexpr std::size_t kStemCount = [] {
  std::size_t count = 0;
  for_each_stem([&count](std::string_view, NoticeWord) { ++count; });
  return count;
}();

// The stems by their first four bytes, in buckets.
class StemIndex {
 public:
  constexpr StemIndex() {
    for_each_stem(
        [this](std::string_view stem, NoticeWord) { ++starts_[bucket_at(key_at(stem)) + 1]; });
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket)
      starts_[bucket + 1] = static_cast<std::uint16_t>(starts_[bucket] + starts_[bucket + 1]);
    std::array<std::uint16_t, kBuckets + 1> next = starts_;
    for_each_stem([this, &next](std::string_view stem, NoticeWord word) {
      entries_[next[bucket_at(key_at(stem))]++] = {key_at(stem), word, stem.substr(kKeyBytes)};
    });
  }

  template <class Take>
  void search(std::string_view text, Take&& take) const {
    for (std::size_t at = 0; at + kKeyBytes <= text.size(); ++at) {
      const std::uint32_t key = key_at(text.substr(at));
      const std::size_t bucket = bucket_at(key);
      for (std::size_t i = starts_[bucket]; i < starts_[bucket + 1]; ++i) {
        const Entry& entry = entries_[i];
        if (entry.key == key && text.substr(at + kKeyBytes).starts_with(entry.rest))
          take(at, entry.word);
      }
    }
  }

 private:
  struct Entry {
    std::uint32_t key = 0;
    NoticeWord word = NoticeWord::Virus;
    std::string_view rest;  // Of the stem, behind its key.
  };
  static constexpr unsigned kBucketBits = 12;
  static constexpr std::size_t kBuckets = std::size_t{1} << kBucketBits;

  // REQUIRES: four bytes, which no stem is shorter than.
  static constexpr std::uint32_t key_at(std::string_view text) {
    std::uint32_t key = 0;
    for (unsigned i = 0; i < kKeyBytes; ++i)
      key |= std::uint32_t{static_cast<unsigned char>(text[i])} << (8 * i);
    return key;
  }
  static constexpr std::size_t bucket_at(std::uint32_t key) {
    return (key * 0x9e3779b1U) >> (32 - kBucketBits);
  }

  std::array<std::uint16_t, kBuckets + 1> starts_{};
  std::array<Entry, kStemCount> entries_{};
};

constexpr StemIndex kIndex;

// What is said in one breath: a long sentence, or two.
constexpr std::size_t kBreathBytes = 360;

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
                [this](std::size_t at, NoticeWord word) {
                  all_ |= bit(word);
                  if (hits_.size() < limits::kNoticeWordHits)
                    hits_.push_back({static_cast<std::uint32_t>(at), word});
                });
}

bool NoticeWords::stands_together(std::uint32_t bits) const {
  if ((all_ & bits) != bits) return false;
  std::array<std::size_t, kNoticeWordCount> last{};  // One past its last place; 0: none yet.
  for (const Hit& hit : hits_) {
    last[static_cast<unsigned>(hit.word)] = hit.at + std::size_t{1};
    if ((bit(hit.word) & bits) == 0) continue;
    bool all = true;
    for (unsigned word = 0; all && word < kNoticeWordCount; ++word) {
      const bool wanted = (bits >> word & 1) != 0;
      all = !wanted || (last[word] != 0 && last[word] + kBreathBytes > hit.at);
    }
    if (all) return true;
  }
  return false;
}

bool names_mail_filter(std::string_view name) {
  return kFilterNameSearch.any_in(name) || kFilterProductSearch.any_in(name);
}

}  // namespace backstop::reading
