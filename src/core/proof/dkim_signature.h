// One DKIM-Signature field (RFC 6376 §3.5), and whether it was made over a header.
//
// The body is not looked at: a signature over a header proves that we wrote that header once.
// Pure and total; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/time.h"
#include "core/crypto/public_key.h"
#include "core/mail/raw_header.h"

namespace backstop::proof {

enum class DkimAlgorithm : std::uint8_t { RsaSha256, Ed25519Sha256 };

struct DkimSignature {
  DkimAlgorithm algorithm = DkimAlgorithm::RsaSha256;
  bool simple = false;                    // Header canonicalisation; else relaxed.
  std::string domain;                     // d=, lower case.
  std::string selector;                   // s=, lower case.
  std::vector<std::string> signed_names;  // h=, lower case, in its order.
  std::vector<std::uint8_t> value;        // b=.
  std::optional<Instant> signed_at;       // t=.
  // Where the value of b= stands in the field's raw text, with all white space around it.
  std::size_t value_begin = 0;
  std::size_t value_end = 0;
};

// `raw` as mail::FieldView::raw.  Nothing for what RFC 6376 §6.1.1 has ignored (version, missing
// tags, i= outside of d=, From not in h=), and for what is past its limits or made with SHA-1 (RFC
// 8301 §3.1).  x= says how long others shall believe it, and is not looked at; nor is the body's
// hash, nor how much of the body was signed.
std::optional<DkimSignature> parse_dkim_signature(std::string_view raw);

// A header's fields by name.  `header` must live longer, and not change.
class DkimHeader {
 public:
  explicit DkimHeader(const mail::RawHeader& header);

  // What was signed, by RFC 6376 §3.4, §3.7 and §5.4.2: the fields of h= from the bottom up, then
  // the signature itself without its value.  REQUIRES: `signature` was parsed from field `index`.
  std::string canonical_text(const DkimSignature& signature, std::size_t index) const;
  // When it was made: t=, else the Date it signs.  Nothing when neither says.
  std::optional<Instant> time_of(const DkimSignature& signature, std::size_t index) const;

 private:
  // The fields that h= names, in its order; each at most once.
  std::vector<std::size_t> signed_fields(const DkimSignature& signature, std::size_t index) const;

  const mail::RawHeader& header_;
  // Lower-case names with their fields, sorted by name, then from the bottom up.
  std::vector<std::pair<std::string, std::size_t>> by_name_;
};

// True when the key signed that text.  A key of another algorithm signed nothing.
bool verify_dkim_text(const DkimSignature& signature, std::string_view canonical_text,
                      const crypto::PublicKey& key);

}  // namespace backstop::proof
