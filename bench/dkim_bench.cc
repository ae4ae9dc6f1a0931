// What a check of a signature in a returned header costs, beside OpenSSL's own verification of the
// same signature in the same run.  Keys are at hand, as they are in the daemon.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <string>

#include "core/proof/dkim_check.h"
#include "dkim_signer/dkim_signer.h"

namespace backstop {
namespace {

using testing::DkimSigner;
using testing::Fields;

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

// As a mail client and three servers leave it.
Fields usual_header() {
  Fields fields;
  for (int hop = 0; hop < 3; ++hop) {
    fields.emplace_back("Received",
                        " from mail.example.com (mail.example.com [192.0.2.10])\r\n"
                        "\tby mx.remote.test (Postfix) with ESMTPS id 4Q1xTz2b5Jz9sT\r\n"
                        "\tfor <bob@remote.test>; Sat, 21 Nov 2026 03:00:00 +0000 (UTC)");
  }
  fields.insert(fields.end(), {{"Backstop-Token", " " + std::string(56, 'a')},
                               {"From", " Alice Example <alice@example.com>"},
                               {"To", " Bob <bob@remote.test>"},
                               {"Subject", " Minutes of the meeting on Thursday, and what follows"},
                               {"Date", " Sat, 21 Nov 2026 03:00:00 +0000"},
                               {"Message-ID", " <20261121030000.4Q1xTz2b5J@example.com>"},
                               {"In-Reply-To", " <20261120030000.4Q1xTz2b5J@remote.test>"},
                               {"References", " <20261120030000.4Q1xTz2b5J@remote.test>"},
                               {"MIME-Version", " 1.0"},
                               {"Content-Type", " text/plain; charset=utf-8; format=flowed"},
                               {"Content-Transfer-Encoding", " quoted-printable"},
                               {"User-Agent", " Mozilla Thunderbird"},
                               {"Content-Language", " en-GB"}});
  return fields;
}

DkimSigner signer_of(bool is_rsa) {
  return is_rsa ? DkimSigner::rsa(2048) : DkimSigner::ed25519();
}

// The whole proof: finding the signature, parsing it, the canonical text, the verification.
void check_header(benchmark::State& state, bool is_rsa) {
  const DkimSigner signer = signer_of(is_rsa);
  const mail::RawHeader header = testing::raw_header(signer.signed_fields(
      usual_header(),
      {.names = "from:to:subject:date:message-id:in-reply-to:references:mime-version:content-type:"
                "from:subject:date",
       .time = (kNow - Days(1)).time_since_epoch().count()}));
  proof::DkimKeys keys;
  keys.add("example.com", "s1", signer.key());
  const auto is_ours = [](std::string_view domain) { return domain == "example.com"; };
  for ([[maybe_unused]] const auto _ : state) {
    const proof::DkimCheck check(header, is_ours, keys, kNow, Days(21));
    if (check.result().result != proof::ProofResult::Valid) state.SkipWithError("does not hold");
  }
}

// Nothing but the verification, by OpenSSL, with all that can be set up once set up.
void bare_verification(benchmark::State& state, bool is_rsa) {
  EVP_PKEY* key = is_rsa ? EVP_RSA_gen(2048) : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  const crypto::Sha256Digest digest = crypto::sha256("a header");
  std::string signature(1024, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(signature.data());
  std::size_t size = signature.size();
  if (is_rsa) {
    EVP_PKEY_CTX* signing = EVP_PKEY_CTX_new(key, nullptr);
    EVP_PKEY_sign_init(signing);
    EVP_PKEY_CTX_set_signature_md(signing, EVP_sha256());
    EVP_PKEY_sign(signing, bytes, &size, digest.data(), digest.size());
    EVP_PKEY_CTX_free(signing);
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key, nullptr);
    EVP_PKEY_verify_init(context);
    EVP_PKEY_CTX_set_signature_md(context, EVP_sha256());
    for ([[maybe_unused]] const auto _ : state) {
      if (EVP_PKEY_verify(context, bytes, size, digest.data(), digest.size()) != 1)
        state.SkipWithError("does not hold");
    }
    EVP_PKEY_CTX_free(context);
  } else {
    EVP_MD_CTX* signing = EVP_MD_CTX_new();
    EVP_DigestSignInit(signing, nullptr, nullptr, nullptr, key);
    EVP_DigestSign(signing, bytes, &size, digest.data(), digest.size());
    EVP_MD_CTX_free(signing);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key);
    for ([[maybe_unused]] const auto _ : state) {
      if (EVP_DigestVerify(context, bytes, size, digest.data(), digest.size()) != 1)
        state.SkipWithError("does not hold");
    }
    EVP_MD_CTX_free(context);
  }
  EVP_PKEY_free(key);
}

BENCHMARK_CAPTURE(check_header, rsa_2048, true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(bare_verification, rsa_2048, true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(check_header, ed25519, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(bare_verification, ed25519, false)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace backstop
