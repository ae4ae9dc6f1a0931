// What signing one message and judging one returned token or tag costs, beside the bare HMACs of
// OpenSSL in the same run.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/proof/tag.h"
#include "core/proof/token.h"

namespace backstop::proof {
namespace {

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();
const mail::Address kSender{"Alice.Example", "Example.com"};
// The bytes that a token's MAC is over, with their label.
constexpr std::size_t kSignedBytes = 38;

KeyRing ring() {
  const std::vector<std::uint8_t> bytes(kSecretBytes, 7);
  std::vector<std::shared_ptr<const Key>> keys;
  // As many as a few years leave; the newest signs.
  for (KeyId id = 1; id <= 8; ++id) {
    const KeyState state = id == 8 ? KeyState::Emitting : KeyState::Waiting;
    keys.push_back(std::make_shared<const Key>(KeyInfo{id, state, kNow - Days{400}, kNow},
                                               crypto::Secret(bytes)));
  }
  return KeyRing(crypto::Secret(bytes), std::move(keys));
}

void sign_one_token(benchmark::State& state) {
  const KeyRing keys = ring();
  Nonce nonce{};
  for ([[maybe_unused]] const auto _ : state) {
    ++nonce[4];
    benchmark::DoNotOptimize(sign_token(kSender, keys, *keys.emitting(), kNow, nonce));
  }
}

void verify_one_token(benchmark::State& state) {
  const KeyRing keys = ring();
  const std::string token = sign_token(kSender, keys, *keys.emitting(), kNow, {});
  const std::vector<mail::Address> addressees{{"alice.example", "example.com"}};
  for ([[maybe_unused]] const auto _ : state) {
    const TokenCheck check = verify_token(token, addressees, keys, kNow, kDefaultLifetime);
    if (check.result != ProofResult::Valid || !check.addressee_matches)
      state.SkipWithError("does not hold");
  }
}

void sign_one_tag(benchmark::State& state) {
  const KeyRing keys = ring();
  for ([[maybe_unused]] const auto _ : state)
    benchmark::DoNotOptimize(sign_tag(kSender, *keys.emitting(), kNow, kDefaultLifetime, {}));
}

void check_one_tag(benchmark::State& state) {
  const KeyRing keys = ring();
  const mail::Address tagged = sign_tag(kSender, *keys.emitting(), kNow, kDefaultLifetime, {});
  for ([[maybe_unused]] const auto _ : state) {
    if (check_tag(tagged, keys, kNow, kDefaultLifetime).result != ProofResult::Valid)
      state.SkipWithError("does not hold");
  }
}

// One HMAC over as many bytes as the MAC of a token, by OpenSSL's one-shot function.  A token takes
// two of them: its own, and that of its sender.
void bare_hmac(benchmark::State& state, const EVP_MD* digest) {
  const std::array<std::uint8_t, kSecretBytes> key{7};
  const std::array<std::uint8_t, kSignedBytes> message{1};
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  for ([[maybe_unused]] const auto _ : state) {
    HMAC(digest, key.data(), static_cast<int>(key.size()), message.data(), message.size(),
         mac.data(), &size);
    benchmark::DoNotOptimize(mac);
  }
}

BENCHMARK(sign_one_token)->Unit(benchmark::kMicrosecond);
BENCHMARK(verify_one_token)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(bare_hmac, sha256, EVP_sha256())->Unit(benchmark::kMicrosecond);
BENCHMARK(sign_one_tag)->Unit(benchmark::kMicrosecond);
BENCHMARK(check_one_tag)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(bare_hmac, sha1, EVP_sha1())->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace backstop::proof
