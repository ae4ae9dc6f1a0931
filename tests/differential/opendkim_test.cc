// Header signatures as we and libopendkim read them: the same headers hold, whoever signed them,
// and whatever befell them on their way.
#include <gtest/gtest.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "core/base/ascii.h"
#include "core/proof/dkim_signature.h"
#include "dkim_signer/dkim_signer.h"
#include "opendkim_oracle.h"

namespace backstop {
namespace {

// libopendkim 2.11 never frees the private key of an Ed25519 signature: what it leaks is not ours.
class ForeignAllocations {
 public:
#ifdef __SANITIZE_ADDRESS__
  ForeignAllocations() { __lsan_disable(); }
  ~ForeignAllocations() { __lsan_enable(); }
#else
  ForeignAllocations() {}
  ~ForeignAllocations() {}
#endif
  ForeignAllocations(const ForeignAllocations&) = delete;
  ForeignAllocations& operator=(const ForeignAllocations&) = delete;
};

using testing::DkimSigner;
using testing::Fields;

class Source {
 public:
  explicit Source(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine_);
  }
  bool once_in(std::size_t count) { return below(count) == 0; }
  template <class List>
  auto one_of(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::mt19937 engine_;
};

constexpr std::array<const char*, 9> kNames{"From", "To",   "Subject",  "Date",     "Message-ID",
                                            "cc",   "X-a9", "Received", "List-Post"};

// Words, white space of every kind, folds, and bytes beyond ASCII.
std::string make_value(Source& source) {
  std::string out;
  const std::size_t words = source.below(8);
  for (std::size_t i = 0; i < words; ++i) {
    out += source.one_of(std::array<const char*, 6>{" ", "  ", "\t", "\r\n ", "\r\n\t ", ""});
    out += source.one_of(
        std::array<const char*, 7>{"word", ":", ";", "a=b", "\xc3\xa4", "<x@example.com>", "Q"});
  }
  if (source.once_in(4)) out += "  ";
  return out;
}

Fields make_fields(Source& source) {
  Fields fields{{"From", " Alice <alice@example.com>"},
                {"Date", " Sat, 21 Nov 2026 03:00:00 +0000"}};
  const std::size_t more = source.below(10);
  for (std::size_t i = 0; i < more; ++i) {
    const auto at = static_cast<std::ptrdiff_t>(source.below(fields.size() + 1));
    // libopendkim takes no message with two From fields, so they are made only later.
    std::string name = kNames[1 + source.below(kNames.size() - 1)];
    fields.insert(fields.begin() + at, {name, make_value(source)});
  }
  return fields;
}

std::string make_names(Source& source) {
  std::string names = "From";
  const std::size_t more = source.below(12);
  for (std::size_t i = 0; i < more; ++i) {
    names += source.one_of(std::array<const char*, 3>{":", " : ", ":\r\n\t"});
    names += source.one_of(kNames);
  }
  return names;
}

// What may happen to a header on its way; most of the time nothing.
void befall(Source& source, Fields& fields) {
  auto& [name, raw] = fields[source.below(fields.size())];
  switch (source.below(9)) {
    case 0:
      name = ascii::lower(name);
      break;
    case 1:
      raw += ' ';
      break;
    case 2:
      if (const auto blank = raw.find(' '); blank != std::string::npos)
        raw.replace(blank, 1, "\t ");
      break;
    case 3:
      if (const auto fold = raw.find("\r\n"); fold != std::string::npos) raw.erase(fold, 2);
      break;
    case 4:
      // It takes base64 with anything behind it.
      if (!raw.empty() && name != "DKIM-Signature") raw.back() = raw.back() == 'x' ? 'y' : 'x';
      break;
    case 5:
      if (fields.size() > 1)
        fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(source.below(fields.size())));
      break;
    case 6: {
      auto copy = fields[source.below(fields.size())];
      if (copy.first != "From" && copy.first != "Date" && copy.first != "DKIM-Signature")
        fields.insert(fields.begin() + static_cast<std::ptrdiff_t>(source.below(fields.size())),
                      std::move(copy));
      break;
    }
    case 7:
      std::swap(fields[source.below(fields.size())], fields[source.below(fields.size())]);
      break;
    default:
      break;
  }
}

bool we_verify(const Fields& fields, const crypto::PublicKey& key) {
  const mail::RawHeader header = testing::raw_header(fields);
  const proof::DkimHeader index(header);
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (!ascii::equals_folded(header.field(i).name, "DKIM-Signature")) continue;
    const auto signature = proof::parse_dkim_signature(header.field(i).raw);
    if (signature && proof::verify_dkim_text(*signature, index.canonical_text(*signature, i), key))
      return true;
  }
  return false;
}

struct CFields {
  explicit CFields(const Fields& fields) {
    for (const auto& [name, raw] : fields)
      texts.push_back(name + ":" + raw);
    for (const std::string& text : texts)
      pointers.push_back(text.c_str());
  }
  std::vector<std::string> texts;
  std::vector<const char*> pointers;
};

