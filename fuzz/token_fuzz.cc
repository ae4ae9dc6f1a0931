// Any bytes as a token: without the secrets nothing comes out that is ours; and a token of ours,
// damaged by the input, is never Valid unless it is the same token.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "core/base/base32.h"
#include "core/proof/token.h"

namespace {

using namespace backstop;

constexpr Seconds kLifetime = proof::kDefaultLifetime;
const Instant kNow{Seconds{1'795'231'414}};
const std::vector<mail::Address> kAddressees{{"anna", "example.com"}};

const proof::KeyRing& ring() {
  static const proof::KeyRing made = [] {
    const std::vector<std::uint8_t> bytes(proof::kSecretBytes, 7);
    std::vector<std::shared_ptr<const proof::Key>> keys{std::make_shared<const proof::Key>(
        proof::KeyInfo{1, proof::KeyState::Emitting, kNow, kNow}, crypto::Secret(bytes))};
    return proof::KeyRing(crypto::Secret(bytes), std::move(keys), {2});
  }();
  return made;
}

proof::ProofResult judge(std::string_view text) {
  return proof::verify_token(text, kAddressees, ring(), kNow, kLifetime).result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = judge(text);
  BS_ASSERT(result != proof::ProofResult::Valid && result != proof::ProofResult::Late);

  static const std::string token =
      proof::sign_token(kAddressees[0], ring(), *ring().emitting(), kNow, {1, 2, 3, 4, 5});
  BS_ASSERT(judge(token) == proof::ProofResult::Valid);
  if (size == 0) return 0;
  auto bytes = decode_base32(token).value();
  bool changed = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint8_t mask = data[i % size];
    bytes[i] ^= mask;
    changed = changed || mask != 0;
  }
  BS_ASSERT((judge(encode_base32(bytes)) == proof::ProofResult::Valid) == !changed);
  return 0;
}