bool oracle_verifies(const Fields& fields, const std::string& record) {
  const CFields c(fields);
  return opendkim_verifies(c.pointers.data(), c.pointers.size(), record.c_str()) == 1;
}

std::string shown(const Fields& fields) {
  std::string out;
  for (const auto& [name, raw] : fields)
    out += name + ":" + raw + "\n";
  return out;
}

class Opendkim : public ::testing::TestWithParam<bool> {
 protected:
  DkimSigner signer_ = GetParam() ? DkimSigner::rsa(1024) : DkimSigner::ed25519();
  crypto::PublicKey key_ = signer_.key();
  std::string record_ = signer_.record();
};
INSTANTIATE_TEST_SUITE_P(RsaAndEd25519, Opendkim, ::testing::Bool());

TEST_P(Opendkim, HoldsWhatWeHoldOfHeadersThatWeSigned) {
  std::size_t held = 0;
  std::size_t broken = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    Source source(seed);
    const Fields plain = make_fields(source);
    DkimSigner::Options options{.names = make_names(source)};
    options.canonicalization = source.once_in(2) ? "relaxed/simple" : "simple/simple";
    if (source.once_in(2)) options.time = 1'700'000'000;
    if (source.once_in(3)) options.more = " i=@mail.example.com; q=dns/txt;\r\n\t z=From:x;";
    Fields fields = signer_.signed_fields(plain, options);
    ASSERT_TRUE(we_verify(fields, key_)) << shown(fields);
    befall(source, fields);
    const bool ours = we_verify(fields, key_);
    ASSERT_EQ(oracle_verifies(fields, record_), ours) << seed << '\n' << shown(fields);
    ++(ours ? held : broken);
  }
  EXPECT_GT(held, 500U);
  EXPECT_GT(broken, 500U);
}

TEST_P(Opendkim, SignsWhatWeHold) {
  std::size_t made = 0;
  std::size_t held = 0;
  for (unsigned seed = 0; seed < 1000; ++seed) {
    Source source(seed);
    Fields fields = make_fields(source);
    std::vector<const char*> names{"From"};
    const std::size_t more = source.below(5);
    for (std::size_t i = 0; i < more; ++i)
      names.push_back(kNames[1 + i]);
    names.push_back(nullptr);
    const bool simple = source.once_in(2);
    const CFields c(fields);
    std::array<char, 8192> value{};
    const ForeignAllocations foreign;
    if (opendkim_signs(c.pointers.data(), c.pointers.size(), signer_.pem(true).c_str(),
                       GetParam() ? 1 : 0, simple ? 1 : 0, names.data(), value.data(),
                       value.size()) != 1)
      continue;
    ++made;
    // It breaks its lines with tabs, as the mail server passes them on.
    fields.insert(fields.begin(), {"DKIM-Signature", std::string(" ") + value.data()});
    const bool ours = we_verify(fields, key_);
    ASSERT_EQ(oracle_verifies(fields, record_), ours) << seed << '\n' << shown(fields);
    held += ours ? 1 : 0;
  }
  EXPECT_GT(made, 900U);
  // With simple canonicalisation libopendkim folds an Ed25519 signature otherwise than it signed
  // it, and does not hold it itself.
  EXPECT_GT(held, made / 3);
}

TEST_P(Opendkim, TakesAndRefusesTheSameSignatures) {
  const Fields plain{{"From", " alice@example.com"}, {"Subject", " x"}};
  const std::string good = signer_.sign(plain, {.names = "from:subject", .time = 1'700'000'000});
  const auto replaced = [&](std::string_view from, std::string_view to) {
    std::string out = good;
    if (const auto at = out.find(from); at != std::string::npos) out.replace(at, from.size(), to);
    return out;
  };
  // The header of what is changed no longer holds: only forms that leave the signed bytes as they
  // are could tell a difference.  So each is signed anew, by what we take for its text.
  for (const char* const more : {" i=@example.com;", " i=a@sub.example.com;", " q=dns/txt;",
                                 " l=0;", " z=From:x|To:y;", " x_unknown=1;", " r=y;"}) {
    const Fields fields = signer_.signed_fields(plain, {.names = "from:subject", .more = more});
    EXPECT_EQ(oracle_verifies(fields, record_), we_verify(fields, key_)) << more;
  }
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"v=1", "v=2"},
                                                        {"v=1; ", ""},
                                                        {"bh=AAAA; ", ""},
                                                        {"d=example.com;", ""},
                                                        {"h=from:subject", "h=subject"},
                                                        {"h=from:subject", "h="},

                                                        {"a=", "a=x-"}}) {
    Fields fields = plain;
    fields.insert(fields.begin(), {"DKIM-Signature", replaced(from, to)});
    EXPECT_FALSE(we_verify(fields, key_)) << to;
    EXPECT_FALSE(oracle_verifies(fields, record_)) << to;
  }
}

}  // namespace
}  // namespace backstop
